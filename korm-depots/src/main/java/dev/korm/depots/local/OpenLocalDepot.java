package dev.korm.depots.local;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.FileChangedException;
import dev.korm.depot.FileExistsException;
import dev.korm.depot.MissingFileException;
import dev.korm.depots.support.Conditions;
import dev.korm.depots.support.OpenStreams;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities;
import dev.korm.spi.depot.DepotCapabilities.Conditional;
import dev.korm.spi.depot.DepotCapabilities.Moving;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileNames;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.depot.SkippedName;
import dev.korm.spi.environment.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of files. Safe for many threads, and for many programs on one folder.
 *
 * <p><b>Steps of a put.</b> Write a temporary file where nobody looks, with its label where the file system keeps one, and sync it. Then, under the
 * lock of the place: look at what is there and at the condition; label the place; rename the file to it; sync the folder. A move does the second
 * half under the locks of both places; a delete removes, syncs and forgets the label. A move that is conditional, as of a staged file, gives the file a
 * second name and renames that, and takes the first away when the folder has been synced.
 *
 * <p><b>What holds.</b> Until the rename the old file is there, with its label; from then on the new one, with its own. A failure before the rename says
 * that nothing happened, one behind it that the outcome is unknown, since a folder that is not synced may lose the name. A staged file that is gone is
 * durably at its name, or what it yielded to is: whoever finds it gone may rely on that. Whatever comes to an end
 * on the way leaves a temporary file at the worst, which a later opening removes.
 *
 * <p><b>Who owns what.</b> {@link PathLocks} lock places against threads and other programs. A temporary file belongs to its put, an open stream to
 * {@link OpenStreams}, which ends it with the depot. Folders that became empty are pruned by anybody; whoever finds its folder gone makes it again.
 */
final class OpenLocalDepot implements Depot {
    /** How often a file is brought into a folder that others take away. */
    private static final int ATTEMPTS = 100;
    /** How many large files are synced at once while they are written. */
    private static final int SYNCS = 4;

    private final String name;
    private final OpenStreams streams;
    private final LocalRoot root;
    private final LocalNames names;
    private final Labels labels;
    private final LocalFailures failures;
    private final LocalTree tree;
    private final LocalFiles files;
    private final LocalMoves moves;
    /** Syncs large files while they are written. */
    private final ExecutorService background;

    OpenLocalDepot(String name, Path folder, Duration leftovers, LocalRoot.LabelPlace place, Environment environment) {
        this.name = name;
        this.streams = new OpenStreams(name);
        this.root = LocalRoot.open(name, folder, leftovers, place, environment);
        this.names = root.names();
        this.labels = root.labels();
        this.failures = new LocalFailures(name, root.path());
        this.tree = new LocalTree(root, failures);
        this.files = new LocalFiles(name, tree, labels, failures, streams);
        this.moves = new LocalMoves(root, failures, tree, files);
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
        requireNonNull(file, "file");
        requireNonNull(content, "content");
        requireNonNull(options, "options");
        place(file);
        requireCondition(file, options.condition());
        return store(file, content, options);
    }

    private FileStat store(Rn<?> file, InputStream content, PutOptions options) {
        List<String> place = place(file);
        requireStorable(file);
        return streams.guarded(() -> {
            try (TemporaryFile temporary = root.temporary()) {
                Digesting source = Digesting.source(content, file);
                temporary.write(source, background);
                Label label =
                        new Label(Optional.of(source.check(options)), options.contentType(), options.attributes());
                labels.prepare(temporary, label);
                temporary.sync();
                return settled(file, () -> put(file, place, temporary, options.condition(), label));
            } catch (IOException | UnsupportedOperationException failed) {
                throw failures.writing(file, failed, Outcome.NOT_APPLIED);
            }
        });
    }

    private void requireCondition(Rn<?> file, PutCondition condition) {
        boolean kept = condition instanceof PutCondition.Always
                || (condition instanceof PutCondition.Newer && capabilities().has(Conditional.IF_NEWER))
                || (condition instanceof PutCondition.Absent && capabilities().has(Conditional.IF_ABSENT));
        if (!kept) {
            throw Conditions.denied(name, file, condition);
        }
    }

    /** An action that moves a file to its name. */
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
    private FileStat put(Rn<?> file, List<String> place, TemporaryFile temporary, PutCondition condition, Label label)
            throws NoSuchFileException {
        boolean placed = false;
        try (Folder to = tree.forStoring(file, place);
                PathLocks.Held lock = root.locks().lock(List.of(place))) {
            LocalTree.Entry target = tree.named(file, to, place);
            BasicFileAttributes there = LocalMoves.there(target);
            if (condition instanceof PutCondition.Absent && there != null) {
                throw exists(file, null);
            }
            if (condition instanceof PutCondition.Newer newer
                    && there != null
                    && !newer.replaces(files.stat(file, place, target), label.attributes())) {
                // A sync of whoever stored it may have failed, and what yields to it may be given up now.
                to.syncShielded();
                throw later(file);
            }
            labels.place(temporary, to, place, label, there);
            BasicFileAttributes attributes = temporary.attributes();
            if (condition instanceof PutCondition.Absent) {
                temporary.link(to, target.name());
            } else {
                temporary.move(to, target.name());
            }
            placed = true;
            to.syncShielded();
            return LocalFiles.stat(file, attributes, label);
        } catch (FileAlreadyExistsException exists) {
            throw exists(file, exists);
        } catch (Folder.LinkException link) {
            throw failures.link(file);
        } catch (IOException | UnsupportedOperationException failed) {
            if (!placed && failed instanceof NoSuchFileException taken) {
                throw taken;
            }
            throw failures.writing(file, failed, placed ? Outcome.UNKNOWN : Outcome.NOT_APPLIED);
        }
    }

    private FileExistsException exists(Rn<?> file, @Nullable Throwable cause) {
        return new FileExistsException(
                name,
                file,
                file + " is in the depot \"" + name + "\" already, and was not to be replaced; choose another name",
                cause);
    }

    private FileChangedException later(Rn<?> file) {
        return new FileChangedException(
                name,
                file,
                file + " in the depot \"" + name + "\" is newer than what was to be stored, and stays",
                null);
    }

    @Override
    public FileContent get(Rn<?> file) {
        requireNonNull(file, "file");
        return files.open(file, place(file), null);
    }

    @Override
    public FileContent get(Rn<?> file, ByteRange range) {
        requireNonNull(file, "file");
        requireNonNull(range, "range");
        return files.open(file, place(file), range);
    }

    @Override
    public Optional<FileStat> stat(Rn<?> file) {
        requireNonNull(file, "file");
        return files.stat(file, place(file));
    }

    @Override
    public Stream<FileEntry> list(Rn<?> prefix, Consumer<SkippedName> skipped) {
        requireNonNull(prefix, "prefix");
        requireNonNull(skipped, "skipped");
        return walk(prefix, in -> LocalListing.files(prefix, in, skipped));
    }

    @Override
    public Stream<String> folders(Rn<?> prefix) {
        requireNonNull(prefix, "prefix");
        return walk(prefix, in -> LocalListing.folders(prefix, in));
    }

    private <E> Stream<E> walk(Rn<?> prefix, LocalListing.Walk<E> walk) {
        streams.requireOpen();
        FileNames.requirePrefix(prefix, name);
        try {
            // The last part is the asterisk, which stands for any file of the folder before it.
            Folder in = isOwn(prefix) ? null : tree.folder(prefix, prefix.depotParts());
            return in == null ? Stream.empty() : LocalListing.stream(walk, in, streams, failures);
        } catch (IOException failed) {
            throw failures.reading(prefix, failed);
        }
    }

    /** Checks for the depot's own folder: an ill-cased spelling leads into it where case is folded. */
    private static boolean isOwn(Rn<?> rn) {
        return rn.depotParts().get(0).equalsIgnoreCase(OWN);
    }

    @Override
    public FileStat copy(Rn<?> from, Rn<?> to) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        place(to);
        try (FileContent content = get(from)) {
            return put(to, content.stream(), PutOptions.like(content.stat()));
        }
    }

    @Override
    public FileStat move(Rn<?> from, Rn<?> to) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        List<String> old = place(from);
        List<String> place = place(to);
        if (old.equals(place)) {
            return stat(from).orElseThrow(() -> failures.missing(from));
        }
        return streams.guarded(() -> settled(to, () -> moves.move(from, old, to, place)));
    }

    @Override
    public boolean moveIfNewer(Rn<?> from, Rn<?> to, PutCondition.Newer newer) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        requireNonNull(newer, "newer");
        List<String> old = place(from);
        List<String> place = place(to);
        if (old.equals(place)) {
            return Depot.super.moveIfNewer(from, to, newer);
        }
        boolean moved;
        try {
            moved = root.links()
                    ? streams.guarded(() -> settled(to, () -> moves.place(from, old, to, place, newer)))
                    : copyIfNewer(from, to, newer);
        } catch (LocalMoves.UnlinkedException refused) {
            moved = copyIfNewer(from, to, newer);
        }
        if (!moved) {
            delete(from);
        }
        return moved;
    }

    /** Does what {@link LocalMoves#place} does by a copy, where a file has one name only. */
    private boolean copyIfNewer(Rn<?> from, Rn<?> to, PutCondition.Newer newer) {
        try (FileContent content = get(from)) {
            store(to, content.stream(), PutOptions.like(content.stat()).when(newer));
        } catch (FileChangedException later) {
            return false;
        } catch (MissingFileException gone) {
            moves.syncFolder(to, place(to));
            throw gone;
        }
        delete(from);
        return true;
    }

    @Override
    public boolean delete(Rn<?> file) {
        List<String> place = place(requireNonNull(file, "file"));
        return streams.guarded(() -> delete(file, place));
    }

    @SuppressWarnings("try") // The lock is only held.
    private boolean delete(Rn<?> file, List<String> place) {
        boolean gone = false;
        try (LocalTree.Entry entry = tree.find(file, place);
                PathLocks.Held lock = root.locks().lock(List.of(place))) {
            if (entry == null) {
                return false;
            }
            entry.folder().delete(entry.name());
            gone = true;
            entry.folder().syncShielded();
            labels.forget(place);
            tree.prune(file, place);
            return true;
        } catch (NoSuchFileException absent) {
            return gone;
        } catch (IOException failed) {
            throw failures.writing(file, failed, gone ? Outcome.UNKNOWN : Outcome.NOT_APPLIED);
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
        if (isOwn(file)) {
            throw failures.name(file, "it begins like the folder that the depot keeps for itself");
        }
        return file.depotParts();
    }

    @Override
    public void requireStorable(Rn<?> file) {
        List<String> place = place(requireNonNull(file, "file"));
        try {
            tree.requireStorable(file, place);
        } catch (IOException failed) {
            throw failures.reading(file, failed);
        }
    }

    /** Returns how many files are being read, for tests of leaks. */
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
        return "LocalDepot " + name + " at " + root.path();
    }
}
