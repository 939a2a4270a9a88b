package dev.korm.engine.file;

import dev.korm.ConfigurationException;
import dev.korm.OperationInterruptedException;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.depot.DepotException;
import dev.korm.depot.MissingFileException;
import dev.korm.engine.depot.OpenDepots;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Takes files from one {@link FileChange} to the next. Holds no state of a change. Safe for many threads.
 *
 * <p><b>Transitions.</b> floating → staged ({@link #stage}: bytes, item and revision stored under a name that nobody reads) → referenced ({@link #refer}:
 * moved to its own name) → released ({@link #mark}: a mark beside it dates the beginning of its grace) → deleted ({@link #delete}). From staged
 * also back to nothing ({@link #abandon}), when the change did not happen.
 *
 * <p><b>What holds.</b> Each transition can be taken again after it was cut off, by another program too. A staged file that is gone was brought to its name
 * by whoever opened the pool meanwhile.
 *
 * <p><b>Which file stays</b>, when several come to one name, whoever comes late and whatever the clocks say:
 *
 * <ol>
 *   <li>Of two that one item of one layer brings along (a <em>series</em>), the one of the later revision. The depot compares as it moves.
 *   <li>Of two others, the one that names the other among its {@link Predecessors}: what had the name when it was staged, or was staged for it by then. So a change of an
 *       item that was moved to another layer comes after those that it read, while a copy and its original, which have the same id and know nothing of each
 *       other's revisions, come in the order in which their files were stored.
 *   <li>Where neither names the other, they were changed at the same moment, and the first to come stays.
 *   <li>What has no label, since {@code files().store(…)} or another program stored it, is replaced by a change under way ({@link #refer}), and stays when
 *       a change that was cut off is finished ({@link #finish}), unless it was there before that change was staged.
 * </ol>
 *
 * <p>A file that was staged before files named their predecessors is finished by the depot's clock, in place of what was stored before it.
 *
 * <p>A file that a change deletes by itself goes from there → condemned ({@link #condemn}: a note under a staged name) → deleted ({@link #refer}). The note names
 * predecessors too; a file that is none of them stays.
 */
public final class FileTransitions {
    /** The attribute of files that items brought along: which item. */
    static final String ITEM = "korm-item";

    /** The attribute that says with which revision of the item. */
    static final String REVISION = "korm-revision";

    private static final PutCondition.Newer IN_ORDER = PutCondition.Newer.of(ITEM, REVISION);

    /** The attribute of a staged name under which nothing is stored: its file is to be deleted. */
    private static final String DELETES = "korm-deletes";

    private static final int TRIES = 3;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final OpenDepots pool;

    FileTransitions(OpenDepots pool) {
        this.pool = pool;
    }

    /** Returns whether an item has brought a file along. */
    public static boolean isBrought(FileStat file) {
        return file.attributes().containsKey(ITEM);
    }

    /** Returns the text that all files have in common which an item of a layer brings along, whichever layer decides about each. */
    static String series(String layer, Rn<?> item) {
        return StagedName.encoded(layer) + ":" + item.namespace() + ":" + item.kind() + ":"
                + item.id().orElse("");
    }

    /** Returns the layer of the item that brought a file along; empty when nothing did, or the file is gone. */
    Optional<String> layer(Rn<?> file) {
        return series(file)
                .map(series -> URLDecoder.decode(series.substring(0, series.indexOf(':')), StandardCharsets.UTF_8));
    }

    /** Returns the series of a file; empty when it is of none, or gone. */
    Optional<String> series(Rn<?> file) {
        return pool.depot(file)
                .stat(file)
                .map(stat -> stat.attributes().get(ITEM))
                .filter(series -> series.indexOf(':') > 0);
    }

    /**
     * Stores what a floating file holds where nobody sees it.
     *
     * @param series of the item that brings it along
     */
    FileChange.Staged stage(
            FileRef floating,
            StagedName name,
            Predecessors after,
            String series,
            long revision,
            Optional<FileRelease> declared) {
        PutOptions options = StoredRelease.put(options(floating), declared)
                .attribute(ITEM, series)
                .attribute(REVISION, Long.toString(revision));
        return stage(floating, name, after, options);
    }

    /** Stores what a floating file holds that no item brings along where nobody sees it. */
    FileChange.Staged stage(FileRef floating, StagedName name, Predecessors after) {
        return stage(floating, name, after, options(floating).attribute(Predecessors.CHANGE, name.transaction()));
    }

    private FileChange.Staged stage(FileRef floating, StagedName name, Predecessors after, PutOptions options) {
        Predecessors all = after.with(options);
        put(pool.depot(floating.rn()), name.rn(), floating, all.put(options));
        return new FileChange.Staged(floating.rn(), name.rn(), all);
    }

    /** Notes that a file is to be deleted. */
    FileChange.Condemned condemn(Rn<?> file, StagedName name, Predecessors after) {
        note(name.rn(), after.put(PutOptions.NONE.attribute(DELETES, "yes")));
        return new FileChange.Condemned(file, name.rn(), after);
    }

    private void note(Rn<?> name, PutOptions options) {
        pool.depot(name).put(name, new ByteArrayInputStream(new byte[0]), options);
    }

    /**
     * Has what is staged come after what has its name by now, and what is staged for it by others. Called when no other change of this pool can have the
     * file any more: those that had it since this was staged come before.
     *
     * @param there what has its name
     */
    FileChange.Pending renewed(FileChange.Pending pending, FileStat there) {
        Depot depot = pool.depot(pending.file());
        if (pending.after().include(there)) {
            return pending;
        }
        FileStat ours = depot.stat(pending.staged())
                .orElseThrow(() -> new MissingFileException(
                        depot.name(),
                        pending.staged(),
                        pending.staged() + ", staged for " + pending.file() + ", was taken away. Repeat the change",
                        null));
        if (isOfOneSeries(ours, there)) {
            return pending;
        }
        Predecessors after = pending.after().and(Predecessors.look(pool, pending.file()));
        PutOptions options = after.put(PutOptions.like(ours));
        if (pending instanceof FileChange.Condemned) {
            note(pending.staged(), options);
            return new FileChange.Condemned(pending.file(), pending.staged(), after);
        }
        try (FileContent content = depot.get(pending.staged())) {
            depot.put(pending.staged(), content.stream(), options);
        }
        return new FileChange.Staged(pending.file(), pending.staged(), after);
    }

    private static boolean isOfOneSeries(FileStat one, FileStat other) {
        String series = one.attributes().get(ITEM);
        return series != null && series.equals(other.attributes().get(ITEM));
    }

    static PutOptions options(FileRef floating) {
        return floating.givenType().map(PutOptions.NONE::contentType).orElse(PutOptions.NONE);
    }

    /** Stores what a floating file holds under a name. */
    static FileStat put(Depot depot, Rn<?> name, FileRef floating, PutOptions options) {
        requirePlain(floating.rn());
        try (InputStream content = floating.content()
                .orElseThrow(() -> new ConfigurationException(floating + " has no content that could be stored"))
                .open()) {
            return depot.put(name, ProgressInputStream.of(content, floating.progress()), options);
        } catch (IOException unclosed) {
            throw new dev.korm.depot.FileContentException(
                    floating + " was stored, but its content could not be closed", unclosed);
        }
    }

    /** Other mods than the depot would make two files of one name in some depots, and one in others. */
    static void requirePlain(Rn<?> file) {
        if (file.mods().size() > 1) {
            throw new ConfigurationException(
                    file + " cannot be stored: the RN of a new file has no mods but depot; leave the others out");
        }
        if (StagedName.isOwn(file)) {
            throw new ConfigurationException(
                    file + " cannot be stored: names that begin with __korm_ and end with __ are korm's own");
        }
    }

    /** Brings a staged file to its name, in place of what is there, or deletes a condemned one, after the change was stored. */
    void refer(FileChange.Pending staged) {
        Depot depot = pool.depot(staged.file());
        for (int attempt = 1; ; attempt++) {
            try {
                bringAbout(depot, staged);
                return;
            } catch (DepotException failed) {
                if (!failed.isRetryable() || attempt == TRIES) {
                    throw notMoved(depot, staged, failed);
                }
                pause(PAUSE.multipliedBy(attempt), staged);
            } catch (OperationInterruptedException interrupted) {
                throw interrupted(staged, interrupted);
            }
        }
    }

    private static void bringAbout(Depot depot, FileChange.Pending pending) {
        Predicate<FileStat> earlier =
                there -> Predecessors.isForeign(there) || pending.after().include(there);
        if (pending instanceof FileChange.Staged) {
            move(depot, pending.staged(), pending.file(), earlier);
        } else {
            delete(depot, pending.staged(), pending.file(), earlier);
        }
    }

    private static void delete(Depot depot, Rn<?> note, Rn<?> file, Predicate<FileStat> earlier) {
        if (depot.stat(file).filter(earlier).isPresent()) {
            depot.delete(file);
        }
        // The note goes last: while it is there, somebody can finish this.
        depot.delete(note);
    }

    private void pause(Duration time, FileChange.Pending staged) {
        try {
            pool.sleep(time);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw interrupted(staged, interrupted);
        }
    }

    private static OperationInterruptedException interrupted(FileChange.Pending staged, Exception cause) {
        return new OperationInterruptedException(
                staged instanceof FileChange.Condemned
                        ? "The change was stored, and the next opening of the pool, or sweep(), deletes the file "
                                + staged.file() + "; that step"
                        : "The item was stored, and the next opening of the pool, or sweep(), brings its file "
                                + staged.file() + " to its place; that step",
                StoreException.Outcome.UNKNOWN,
                cause);
    }

    private static DepotException notMoved(Depot depot, FileChange.Pending staged, DepotException cause) {
        boolean deletes = staged instanceof FileChange.Condemned;
        return new DepotException(
                depot.name(),
                staged.file(),
                (deletes
                                ? "The change was stored, but the file " + staged.file() + " is not deleted yet"
                                : "The item was stored, but its file " + staged.file() + " is not at its name yet")
                        + ", since the depot \"" + depot.name()
                        + "\" failed. Do not repeat the change: the next opening of the pool, or sweep(), "
                        + (deletes ? "deletes it" : "moves it there"),
                StoreException.Outcome.UNKNOWN,
                cause);
    }

    private static void move(Depot depot, Rn<?> staged, Rn<?> file, Predicate<FileStat> earlier) {
        try {
            depot.moveIfNewer(staged, file, IN_ORDER.replacing(earlier));
        } catch (MissingFileException gone) {
            // Whoever opened the pool meanwhile has finished it; what is there is this file or a later one.
            if (depot.stat(file).isEmpty()) {
                throw gone;
            }
        }
    }

    /**
     * Finishes what was cut off after its change was stored, unless a later file has its name by now.
     *
     * @return whether there was anything to finish
     */
    boolean finish(Rn<?> staged, Rn<?> file) {
        Depot depot = pool.depot(file);
        FileStat ours = depot.stat(staged).orElse(null);
        if (ours == null) {
            return false;
        }
        Predicate<FileStat> earlier = Predecessors.of(ours)
                .<Predicate<FileStat>>map(after -> after::include)
                .orElse(there -> !there.modified().isAfter(ours.modified()));
        if (ours.attributes().containsKey(DELETES)) {
            delete(depot, staged, file, earlier);
        } else {
            move(depot, staged, file, earlier);
        }
        return true;
    }

    /** Forgets a staged file, when the change did not happen. */
    void abandon(FileChange.Pending staged) {
        pool.depot(staged.file()).delete(staged.staged());
    }

    /** Marks a released file, so that its grace begins now. */
    void mark(FileChange.Released released) {
        pool.depot(released.file())
                .put(
                        StagedName.mark(released.file()),
                        new ByteArrayInputStream(new byte[0]),
                        StoredRelease.put(PutOptions.NONE, released.declared()));
    }

    /** Deletes a released file. */
    void delete(FileChange.Released released) {
        pool.depot(released.file()).delete(released.file());
    }
}
