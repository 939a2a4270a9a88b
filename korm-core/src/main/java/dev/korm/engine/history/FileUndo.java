package dev.korm.engine.history;

import dev.korm.Change;
import dev.korm.Rn;
import dev.korm.engine.file.FileStep;
import dev.korm.engine.file.FileTransitions;
import dev.korm.engine.filehistory.FileHistory;
import dev.korm.engine.filehistory.KeptVersion;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.version.StoredVersion;
import dev.korm.file.FileRef;
import dev.korm.history.Operation;
import dev.korm.spi.depot.FileStat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The part of an undo that brings bytes of files back. Files that items name again come with them; those that the transaction stored or deleted by themselves
 * are members by themselves. Of a file that is not as the transaction left it nothing is overwritten. Used once, by one thread.
 */
final class FileUndo {
    private final PoolContext pool;
    private final FileHistory history;
    private final BiConsumer<Rn<?>, String> obstacle;
    private final BiConsumer<Rn<?>, String> overtaken;
    private final List<Change<?>> required = new ArrayList<>();
    private final Map<Rn<?>, List<KeptVersion>> made = new LinkedHashMap<>();
    private final Set<Rn<?>> withItems = new LinkedHashSet<>();

    /**
     * @param obstacle is told of each file that is in the way, and why
     * @param overtaken refuses the undo as it is made, for a file that was changed after it was looked at
     */
    FileUndo(
            PoolContext pool,
            List<TransactionVersions> versions,
            BiConsumer<Rn<?>, String> obstacle,
            BiConsumer<Rn<?>, String> overtaken) {
        this.pool = pool;
        this.overtaken = overtaken;
        this.history = new FileHistory(pool.depots(), pool.layers());
        this.obstacle = obstacle;
        for (TransactionVersions layer : versions) {
            for (StoredVersion version : layer.files()) {
                KeptVersion file = history.whole(layer.layer(), version);
                made.computeIfAbsent(file.file(), any -> new ArrayList<>()).add(file);
            }
        }
    }

    /**
     * Returns a file that an item is to name again, with the bytes that it had; as it is where it has them, or nobody knows which it had.
     *
     * @param micros the time of the change of the item
     */
    Optional<FileRef> restored(FileRef file, long micros) {
        Rn<?> rn = file.rn();
        List<KeptVersion> own = made.get(rn);
        Optional<KeptVersion> before = own == null
                ? history.at(rn, micros - 1)
                : history.at(rn, own.get(0).micros() - 1);
        Optional<Rn<?>> copy = before.flatMap(KeptVersion::copy);
        if (copy.isEmpty()) {
            return Optional.empty();
        }
        if (history.isAs(rn, before.get())) {
            withItems.add(rn);
            return Optional.of(file);
        }
        if (own == null && pool.depots().depot(rn).stat(rn).isPresent()) {
            obstacle.accept(rn, "its bytes were replaced since");
        }
        withItems.add(rn);
        required.add(new FileStep(pool, FileStep.Aim.REQUIRE, FileRef.to(rn), () -> {
            boolean isAsSeen =
                    own == null ? pool.depots().depot(rn).stat(rn).isEmpty() : isAsLeft(rn, own.get(own.size() - 1));
            requireSeen(isAsSeen, rn);
        }));
        return Optional.of(floating(rn, copy.get()));
    }

    private void requireSeen(boolean isAsSeen, Rn<?> file) {
        if (!isAsSeen) {
            overtaken.accept(file, "its bytes were changed since");
        }
    }

    /** Returns what is required of the files that items name again, as the undo is made. */
    List<Change<?>> required() {
        return required;
    }

    /** Returns what is left to be done for the files of the transaction, after all items were asked for. */
    List<Change<?>> rest() {
        List<Change<?>> changes = new ArrayList<>();
        made.forEach((file, versions) -> {
            if (!isAsLeft(file, versions.get(versions.size() - 1))) {
                obstacle.accept(file, "its bytes were changed since");
            } else if (!withItems.contains(file)) {
                opposite(file, versions).ifPresent(changes::add);
            }
        });
        return changes;
    }

    /** Returns whether a file is as the transaction left it, or gone by a sweep since. */
    private boolean isAsLeft(Rn<?> file, KeptVersion last) {
        return history.isAs(file, last) || pool.depots().depot(file).stat(file).isEmpty();
    }

    private Optional<Change<?>> opposite(Rn<?> file, List<KeptVersion> versions) {
        KeptVersion first = versions.get(0);
        Optional<KeptVersion> before = history.at(file, first.micros() - 1);
        Optional<Rn<?>> copy = before.flatMap(KeptVersion::copy);
        Runnable check = () -> requireSeen(isAsLeft(file, versions.get(versions.size() - 1)), file);
        if (copy.isPresent()) {
            return before.filter(version -> history.isAs(file, version)).isPresent()
                    ? Optional.empty()
                    : Optional.of(new FileStep(pool, FileStep.Aim.STORE, floating(file, copy.get()), check));
        }
        if (first.stored().operation() != Operation.CREATED) {
            obstacle.accept(file, "the version before it was purged");
            return Optional.empty();
        }
        // What an item brought along goes with the item, by its release.
        boolean brought = versions.get(versions.size() - 1)
                .copy()
                .flatMap(history::stat)
                .filter(FileTransitions::isBrought)
                .isPresent();
        return brought
                ? Optional.empty()
                : Optional.of(new FileStep(pool, FileStep.Aim.DELETE, FileRef.to(file), check));
    }

    private FileRef floating(Rn<?> file, Rn<?> copy) {
        Optional<FileStat> stat = history.stat(copy);
        if (stat.isEmpty()) {
            obstacle.accept(file, "the bytes that were kept of it are gone");
        }
        FileRef floating = FileRef.to(file).edit(() -> pool.depots().depot(copy).get(copy).stream());
        return stat.flatMap(FileStat::contentType)
                .map(floating::withContentType)
                .orElse(floating);
    }
}
