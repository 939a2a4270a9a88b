package dev.korm.engine.reset;

import dev.korm.Rn;
import dev.korm.danger.Reset.Folder;
import dev.korm.danger.ResetMode;
import dev.korm.depot.FileNameException;
import dev.korm.engine.depot.FileSet;
import dev.korm.engine.file.FileTransitions;
import dev.korm.engine.file.NamedFiles;
import dev.korm.engine.file.StagedName;
import dev.korm.engine.item.PoolContext;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import java.util.stream.Stream;

/**
 * The files that a reset takes away: those in korm's own folders of depots, and those that items name and have brought. For one thread.
 *
 * <p>A file that an item names and that was in the depot before it is not korm's, nor are all files below a prefix that an item names.
 */
final class ResetFiles {
    private static final String META = "__korm_pool__";
    private static final String JOURNAL = "__korm_wal__";

    private final PoolContext context;
    private final ResetMode mode;

    ResetFiles(PoolContext context, ResetMode mode) {
        this.context = context;
        this.mode = mode;
    }

    private record Place(String depot, String name) {}

    /** Returns the files that there are now. The journal is counted as none: it is written while one looks. */
    List<Folder> found() {
        SortedMap<String, Folder> found = new TreeMap<>();
        each((file, size) -> {
            Place place =
                    new Place(file.depot().orElseThrow(), file.depotParts().get(0));
            found.merge(
                    place.depot() + ":" + place.name(),
                    new Folder(place.depot(), place.name(), 1, size),
                    (one, other) -> new Folder(
                            place.depot(), place.name(), one.files() + other.files(), one.bytes() + other.bytes()));
        });
        return List.copyOf(found.values());
    }

    /** Deletes the files, those of the metadata last. */
    void delete() {
        List<Rn<?>> last = new ArrayList<>();
        each((file, size) -> {
            if (isIn(file, META)) {
                last.add(file);
            } else {
                depot(file).delete(file);
            }
        });
        last.forEach(file -> depot(file).delete(file));
    }

    static boolean isJournal(Folder folder) {
        return folder.name().equals(JOURNAL);
    }

    private static boolean isIn(Rn<?> file, String folder) {
        return file.depotParts().get(0).equals(folder);
    }

    private Depot depot(Rn<?> file) {
        return context.depots().depot(file);
    }

    private void each(ObjLongConsumer<Rn<?>> visitor) {
        if (mode == ResetMode.LAYERS) {
            return;
        }
        if (mode != ResetMode.META) {
            brought(visitor);
        }
        for (Depot depot : context.depots().all()) {
            List<String> own;
            try (Stream<String> folders = depot.folders(Rn.prefix(depot.name()))) {
                own = folders.filter(this::isOwn).sorted().toList();
            }
            for (String folder : own) {
                try (Stream<FileEntry> files = depot.list(Rn.prefix(depot.name(), folder))) {
                    files.forEach(file -> visitor.accept(file.rn(), file.size()));
                }
            }
        }
    }

    private boolean isOwn(String folder) {
        return mode == ResetMode.META ? folder.equals(META) : StagedName.isOwn(folder) && !folder.equals(Depot.OWN);
    }

    /** Visits the files that items name and have brought. */
    private void brought(ObjLongConsumer<Rn<?>> visitor) {
        FileSet seen = new FileSet();
        new NamedFiles(context.layers()).each((named, holder) -> {
            if (named.form() == Rn.Form.FILE
                    && context.depots().hasDepot(named)
                    && !StagedName.isOwn(named)
                    && seen.add(named)) {
                stat(named).filter(FileTransitions::isBrought).ifPresent(stat -> visitor.accept(named, stat.size()));
            }
            return true;
        });
    }

    private Optional<FileStat> stat(Rn<?> file) {
        try {
            return depot(file).stat(file);
        } catch (FileNameException noName) {
            return Optional.empty();
        }
    }
}
