package dev.korm.depots.local;

import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.depots.support.OpenStreams;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.SkippedName;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Walks through folders, with one open folder for each level and nothing else in memory. Used by one thread. */
final class LocalListing {
    private LocalListing() {}

    /** A walk in progress. */
    interface Steps<E> extends Closeable {
        /** Returns the next that is found; null at the end. */
        @Nullable E next() throws IOException;
    }

    /** A walk through a folder, which becomes its own. */
    interface Walk<E> {
        Steps<E> through(Folder folder);
    }

    static <E> Stream<E> stream(Walk<E> walk, Folder folder, OpenStreams streams, LocalFailures failures)
            throws IOException {
        Steps<E> steps = streams.add(walk.through(folder));
        Spliterator<E> found = new Spliterators.AbstractSpliterator<>(Long.MAX_VALUE, Spliterator.NONNULL) {
            @Override
            public boolean tryAdvance(Consumer<? super E> action) {
                E next;
                try {
                    next = steps.next();
                    if (next == null) {
                        streams.close(steps);
                        return false;
                    }
                } catch (IOException failed) {
                    throw failures.reading(null, failed);
                } catch (DirectoryIteratorException failed) {
                    throw failures.reading(null, failed);
                }
                action.accept(next);
                return true;
            }
        };
        return StreamSupport.stream(found, false).onClose(() -> {
            try {
                streams.close(steps);
            } catch (IOException failed) {
                throw new UncheckedIOException("A folder that was listed could not be closed", failed);
            }
        });
    }

    /** Returns the files below a folder. */
    static Steps<FileEntry> files(Rn<?> prefix, Folder folder, Consumer<SkippedName> skipped) {
        return new Files(prefix, folder, skipped);
    }

    /** Returns the folders directly in a folder. */
    static Steps<String> folders(Rn<?> prefix, Folder folder) {
        Iterator<Path> names = folder.names();
        boolean top = prefix.depotParts().size() == 1;
        return new Steps<>() {
            @Override
            public @Nullable String next() throws IOException {
                while (names.hasNext()) {
                    Found found = found(folder, names.next());
                    if (found.kind == StoredName.FOLDER && !(top && found.part.equals(Depot.OWN))) {
                        return found.part;
                    }
                }
                return null;
            }

            @Override
            public void close() throws IOException {
                folder.close();
            }
        };
    }

    /**
     * An entry of a folder.
     *
     * @param kind null for what is passed over
     * @param part its name as a part of an RN
     * @param reason why it is passed over; empty when nobody need know
     */
    private record Found(
            String name,
            @Nullable StoredName kind,
            String part,
            @Nullable BasicFileAttributes attributes,
            String reason) {}

    /** Looks at something in a folder, whatever it is and whoever put it there. */
    private static Found found(Folder folder, Path path) throws IOException {
        String name = path.toString();
        if (!isText(path, name)) {
            return passed(
                    name,
                    "its name is not text in the character set of file names that this JVM was started with; LC_ALL=C.UTF-8"
                            + " sets one that has all characters");
        }
        BasicFileAttributes attributes;
        try {
            attributes = folder.attributes(path);
        } catch (NoSuchFileException gone) {
            return passed(name, "");
        } catch (AccessDeniedException closed) {
            return passed(name, "it may not be looked at");
        }
        if (attributes.isSymbolicLink() || attributes.isOther()) {
            return passed(name, attributes.isSymbolicLink() ? "it is a symbolic link" : "it is not a file");
        }
        StoredName kind = attributes.isDirectory() ? StoredName.FOLDER : StoredName.FILE;
        String part = kind.part(name);
        String fault = fault(part);
        if (!fault.isEmpty()) {
            return passed(name, fault);
        }
        if (kind.isMarked(name) && isThere(folder, part, kind)) {
            return passed(name, "what has the name without the mark behind it is what is read");
        }
        return new Found(name, kind, part, attributes, "");
    }

    private static Found passed(String name, String reason) {
        return new Found(name, null, name, null, reason);
    }

    private static boolean isText(Path path, String name) {
        try {
            return path.equals(path.getFileSystem().getPath(name));
        } catch (InvalidPathException unnameable) {
            return false;
        }
    }

    private static String fault(String part) {
        if (part.indexOf(':') >= 0) {
            return "it has \":\" in its name, which separates the parts of an RN";
        }
        if (part.equals("*")) {
            return "its name is \"*\", which stands for all files";
        }
        try {
            Rn.parse("[rn][" + Rn.DEPOT + "::any]:" + part);
            return "";
        } catch (RnException unnameable) {
            return "no RN can have such a part";
        }
    }

    private static boolean isThere(Folder folder, String name, StoredName kind) throws IOException {
        try {
            BasicFileAttributes there = folder.attributes(name);
            return kind == StoredName.FILE ? there.isRegularFile() : there.isDirectory();
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    /**
     * A folder that is being walked through.
     *
     * @param rn what the RNs of its files begin with
     * @param way its path below the first, for people
     */
    private record Level(Folder folder, Iterator<Path> names, String rn, String way) {}

    private static final class Files implements Steps<FileEntry> {
        private final Deque<Level> levels = new ArrayDeque<>();
        private final Consumer<SkippedName> skipped;
        private final boolean whole;

        Files(Rn<?> prefix, Folder folder, Consumer<SkippedName> skipped) {
            String text = prefix.toString();
            this.whole = prefix.depotParts().size() == 1;
            this.skipped = skipped;
            levels.push(new Level(folder, folder.names(), text.substring(0, text.length() - 1), ""));
        }

        @Override
        public @Nullable FileEntry next() throws IOException {
            while (!levels.isEmpty()) {
                Level level = levels.peek();
                if (!level.names().hasNext()) {
                    levels.pop();
                    level.folder().close();
                    continue;
                }
                FileEntry entry = visit(level, level.names().next());
                if (entry != null) {
                    return entry;
                }
            }
            return null;
        }

        private @Nullable FileEntry visit(Level level, Path path) throws IOException {
            if (whole && levels.size() == 1 && path.toString().equals(Depot.OWN)) {
                return null;
            }
            Found found = found(level.folder(), path);
            BasicFileAttributes attributes = found.attributes();
            if (attributes == null) {
                skip(level, found.name(), found.reason());
                return null;
            }
            if (found.kind() == StoredName.FOLDER) {
                enter(level, found);
                return null;
            }
            return new FileEntry(
                    Rn.parse(level.rn() + found.part()),
                    attributes.size(),
                    attributes.lastModifiedTime().toInstant());
        }

        private void enter(Level level, Found found) throws IOException {
            try {
                Folder below = level.folder().child(found.name());
                levels.push(new Level(
                        below, below.names(), level.rn() + found.part() + ":", level.way() + found.name() + "/"));
            } catch (AccessDeniedException closed) {
                skip(level, found.name(), "it may not be read, with what is in it");
            } catch (NoSuchFileException | NotDirectoryException | Folder.LinkException replaced) {
                // It went while the others were listed.
                return;
            }
        }

        private void skip(Level level, String name, String reason) {
            if (!reason.isEmpty()) {
                skipped.accept(new SkippedName(level.way() + name, reason));
            }
        }

        @Override
        public void close() throws IOException {
            while (!levels.isEmpty()) {
                levels.pop().folder().close();
            }
        }
    }
}
