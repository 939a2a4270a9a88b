package dev.korm.depots.local;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves files from name to name ({@link OpenLocalDepot} says what holds at each step). Safe for many threads and programs.
 *
 * <p>A plain move renames. That is whole in memory, and may be neither durable nor seen not to be, when its program ends before the folder is synced. So a
 * staged file, of which somebody has to remember that it is to be moved, keeps its old name until the new one is durable.
 */
final class LocalMoves {
    private final LocalRoot root;
    private final LocalFailures failures;
    private final LocalTree tree;
    private final LocalFiles files;

    LocalMoves(LocalRoot root, LocalFailures failures, LocalTree tree, LocalFiles files) {
        this.root = root;
        this.failures = failures;
        this.tree = tree;
        this.files = files;
    }

    /** A file of somebody else's may not be given a second name. */
    static final class UnlinkedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnlinkedException(Throwable cause) {
            super(cause);
        }
    }

    /**
     * Moves a file that is staged, unless what is there came later, and keeps it under its old name until the new one is durable.
     *
     * @return whether it is at its name
     */
    @SuppressWarnings("try") // The lock is only held.
    boolean place(Rn<?> from, List<String> old, Rn<?> to, List<String> place, PutCondition.Newer newer)
            throws NoSuchFileException {
        boolean placed = false;
        try (LocalTree.Entry source = tree.find(from, old);
                Folder target = source == null ? null : tree.forStoring(to, place);
                PathLocks.Held lock = root.locks().lock(List.of(old, place))) {
            if (source == null || target == null) {
                tree.syncFolder(to, place);
                throw failures.missing(from);
            }
            FileStat stat = files.stat(from, old, source);
            LocalTree.Entry named = tree.named(to, target, place);
            BasicFileAttributes there = there(named);
            Object key = source.attributes().fileKey();
            placed = there != null && key != null && key.equals(there.fileKey());
            if (!placed) {
                if (there != null && !newer.replaces(files.stat(to, place, named), stat.attributes())) {
                    target.syncShielded();
                    return false;
                }
                try (TemporaryFile second = linked(source)) {
                    root.labels().move(source.path(), old, target, place, there);
                    second.move(target, named.name());
                    placed = true;
                }
            }
            target.syncShielded();
            source.folder().delete(source.name());
            source.folder().syncShielded();
            root.labels().forget(old);
            tree.prune(from, old);
            return true;
        } catch (NoSuchFileException gone) {
            if (placed || files.stat(from, old).isEmpty()) {
                throw failures.missing(from);
            }
            throw gone;
        } catch (Folder.LinkException link) {
            throw failures.link(to);
        } catch (IOException failed) {
            throw failures.writing(to, failed, placed ? Outcome.UNKNOWN : Outcome.NOT_APPLIED);
        }
    }

    private TemporaryFile linked(LocalTree.Entry source) throws IOException {
        try {
            return root.linked(source);
        } catch (NoSuchFileException | Folder.LinkException gone) {
            throw gone;
        } catch (FileSystemException | UnsupportedOperationException refused) {
            throw new UnlinkedException(refused);
        }
    }

    /** Moves a file. */
    @SuppressWarnings("try") // The lock is only held.
    FileStat move(Rn<?> from, List<String> old, Rn<?> to, List<String> place) throws NoSuchFileException {
        boolean placed = false;
        try (LocalTree.Entry source = tree.find(from, old);
                Folder target = source == null ? null : tree.forStoring(to, place);
                PathLocks.Held lock = root.locks().lock(List.of(old, place))) {
            if (source == null || target == null) {
                tree.syncFolder(to, place);
                throw failures.missing(from);
            }
            FileStat stat = files.stat(from, old, source);
            LocalTree.Entry named = tree.named(to, target, place);
            root.labels().move(source.path(), old, target, place, there(named));
            BasicFileAttributes attributes = source.attributes();
            source.folder().move(source.name(), target, named.name());
            placed = true;
            target.syncShielded();
            source.folder().syncShielded();
            root.labels().forget(old);
            tree.prune(from, old);
            return LocalFiles.stat(to, attributes, Label.of(stat));
        } catch (NoSuchFileException gone) {
            if (placed || files.stat(from, old).isEmpty()) {
                throw failures.missing(from);
            }
            throw gone;
        } catch (Folder.LinkException link) {
            throw failures.link(to);
        } catch (IOException failed) {
            throw failures.writing(to, failed, placed ? Outcome.UNKNOWN : Outcome.NOT_APPLIED);
        }
    }

    /** Syncs the folder of a name to which an earlier attempt may have brought a file, and failed behind that: it is taken for one that has arrived. */
    void syncFolder(Rn<?> to, List<String> place) {
        try {
            tree.syncFolder(to, place);
        } catch (IOException failed) {
            throw failures.writing(to, failed, Outcome.UNKNOWN);
        }
    }

    static @Nullable BasicFileAttributes there(LocalTree.Entry target) throws IOException {
        try {
            return target.attributes();
        } catch (NoSuchFileException absent) {
            return null;
        }
    }
}
