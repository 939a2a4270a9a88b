package dev.korm.engine.filehistory;

import dev.korm.Rn;
import dev.korm.engine.context.FileVersionDraft;
import dev.korm.engine.depot.OpenDepots;
import dev.korm.history.Operation;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileStat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The versions of the files of one change, and the copies of their bytes. Used by one thread. */
public final class FileCopies {
    private final FileHistory history;
    private final OpenDepots depots;
    private final String name;
    private final String change;
    private final List<FileVersionDraft> drafts = new ArrayList<>();
    private final List<Rn<?>> copies = new ArrayList<>();

    FileCopies(FileHistory history, OpenDepots depots, String name, String change) {
        this.history = history;
        this.depots = depots;
        this.name = name;
        this.change = change;
    }

    String change() {
        return change;
    }

    /** Returns the versions, in the order in which they were. */
    public List<FileVersionDraft> drafts() {
        return drafts;
    }

    /**
     * Keeps what a change puts in the place of a file.
     *
     * @param staged where the new bytes are; null where the file is deleted
     */
    public void changed(Rn<?> file, @Nullable Rn<?> staged) {
        boolean there = found(file);
        if (staged != null) {
            Rn<?> copy = copy(file, staged);
            add(file, there ? Operation.CHANGED : Operation.CREATED, OptionalLong.empty(), copy);
        } else if (there) {
            add(file, Operation.DELETED, OptionalLong.empty(), null);
        }
    }

    /** Keeps a file as it is now, unless its last version is so, and returns whether it is there. */
    boolean found(Rn<?> file) {
        Optional<KeptVersion> last = history.latest(file);
        Optional<FileStat> now = depots.depot(file).stat(file);
        boolean known = last.filter(version -> history.isAs(file, version)).isPresent();
        if (now.isPresent() && !known) {
            long stored = FileHistory.micros(now.get().modified());
            add(file, Operation.FOUND, OptionalLong.of(stored), copy(file, file));
        } else if (now.isEmpty() && last.flatMap(KeptVersion::copy).isPresent()) {
            // Somebody who keeps no history has deleted it, nobody knows when.
            add(file, Operation.DELETED, OptionalLong.of(Long.MAX_VALUE), null);
        }
        return now.isPresent();
    }

    /** Notes that a file is not there any more. */
    void absent(Rn<?> file) {
        add(file, Operation.DELETED, OptionalLong.empty(), null);
    }

    private Rn<?> copy(Rn<?> file, Rn<?> from) {
        Rn<?> copy = FileHistory.copy(file, name, change, copies.size());
        Depot depot = depots.depot(file);
        copies.add(copy);
        depot.copy(from, copy);
        return copy;
    }

    private void add(Rn<?> file, Operation operation, OptionalLong found, @Nullable Rn<?> copy) {
        long latest = history.latest(file).map(KeptVersion::micros).orElse(0L);
        drafts.add(new FileVersionDraft(
                FileHistory.TABLE.text(), file, operation, latest, found, copy == null ? null : copy.toString()));
    }

    /** Deletes the copies, when the change did not happen. */
    public void abandon() {
        copies.forEach(copy -> depots.depot(copy).delete(copy));
    }
}
