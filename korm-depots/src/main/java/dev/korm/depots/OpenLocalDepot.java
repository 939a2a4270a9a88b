package dev.korm.depots;

import dev.korm.FileChangedException;
import dev.korm.FileExistsException;
import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.ByteRange;
import dev.korm.spi.Depot;
import dev.korm.spi.DepotCapabilities;
import dev.korm.spi.DepotCapabilities.Conditional;
import dev.korm.spi.DepotCapabilities.Moving;
import dev.korm.spi.Digesting;
import dev.korm.spi.Environment;
import dev.korm.spi.FileContent;
import dev.korm.spi.FileEntry;
import dev.korm.spi.FileNames;
import dev.korm.spi.FileStat;
import dev.korm.spi.PutCondition;
import dev.korm.spi.PutOptions;
import dev.korm.spi.SkippedName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder of files. Safe for many threads, and for many programs on one folder. */
final class OpenLocalDepot implements Depot {
    /** How often a file is brought into a folder that others take away. */
    private static final int ATTEMPTS = 100;
    /** How many large files are synced at once while they are written. */
    private static final int SYNCS = 4;

    private final String name;
    private final OpenStreams streams;
    private final LocalRoot root;
    private final Path folder;
    private final LocalNames names;
    private final Labels labels;
    private final LocalFailures failures;
    /** Syncs large files while they are written. */
    private final ExecutorService background;

    OpenLocalDepot(String name, Path folder, Duration leftovers, Environment environment) {
        this.name = name;
        this.streams = new OpenStreams(name);
        this.root = LocalRoot.open(name, folder, leftovers, environment);
        this.folder = root.path();
        this.names = root.names();
        this.labels = root.labels();
        this.failures = new LocalFailures(name, this.folder);
        this.background = environment.executor("korm-depot-" + name, SYNCS);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DepotCapabilities capabilities() {
        Set<Conditional> conditions = EnumSet.noneOf(Conditional.class);
        if (root.links()) {
            conditions.add(Conditional.IF_ABSENT);
        }
        if (root.locks().amongPrograms()) {
            conditions.add(Conditional.IF_NEWER);
        }
        return new DepotCapabilities(conditions, Moving.RENAME);
    }

    @Override
    public FileStat put(Rn<?> file, InputStream content, PutOptions options) {
        List<String> place = place(file);
        requireCondition(file, options.condition());
        try (LocalRoot.Temporary temporary = root.temporary()) {
            Digesting source = Digesting.source(content, file);
            temporary.write(source, background);
            Label label = new Label(Optional.of(source.check(options)), options.contentType(), options.attributes());
            labels.prepare(temporary.path(), place, label);
            temporary.sync();
            return settled(file, () -> put(file, place, temporary, options.condition(), label));
        } catch (IOException | UnsupportedOperationException failed) {
            throw failures.writing(file, failed, Outcome.NOT_APPLIED);
        }
    }

    /** What brings a file to its place. */
    private interface Placing<R> {
        /** @throws NoSuchFileException when the folder was taken away meanwhile, since it was empty */
        R place() throws NoSuchFileException;
    }

    /** Does it again when somebody took the new, still empty folder away. */
    private <R> R settled(Rn<?> file, Placing<R> placing) {
        for (int attempt = 1; ; attempt++) {
            try {
                return placing.place();
            } catch (NoSuchFileException taken) {
                if (attempt == ATTEMPTS) {
                    throw failures.writing(file, taken, Outcome.NOT_APPLIED);
                }
            }
        }
    }

    @SuppressWarnings("try") // The lock is only held.
    private FileStat put(
            Rn<?> file, List<String> place, LocalRoot.Temporary temporary, PutCondition condition, Label label)
            throws NoSuchFileException {
        boolean placed = false;
        try (Folder to = parent(file, place);
                PlaceLocks.Held lock = root.locks().lock(List.of(place))) {
            String last = place.get(place.size() - 1);
            requireReplaceable(file, to, last);
            if (condition instanceof PutCondition.Newer newer && isLater(file, place, to, newer, label.attributes())) {
                throw new FileChangedException(
                        name,
                        file,
                        file + " in the depot \"" + name + "\" is newer than what was to be stored, and stays",
                        null);
            }
            BasicFileAttributes attributes = temporary.attributes();
            if (condition instanceof PutCondition.Absent) {
                temporary.link(to, last);
            } else {
                temporary.move(to, last);
            }
            placed = true;
            to.sync();
            return stat(file, attributes, label);
        } catch (FileAlreadyExistsException exists) {
            throw new FileExistsException(
                    name,
                    file,
                    file + " is in the depot \"" + name + "\" already, and was not to be replaced; choose another name",
                    exists);
        } catch (Folder.LinkException link) {
            throw failures.link(file);
        } catch (IOException | UnsupportedOperationException failed) {
            if (!placed && failed instanceof NoSuchFileException taken) {
                throw taken;
            }
            throw failures.writing(file, failed, placed ? Outcome.UNKNOWN : Outcome.NOT_APPLIED);
        }
    }

    /** Returns whether what is there stays. */
    private boolean isLater(
            Rn<?> file, List<String> place, Folder in, PutCondition.Newer newer, Map<String, String> attributes)
            throws IOException {
        try {
            return stat(file, place, in)
                    .filter(there -> !newer.replaces(there, attributes))
                    .isPresent();
        } catch (NoSuchFileException absent) {
            return false;
        }
    }

    private void requireCondition(Rn<?> file, PutCondition condition) {
        boolean kept = condition instanceof PutCondition.Always
                || (condition instanceof PutCondition.Newer && capabilities().has(Conditional.IF_NEWER))
                || (condition instanceof PutCondition.Absent && capabilities().has(Conditional.IF_ABSENT));
        if (!kept) {
            throw Conditions.denied(name, file, condition);
        }
    }

    /** The folder of a file that is to be stored, made where it is missing. */
    private Folder parent(Rn<?> file, List<String> place) throws IOException {
        Folder at = Folder.open(folder);
        for (String part : place.subList(0, place.size() - 1)) {
            try (Folder above = at) {
                at = above.childOrNew(part);
                requireSpelling(file, above, part);
            } catch (NotDirectoryException notAFolder) {
                throw failures.name(file, "a part of it is a file, and nothing lies below a file");
            }
        }
        return at;
    }

    private void requireReplaceable(Rn<?> file, Folder in, String last) throws IOException {
        try {
            BasicFileAttributes there = in.attributes(last);
            if (there.isSymbolicLink()) {
                throw failures.link(file);
            }
            if (!there.isRegularFile()) {
                throw failures.name(file, "something that is no file has it");
            }
            requireSpelling(file, in, last);
        } catch (NoSuchFileException absent) {
            // As it mostly is.
            return;
        }
    }

    private void requireSpelling(Rn<?> file, Folder in, String part) throws IOException {
        if (!names.isSpelt(in, part)) {
            throw failures.name(
                    file,
                    "it is there under a spelling that differs only in case or accents, which this file system does"
                            + " not tell apart");
        }
    }

    @Override
    public FileContent get(Rn<?> file) {
        return open(file, null);
    }

    @Override
    public FileContent get(Rn<?> file, ByteRange range) {
        return open(file, range);
    }

    private FileContent open(Rn<?> file, @Nullable ByteRange range) {
        List<String> place = place(file);
        try (Folder in = existing(file, place)) {
            if (in == null) {
                throw failures.missing(file);
            }
            Opened opened = opened(file, place, in);
            FileStat stat = opened.stat();
            InputStream bytes = Channels.newInputStream(opened.channel());
            if (range == null) {
                bytes = Digesting.verifying(bytes, stat, name);
            } else {
                opened.channel().position(Math.min(range.from(), stat.size()));
                bytes = new Limited(bytes, range.within(stat.size()));
            }
            return new FileContent(stat, GuardedStream.of(bytes, streams, failed -> failures.reading(file, failed)));
        } catch (NoSuchFileException gone) {
            throw failures.missing(file);
        } catch (IOException failed) {
            throw failures.reading(file, failed);
        }
    }

    private record Opened(FileStat stat, SeekableByteChannel channel) {}

    /** A file with what is known of it, and not of one that has taken its place in between. */
    private Opened opened(Rn<?> file, List<String> place, Folder in) throws IOException {
        while (true) {
            FileStat stat = stat(file, place, in).orElseThrow(() -> failures.missing(file));
            SeekableByteChannel channel = in.read(place.get(place.size() - 1));
            if (stat.version().equals(version(in.attributes(place.get(place.size() - 1))))) {
                return new Opened(stat, channel);
            }
            channel.close();
        }
    }

    @Override
    public Optional<FileStat> stat(Rn<?> file) {
        List<String> place = place(file);
        try (Folder in = existing(file, place)) {
            return in == null ? Optional.empty() : stat(file, place, in);
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (IOException failed) {
            throw failures.reading(file, failed);
        }
    }

    private Optional<FileStat> stat(Rn<?> file, List<String> place, Folder in) throws IOException {
        String last = place.get(place.size() - 1);
        BasicFileAttributes attributes = in.attributes(last);
        if (attributes.isSymbolicLink()) {
            throw failures.link(file);
        }
        if (!attributes.isRegularFile() || !names.isSpelt(in, last)) {
            return Optional.empty();
        }
        Label label = labels.read(in.path(last), place, attributes);
        return version(in.attributes(last)).equals(version(attributes))
                ? Optional.of(stat(file, attributes, label))
                : stat(file, place, in);
    }

    private static String version(BasicFileAttributes attributes) {
        long nanos = attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
        return Long.toString(nanos, Character.MAX_RADIX) + "-" + attributes.size() + "-" + attributes.fileKey();
    }

    private static FileStat stat(Rn<?> file, BasicFileAttributes attributes, Label label) {
        return new FileStat(
                file,
                attributes.size(),
                attributes.lastModifiedTime().toInstant(),
                version(attributes),
                label.sha256(),
                label.contentType(),
                label.attributes());
    }

    /** The folder of a file; null when there is none of that name. */
    private @Nullable Folder existing(Rn<?> rn, List<String> place) throws IOException {
        Folder at = Folder.open(folder);
        for (String part : place.subList(0, place.size() - 1)) {
            try (Folder above = at) {
                if (!isFolder(above, part)) {
                    return null;
                }
                at = above.child(part);
            } catch (Folder.LinkException link) {
                throw failures.link(rn);
            } catch (NoSuchFileException | NotDirectoryException none) {
                return null;
            }
        }
        return at;
    }

    private boolean isFolder(Folder in, String part) throws IOException {
        BasicFileAttributes attributes = in.attributes(part);
        return attributes.isSymbolicLink() || (attributes.isDirectory() && names.isSpelt(in, part));
    }

    @Override
    public Stream<FileEntry> list(Rn<?> prefix, Consumer<SkippedName> skipped) {
        return walk(prefix, in -> LocalListing.files(prefix, in, skipped));
    }

    @Override
    public Stream<String> folders(Rn<?> prefix) {
        return walk(prefix, in -> LocalListing.folders(prefix, in));
    }

    private <E> Stream<E> walk(Rn<?> prefix, LocalListing.Walk<E> walk) {
        streams.requireOpen();
        FileNames.requirePrefix(prefix, name);
        try {
            // The last part is the asterisk, which stands for any file of the folder before it.
            Folder in = prefix.depotParts().get(0).equals(OWN) ? null : existing(prefix, prefix.depotParts());
            return in == null ? Stream.empty() : LocalListing.stream(walk, in, streams, failures);
        } catch (IOException failed) {
            throw failures.reading(prefix, failed);
        }
    }

    @Override
    public FileStat copy(Rn<?> from, Rn<?> to) {
        place(to);
        try (FileContent content = get(from)) {
            return put(to, content.stream(), PutOptions.like(content.stat()));
        }
    }

    @Override
    public FileStat move(Rn<?> from, Rn<?> to) {
        List<String> old = place(from);
        List<String> place = place(to);
        if (old.equals(place)) {
            return stat(from).orElseThrow(() -> failures.missing(from));
        }
        return settled(to, () -> move(from, old, to, place, null)).orElseThrow();
    }

    @Override
    public boolean moveIfNewer(Rn<?> from, Rn<?> to, PutCondition.Newer newer) {
        List<String> old = place(from);
        List<String> place = place(to);
        if (!capabilities().has(Conditional.IF_NEWER) || old.equals(place)) {
            return Depot.super.moveIfNewer(from, to, newer);
        }
        boolean moved = settled(to, () -> move(from, old, to, place, newer)).isPresent();
        if (!moved) {
            delete(from);
        }
        return moved;
    }

    /** Moves a file, unless what is there came later; then answers nothing. */
    @SuppressWarnings("try") // The lock is only held.
    private Optional<FileStat> move(
            Rn<?> from, List<String> old, Rn<?> to, List<String> place, PutCondition.@Nullable Newer newer)
            throws NoSuchFileException {
        boolean placed = false;
        try (Folder in = existing(from, old);
                Folder target = in == null ? null : parent(to, place);
                PlaceLocks.Held lock = root.locks().lock(List.of(old, place))) {
            if (in == null || target == null) {
                throw failures.missing(from);
            }
            FileStat stat = stat(from, old, in).orElseThrow(() -> failures.missing(from));
            String last = place.get(place.size() - 1);
            requireReplaceable(to, target, last);
            if (newer != null && isLater(to, place, target, newer, stat.attributes())) {
                return Optional.empty();
            }
            labels.move(in.path(old.get(old.size() - 1)), old, place);
            in.move(old.get(old.size() - 1), target, last);
            placed = true;
            target.sync();
            in.sync();
            labels.forget(old);
            prune(old);
            return Optional.of(new FileStat(
                    to,
                    stat.size(),
                    stat.modified(),
                    stat.version(),
                    stat.sha256(),
                    stat.contentType(),
                    stat.attributes()));
        } catch (NoSuchFileException gone) {
            if (placed || stat(from).isEmpty()) {
                throw failures.missing(from);
            }
            throw gone;
        } catch (Folder.LinkException link) {
            throw failures.link(to);
        } catch (IOException failed) {
            throw failures.writing(to, failed, placed ? Outcome.UNKNOWN : Outcome.NOT_APPLIED);
        }
    }

    @Override
    @SuppressWarnings("try") // The lock is only held.
    public boolean delete(Rn<?> file) {
        List<String> place = place(file);
        boolean gone = false;
        try (Folder in = existing(file, place);
                PlaceLocks.Held lock = root.locks().lock(List.of(place))) {
            if (in == null || stat(file, place, in).isEmpty()) {
                return false;
            }
            in.delete(place.get(place.size() - 1));
            gone = true;
            in.sync();
            labels.forget(place);
            prune(place);
            return true;
        } catch (NoSuchFileException absent) {
            return false;
        } catch (IOException failed) {
            throw failures.writing(file, failed, gone ? Outcome.UNKNOWN : Outcome.NOT_APPLIED);
        }
    }

    /** Takes away the folders that a file left empty, but for the first. A power cut may leave some, which nobody sees. */
    private void prune(List<String> place) {
        List<Folder> folders = new ArrayList<>();
        try {
            folders.add(Folder.open(folder));
            for (String part : place.subList(0, place.size() - 1)) {
                folders.add(folders.get(folders.size() - 1).child(part));
            }
            int last = place.size() - 2;
            while (last > 0 && folders.get(last).deleteIfEmpty(place.get(last))) {
                last--;
            }
        } catch (IOException kept) {
            // An empty folder more harms nobody, and the file is gone.
            return;
        } finally {
            folders.forEach(OpenLocalDepot::closeQuietly);
        }
    }

    private static void closeQuietly(Folder folder) {
        try {
            folder.close();
        } catch (IOException read) {
            // It was only read from.
            return;
        }
    }

    private List<String> place(Rn<?> file) {
        streams.requireOpen();
        FileNames.requireFile(file, name);
        for (String part : file.depotParts()) {
            names.fault(part).ifPresent(fault -> {
                throw failures.name(file, fault);
            });
        }
        // An ill-cased spelling of the depot's own folder would lead into it where case is folded.
        if (file.depotParts().get(0).equalsIgnoreCase(OWN)) {
            throw failures.name(file, "it begins like the folder that the depot keeps for itself");
        }
        return file.depotParts();
    }

    @Override
    public void requireStorable(Rn<?> file) {
        List<String> place = place(file);
        try (Folder in = existing(file, place)) {
            if (in != null) {
                requireReplaceable(file, in, place.get(place.size() - 1));
            } else if (isBelowFile(place)) {
                throw failures.name(file, "a part of it is a file, and nothing lies below a file");
            }
        } catch (IOException failed) {
            throw failures.reading(file, failed);
        }
    }

    private boolean isBelowFile(List<String> place) throws IOException {
        Folder at = Folder.open(folder);
        for (String part : place.subList(0, place.size() - 1)) {
            try (Folder above = at) {
                at = above.child(part);
            } catch (NotDirectoryException file) {
                return true;
            } catch (NoSuchFileException none) {
                return false;
            }
        }
        at.close();
        return false;
    }

    /** How many files are being read, for tests of leaks. */
    int reading() {
        return streams.size();
    }

    @Override
    public void close() {
        streams.closeAll();
        background.shutdown();
        try {
            root.locks().close();
        } catch (IOException alreadyBroken) {
            // The system gives back the locks of a channel that is closed, however it was.
            return;
        }
    }

    @Override
    public String toString() {
        return "LocalDepot " + name + " at " + folder;
    }
}
