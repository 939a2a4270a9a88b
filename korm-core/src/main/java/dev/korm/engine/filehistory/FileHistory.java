package dev.korm.engine.filehistory;

import dev.korm.Rn;
import dev.korm.engine.context.FileVersionDraft;
import dev.korm.engine.depot.FileSet;
import dev.korm.engine.depot.OpenDepots;
import dev.korm.engine.item.PoolLayers;
import dev.korm.engine.layer.ChangeRecorder;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.version.HistoryClock;
import dev.korm.engine.version.HistoryTable;
import dev.korm.engine.version.StoredVersion;
import dev.korm.engine.version.VersionKey;
import dev.korm.file.FileRef;
import dev.korm.file.FileVersion;
import dev.korm.spi.Batch;
import dev.korm.spi.Capabilities;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.query.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The versions of the files of a pool. Safe for many threads.
 *
 * <p><b>Where they are.</b> A version is a row of the history of the layer that decides about the change, written in the change's own batch, under the name of the
 * file: so it is there if and only if the change is. It names a copy of the bytes in the file's own depot, below {@code __korm_history__}, which is made before that
 * batch and never changed. Bytes that a change puts in the place of others are copied when it stages them; those that were there, too, unless the last version has them
 * already. So whatever becomes of the file itself, each version has its bytes for as long as its row is there.
 *
 * <p><b>What holds at each step.</b> Copies without a row are of a change that was cut off before its batch, or never happened; {@link #tidy} removes them. A row goes before its copy
 * ({@link #forget}), so no row is without one. Of a file whose versions are in several layers the latest by time counts.
 */
public final class FileHistory {
    /** The first part of the names of copies. */
    public static final String FOLDER = "__korm_history__";

    /** The table that files have in the history, beside those of items. */
    public static final TableName TABLE = TableName.own("__korm_files__", TableName.ID);

    private static final int NAME_PARTS = 4;
    private static final int PAGE = 500;

    private final OpenDepots depots;
    private final PoolLayers layers;

    public FileHistory(OpenDepots depots, PoolLayers layers) {
        this.depots = depots;
        this.layers = layers;
    }

    /** Returns whether a row of the history is of a file, and not of an item. */
    public static boolean isFile(StoredVersion version) {
        return version.table().equals(TABLE.text());
    }

    /** Returns whether versions of files are kept from now on. */
    public boolean isKept() {
        return depots.areRecorded();
    }

    /** Returns the layers that have a history. */
    private List<OpenLayer> withHistory() {
        return layers.all().stream()
                .filter(layer -> new HistoryTable(layer).isThere())
                .toList();
    }

    /** Returns the last version of a file; empty where none is known. */
    public Optional<KeptVersion> latest(Rn<?> file) {
        VersionKey key = key(file);
        return latest(key.first(), key.end());
    }

    /** Returns the version of a file that held at a moment; empty where none is known. */
    public Optional<KeptVersion> at(Rn<?> file, long micros) {
        VersionKey key = key(file);
        return latest(key.first(), key.before(micros + 1));
    }

    private Optional<KeptVersion> latest(String from, String to) {
        return withHistory().stream()
                .flatMap(layer -> new HistoryTable(layer)
                        .last(from, to, HistoryTable.Content.ALL).map(row -> new KeptVersion(layer, row)).stream())
                .max(Comparator.comparingLong(KeptVersion::micros));
    }

    /** Returns the versions of a file that are older than one of them, the newest first, so many at the most. */
    public List<KeptVersion> before(Rn<?> file, long micros, int limit) {
        VersionKey key = key(file);
        return withHistory().stream()
                .flatMap(layer -> new HistoryTable(layer)
                        .newest(key.first(), key.before(micros), limit, HistoryTable.Content.ALL).stream()
                                .map(row -> new KeptVersion(layer, row)))
                .sorted(Comparator.comparingLong(KeptVersion::micros).reversed())
                .limit(limit)
                .toList();
    }

    /** Returns the depots as they were at a moment, to be read; those of now where nothing is kept of files. */
    public OpenDepots depotsAt(LongSupplier micros) {
        return isKept() ? depots.with(depot -> new PastDepot(depot, file -> at(file, micros.getAsLong()))) : depots;
    }

    /** Returns a depot as it was at a moment, to be read and listed. */
    public Depot depotAt(String depot, Instant moment) {
        return new MomentDepot(depots.depot(depot), this, micros(moment));
    }

    /** Returns the files that were there at a moment, as their versions tell. */
    Stream<Rn<?>> filesAt(long micros) {
        return withHistory().stream().flatMap(layer -> firsts(new HistoryTable(layer))
                .map(first -> Rn.parse(first.id()))
                // Where several layers have versions of it, one of them has that of the moment.
                .filter(file -> at(file, micros)
                        .filter(version -> version.layer().layer().equals(layer.layer())
                                && version.copy().isPresent())
                        .isPresent())
                .map(file -> file));
    }

    /** Returns the first version of each file, each by a look at the index. */
    private static Stream<StoredVersion> firsts(HistoryTable table) {
        return Stream.iterate(
                        first(table, VersionKey.first(TABLE)),
                        Optional::isPresent,
                        last -> first(
                                table,
                                new VersionKey(VersionKey.itemOf(
                                                last.orElseThrow().key()))
                                        .end()))
                .flatMap(Optional::stream);
    }

    private static Optional<StoredVersion> first(HistoryTable table, String from) {
        return table.oldest(from, VersionKey.end(TABLE), 1, HistoryTable.Content.WITHOUT_IMAGE).stream()
                .findFirst();
    }

    /** Gives a file that is about to be replaced past the pool a version as it is, unless its last one is so. Does nothing where no layer has a history yet. */
    public void keepReplaced(Rn<?> file) {
        if (!isCopy(file) && withHistory().stream().anyMatch(FileHistory::isWritable)) {
            keep(file);
        }
    }

    /** Gives a file that was replaced past the pool a version as it is; without any version what is there counts, so it needs none. */
    public void keepReplacement(Rn<?> file) {
        if (isKept() && latest(file).isPresent()) {
            keepReplaced(file);
        }
    }

    /** Returns a version's file, to be read; empty where the file was not there. */
    private Optional<FileRef> content(KeptVersion version) {
        Rn<?> file = version.file();
        return version.copy().filter(depots::hasDepot).map(copy -> FileRef.to(file)
                .in(new PastDepot(depots.depot(file), any -> Optional.of(version))));
    }

    /** Returns the versions of a file, the newest first. */
    public Stream<FileVersion> stream(Rn<?> file) {
        return Stream.iterate(
                        before(file, Long.MAX_VALUE, PAGE),
                        page -> !page.isEmpty(),
                        page -> page.size() < PAGE
                                ? List.of()
                                : before(file, page.get(page.size() - 1).micros(), PAGE))
                .flatMap(List::stream)
                .map(this::told);
    }

    private FileVersion told(KeptVersion version) {
        StoredVersion stored = version.stored();
        return new FileVersion(
                version.file(),
                stored.operation(),
                HistoryClock.instant(stored.micros()),
                Optional.ofNullable(stored.transaction()),
                Optional.ofNullable(stored.actor()),
                Optional.ofNullable(stored.reason()),
                content(version));
    }

    /** Returns one of the files' versions with what it names. */
    public KeptVersion whole(OpenLayer layer, StoredVersion version) {
        return new KeptVersion(
                layer,
                new HistoryTable(layer)
                        .last(version.key(), VersionKey.behind(version.key()), HistoryTable.Content.ALL)
                        .orElse(version));
    }

    private static VersionKey key(Rn<?> file) {
        return VersionKey.of(TABLE, file.toString());
    }

    /** Returns whether a file has the bytes of a version now; false where the depot does not say what it has. */
    public boolean isAs(Rn<?> file, KeptVersion version) {
        return isAs(depots.depot(file).stat(file), version);
    }

    private boolean isAs(Optional<FileStat> now, KeptVersion version) {
        Optional<Rn<?>> copy = version.copy();
        if (copy.isEmpty() || now.isEmpty()) {
            return copy.isEmpty() && now.isEmpty();
        }
        Optional<FileStat> kept = stat(copy.get());
        Optional<String> bytes = now.get().sha256();
        return bytes.isPresent()
                && kept.filter(stat -> stat.sha256().equals(bytes)
                                && stat.contentType().equals(now.get().contentType()))
                        .isPresent();
    }

    /** Returns a copy's metadata; empty where it, or its depot, is gone. */
    public Optional<FileStat> stat(Rn<?> copy) {
        return depots.hasDepot(copy) ? depots.depot(copy).stat(copy) : Optional.empty();
    }

    /** Begins to keep the versions of the files of one change. */
    public FileCopies begin(OpenLayer layer, String change) {
        return new FileCopies(this, depots, name(layer), change);
    }

    private String name(OpenLayer layer) {
        return new HistoryTable(layer).name(depots.newId(), micros(depots.now()));
    }

    static long micros(Instant time) {
        return HistoryClock.micros(time);
    }

    /** Returns the name of a copy. */
    static Rn<?> copy(Rn<?> file, String history, String change, int number) {
        return Rn.file(file.depot().orElseThrow(), FOLDER, history, change, Integer.toString(number));
    }

    /**
     * Sees to it that a file which is about to be deleted by no change has a version with its bytes.
     *
     * @return what notes the deletion, after it; does nothing where files are not kept
     */
    public Runnable keep(Rn<?> file) {
        if (!isKept()) {
            return () -> {};
        }
        OpenLayer layer = latest(file)
                .map(KeptVersion::layer)
                .filter(FileHistory::isWritable)
                .orElseGet(() -> withHistory().stream()
                        .filter(FileHistory::isWritable)
                        .findFirst()
                        .orElseThrow());
        FileCopies recording = begin(layer, "sweep-" + depots.newId());
        recording.found(file);
        write(layer, recording.drafts());
        return () -> {
            FileCopies deletion = begin(layer, recording.change());
            deletion.absent(file);
            write(layer, deletion.drafts());
        };
    }

    private static boolean isWritable(OpenLayer layer) {
        return layer.store().capabilities().access() == Capabilities.Access.READ_WRITE;
    }

    private void write(OpenLayer layer, List<FileVersionDraft> drafts) {
        for (FileVersionDraft draft : drafts) {
            long now = layer.all() instanceof ChangeRecorder recorder
                    ? recorder.time(draft.latest())
                    : Math.max(draft.latest() + 1, micros(depots.now()));
            long micros = draft.found().isPresent()
                    ? Math.max(draft.latest() + 1, Math.min(draft.found().getAsLong(), now))
                    : now;
            layer.store()
                    .apply(Batch.of(List.of(
                            HistoryTable.insert(StoredVersion.ofFile(draft, micros, null, null, null, null, null)))));
        }
    }

    /** Deletes the copies of versions whose rows are gone. */
    public void forget(List<String> copies) {
        for (String copy : copies) {
            Rn<?> rn = Rn.parse(copy);
            if (depots.hasDepot(rn) && isCopy(rn)) {
                depots.depot(rn).delete(rn);
            }
        }
    }

    private static boolean isCopy(Rn<?> rn) {
        return rn.depotParts().size() == NAME_PARTS && rn.depotParts().get(0).equals(FOLDER);
    }

    /** Returns whether the histories of other layers have versions of a file. */
    public boolean isElsewhere(OpenLayer layer, StoredVersion version) {
        VersionKey key = new VersionKey(VersionKey.itemOf(version.key()));
        return withHistory().stream()
                .filter(other -> !other.layer().equals(layer.layer()))
                .anyMatch(other -> new HistoryTable(other)
                        .last(key.first(), key.end(), HistoryTable.Content.WITHOUT_IMAGE)
                        .isPresent());
    }

    /**
     * Deletes copies that no version names, of changes that are over.
     *
     * @param isOver whether that is so of what was stored at a time in a depot
     * @param each is told of each of them
     */
    public void tidy(OverCheck isOver, Consumer<Rn<?>> each) {
        for (OpenLayer layer : withHistory()) {
            HistoryTable table = new HistoryTable(layer);
            Optional<String> name = table.name();
            if (name.isPresent()) {
                tidy(table, name.get(), isOver, each);
            }
        }
    }

    /** A check of whether a change is over by which a copy was made. */
    public interface OverCheck {
        boolean isOver(String depot, Instant made);
    }

    private void tidy(HistoryTable table, String name, OverCheck isOver, Consumer<Rn<?>> each) {
        FileSet named = named(table);
        Predicate<FileEntry> over = entry -> isOver.isOver(entry.rn().depot().orElseThrow(), entry.modified())
                && isCopy(entry.rn())
                && !named.has(entry.rn())
                && !depots.staging().contains(entry.rn().depotParts().get(2));
        for (String depot : depots.names()) {
            Depot open = depots.depot(depot);
            List<Rn<?>> page = new ArrayList<>();
            try (Stream<FileEntry> all = open.list(Rn.prefix(depot, FOLDER, name))) {
                all.filter(over).forEach(entry -> {
                    page.add(entry.rn());
                    if (page.size() == PAGE) {
                        remove(table, open, page, each);
                    }
                });
            }
            remove(table, open, page, each);
        }
    }

    /** Returns the copies that versions name now. */
    private static FileSet named(HistoryTable table) {
        FileSet named = new FileSet();
        String from = VersionKey.first(TABLE);
        List<StoredVersion> page;
        do {
            page = table.oldest(from, VersionKey.end(TABLE), PAGE, HistoryTable.Content.ALL);
            for (StoredVersion version : page) {
                if (version.image() != null) {
                    named.add(Rn.parse(version.image()));
                }
                from = VersionKey.behind(version.key());
            }
        } while (page.size() == PAGE);
        return named;
    }

    /** Removes copies that no version names still: their changes were over before this is asked. */
    private static void remove(HistoryTable table, Depot depot, List<Rn<?>> page, Consumer<Rn<?>> each) {
        if (page.isEmpty()) {
            return;
        }
        Set<String> wanted = new HashSet<>();
        page.forEach(copy -> wanted.add(copy.toString()));
        wanted.removeAll(table.imagesAmong(wanted, VersionKey.first(TABLE), VersionKey.end(TABLE)));
        for (Rn<?> copy : page) {
            if (wanted.contains(copy.toString()) && depot.delete(copy)) {
                each.accept(copy);
            }
        }
        page.clear();
    }
}
