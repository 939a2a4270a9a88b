package dev.korm.depots.local;

import dev.korm.Rn;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds and makes the folders of files, and the names that files have in them ({@link StoredName}). Safe for many threads and programs.
 *
 * <p>A name is given its form under the lock of its place, and keeps it as long as there is anything: a folder until nothing is in
 * it, a file until it is deleted. So there is one form at each moment, and whoever looks finds it in the order plain, marked.
 */
final class LocalTree {
    private final LocalRoot root;
    private final LocalNames names;
    private final LocalFailures failures;
    private final SyncedFolders synced = new SyncedFolders();

    LocalTree(LocalRoot root, LocalFailures failures) {
        this.root = root;
        this.names = root.names();
        this.failures = failures;
    }

    /** A file in an open folder, whether it is there or not. Closing it closes the folder. */
    record Entry(Folder folder, String name) implements AutoCloseable {
        /** @throws NoSuchFileException when it is not there */
        BasicFileAttributes attributes() throws IOException {
            return folder.attributes(name);
        }

        Path path() {
            return folder.path(name);
        }

        @Override
        public void close() throws IOException {
            folder.close();
        }
    }

    /** Makes the names durable in the folder that the last of some parts lies in, if there is one. */
    void syncFolder(Rn<?> rn, List<String> parts) throws IOException {
        try (Folder folder = folder(rn, parts)) {
            if (folder != null) {
                folder.syncShielded();
            }
        }
    }

    /** Returns the folder that the last of some parts lies in; null when there is none. */
    @Nullable Folder folder(Rn<?> rn, List<String> parts) throws IOException {
        Folder at = root.open();
        for (String part : parts.subList(0, parts.size() - 1)) {
            try (Folder above = at) {
                at = below(above, part);
            } catch (Folder.LinkException link) {
                throw failures.link(rn);
            }
            if (at == null) {
                return null;
            }
        }
        return at;
    }

    private @Nullable Folder below(Folder above, String part) throws IOException {
        for (String name : names.forms(part, StoredName.FOLDER)) {
            Folder child = child(above, name);
            if (child != null) {
                return child;
            }
        }
        return null;
    }

    /** Returns a folder in another; null when nothing of that spelling, or a file, has the name. */
    private @Nullable Folder child(Folder above, String name) throws IOException {
        Folder child;
        try {
            child = above.child(name);
        } catch (NoSuchFileException | NotDirectoryException none) {
            return null;
        }
        try {
            if (names.isSpelt(above, name)) {
                return child;
            }
        } catch (IOException | RuntimeException | Error failed) {
            child.close();
            throw failed;
        }
        child.close();
        return null;
    }

    /** Returns where a file is; null when it is not there. */
    @Nullable Entry find(Rn<?> file, List<String> parts) throws IOException {
        Folder in = folder(file, parts);
        if (in == null) {
            return null;
        }
        try {
            String name = nameOf(file, in, parts);
            if (name != null) {
                return new Entry(in, name);
            }
        } catch (IOException | RuntimeException | Error failed) {
            in.close();
            throw failed;
        }
        in.close();
        return null;
    }

    private @Nullable String nameOf(Rn<?> file, Folder in, List<String> parts) throws IOException {
        for (String name : names.forms(parts.get(parts.size() - 1), StoredName.FILE)) {
            if (isFile(file, in, name)) {
                return name;
            }
        }
        return null;
    }

    private boolean isFile(Rn<?> file, Folder in, String name) throws IOException {
        try {
            BasicFileAttributes attributes = in.attributes(name);
            if (attributes.isSymbolicLink()) {
                throw failures.link(file);
            }
            return attributes.isRegularFile() && names.isSpelt(in, name);
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    /** Returns where a file is to be stored, with its folders made durably. Its name is to be {@link #named} under its lock. */
    Folder forStoring(Rn<?> file, List<String> parts) throws IOException {
        Folder at = root.open();
        for (int i = 1; i < parts.size(); i++) {
            try (Folder above = at) {
                at = made(file, above, parts.subList(0, i));
            } catch (Folder.LinkException link) {
                throw failures.link(file);
            }
        }
        return at;
    }

    private Folder made(Rn<?> file, Folder above, List<String> place) throws IOException {
        String part = place.get(place.size() - 1);
        Folder there = below(above, part);
        if (there == null) {
            return make(file, above, place, part);
        }
        try {
            synced.require(there, above);
            return there;
        } catch (IOException | RuntimeException | Error failed) {
            there.close();
            throw failed;
        }
    }

    @SuppressWarnings("try") // The lock is only held.
    private Folder make(Rn<?> file, Folder above, List<String> place, String part) throws IOException {
        Folder made;
        try (PathLocks.Held lock = root.locks().lock(List.of(place))) {
            Folder there = below(above, part);
            if (there == null) {
                String name = free(file, above, part, StoredName.FOLDER);
                above.make(name);
                there = above.child(name);
            }
            made = there;
        }
        try {
            synced.made(made, above);
            return made;
        } catch (IOException | RuntimeException | Error failed) {
            made.close();
            throw failed;
        }
    }

    /** Returns the form that a new name can have, when nothing of its own kind has either. */
    private String free(Rn<?> file, Folder in, String part, StoredName kind) throws IOException {
        BasicFileAttributes there;
        try {
            there = in.attributes(part);
        } catch (NoSuchFileException none) {
            return part;
        }
        if (there.isSymbolicLink()) {
            throw failures.link(file);
        }
        if (!there.isRegularFile() && !there.isDirectory()) {
            throw failures.name(file, "something that is neither file nor folder has it or a part of it");
        }
        if (!names.isSpelt(in, part)) {
            throw failures.name(
                    file,
                    "it is there under a spelling that differs only in case or accents, which this file system does"
                            + " not tell apart");
        }
        String marked = kind.marked(part);
        names.fault(marked).ifPresent(fault -> {
            throw failures.name(
                    file,
                    "a " + (kind == StoredName.FILE ? "folder" : "file") + " of that name is there, and " + fault);
        });
        return marked;
    }

    /**
     * Returns the name of a file in its folder: that which it has, or the one that it is to be stored under. Counts while the lock of
     * its place is held.
     *
     * @throws dev.korm.depot.FileNameException when it can have none
     */
    Entry named(Rn<?> file, Folder in, List<String> parts) throws IOException {
        String there = nameOf(file, in, parts);
        if (there != null) {
            return new Entry(in, there);
        }
        String last = parts.get(parts.size() - 1);
        String name = free(file, in, last, StoredName.FILE);
        // What is left of a folder whose files have gone keeps no name from a file.
        return new Entry(in, name.equals(last) || in.deleteIfEmpty(last) ? last : name);
    }

    /**
     * Checks that a file could be stored as things are.
     *
     * @throws dev.korm.depot.FileNameException when it could not
     */
    void requireStorable(Rn<?> file, List<String> parts) throws IOException {
        Folder at = root.open();
        for (String part : parts.subList(0, parts.size() - 1)) {
            try (Folder above = at) {
                at = below(above, part);
                if (at == null) {
                    free(file, above, part, StoredName.FOLDER);
                    return;
                }
            } catch (Folder.LinkException link) {
                throw failures.link(file);
            }
        }
        try (Folder in = at) {
            if (nameOf(file, in, parts) == null) {
                free(file, in, parts.get(parts.size() - 1), StoredName.FILE);
            }
        }
    }

    /** Takes away the folders that a file left empty, but for the first. A power cut may leave some, which nobody sees. */
    void prune(Rn<?> file, List<String> parts) {
        List<Folder> folders = new ArrayList<>();
        try {
            folders.add(root.open());
            for (String part : parts.subList(0, parts.size() - 1)) {
                Folder below = below(folders.get(folders.size() - 1), part);
                if (below == null) {
                    break;
                }
                folders.add(below);
            }
            for (int last = folders.size() - 1; last > 1; last--) {
                String name = folders.get(last).path().getFileName().toString();
                if (!folders.get(last - 1).deleteIfEmpty(name)) {
                    return;
                }
            }
        } catch (IOException kept) {
            // An empty folder more harms nobody, and the file is gone.
            return;
        } finally {
            folders.forEach(LocalTree::closeQuietly);
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
}
