package dev.korm.depots;

import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.spi.Depot;
import dev.korm.spi.FileEntry;
import dev.korm.spi.SkippedName;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.NoSuchFileException;
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
        /** The next that is found; null at the end. */
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

    /** The files below a folder. */
    static Steps<FileEntry> files(Rn<?> prefix, Folder folder, Consumer<SkippedName> skipped) {
        return new Files(prefix, folder, skipped);
    }

    /** The folders directly in a folder. */
    static Steps<String> folders(Rn<?> prefix, Folder folder) {
        Iterator<Path> names = folder.names();
        boolean top = prefix.depotParts().size() == 1;
        return new Steps<>() {
            @Override
            public @Nullable String next() throws IOException {
                while (names.hasNext()) {
                    String name = names.next().toString();
                    BasicFileAttributes attributes = attributes(folder, name);
                    if (attributes != null && attributes.isDirectory() && !(top && name.equals(Depot.OWN))) {
                        return name;
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

    private static @Nullable BasicFileAttributes attributes(Folder folder, String name) throws IOException {
        try {
            return folder.attributes(name);
        } catch (NoSuchFileException gone) {
            return null;
        }
    }

    private record Level(Folder folder, Iterator<Path> names, String way) {}

    private static final class Files implements Steps<FileEntry> {
        private final Deque<Level> levels = new ArrayDeque<>();
        private final String start;
        private final Consumer<SkippedName> skipped;
        private final boolean whole;

        Files(Rn<?> prefix, Folder folder, Consumer<SkippedName> skipped) {
            String text = prefix.toString();
            this.start = text.substring(0, text.length() - 1);
            this.whole = prefix.depotParts().size() == 1;
            this.skipped = skipped;
            levels.push(new Level(folder, folder.names(), ""));
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
            String name = path.toString();
            String way = level.way() + name;
            if (whole && way.equals(Depot.OWN)) {
                return null;
            }
            BasicFileAttributes attributes = attributes(level.folder(), name);
            if (attributes == null) {
                return null;
            }
            if (attributes.isSymbolicLink() || attributes.isOther()) {
                return skip(way, attributes.isSymbolicLink() ? "it is a symbolic link" : "it is no file");
            }
            if (name.indexOf(':') >= 0) {
                return skip(way, "it has \":\" in its name, which separates the parts of an RN");
            }
            if (!path.equals(path.getFileSystem().getPath(name))) {
                return skip(way, "its name is no text in the JVM's character set for file names");
            }
            return attributes.isDirectory() ? enter(level, name, way) : entry(way, attributes);
        }

        private @Nullable FileEntry enter(Level level, String name, String way) throws IOException {
            try {
                Rn.parse(start + way + ":*");
                Folder below = level.folder().child(name);
                levels.push(new Level(below, below.names(), way + ":"));
                return null;
            } catch (RnException unnameable) {
                return skip(way, "no RN can have such a folder");
            } catch (NoSuchFileException | Folder.LinkException gone) {
                return null;
            }
        }

        private @Nullable FileEntry entry(String way, BasicFileAttributes attributes) {
            try {
                Rn<?> rn = Rn.parse(start + way);
                if (rn.form() == Rn.Form.FILE) {
                    return new FileEntry(
                            rn, attributes.size(), attributes.lastModifiedTime().toInstant());
                }
                return skip(way, "its name is \"*\", which stands for all files");
            } catch (RnException unnameable) {
                return skip(way, "no RN can have such a part");
            }
        }

        private @Nullable FileEntry skip(String way, String reason) {
            skipped.accept(new SkippedName(way.replace(':', '/'), reason));
            return null;
        }

        @Override
        public void close() throws IOException {
            while (!levels.isEmpty()) {
                levels.pop().folder().close();
            }
        }
    }
}
