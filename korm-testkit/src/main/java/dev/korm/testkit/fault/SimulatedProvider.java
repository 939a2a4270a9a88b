package dev.korm.testkit.fault;

import dev.korm.testkit.fault.SimulatedNode.Data;
import dev.korm.testkit.fault.SimulatedNode.Folder;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The calls of {@code java.nio.file} on {@link CrashingFiles}. */
final class SimulatedProvider extends FileSystemProvider {
    private static final Set<OpenOption> CHANGING =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.CREATE_NEW, StandardOpenOption.TRUNCATE_EXISTING);

    private final SimulatedFileSystem files;

    SimulatedProvider(SimulatedFileSystem files) {
        this.files = files;
    }

    private SimulatedDisk disk() {
        files.requireOpen();
        return files.disk();
    }

    private static List<String> names(Path path) {
        return SimulatedPath.of(path).real();
    }

    void requireThere(SimulatedPath path) throws NoSuchFileException {
        synchronized (disk()) {
            if (disk().find(names(path)) == null) {
                throw new NoSuchFileException(path.toString());
            }
        }
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        synchronized (disk()) {
            disk().requireRunning();
            boolean writes = options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
            if (writes && !Collections.disjoint(options, CHANGING)) {
                disk().announce();
            }
            SimulatedNode node = disk().find(names(path));
            if (node == null
                    && writes
                    && (options.contains(StandardOpenOption.CREATE)
                            || options.contains(StandardOpenOption.CREATE_NEW))) {
                node = new Data();
                disk().create(names(path), node);
            } else if (node == null) {
                throw new NoSuchFileException(path.toString());
            } else if (writes && options.contains(StandardOpenOption.CREATE_NEW)) {
                throw new FileAlreadyExistsException(path.toString());
            } else if (writes && node instanceof Folder) {
                throw new IOException(path + ": Is a directory");
            } else if (writes
                    && node instanceof Data data
                    && data.size() > 0
                    && options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
                disk().truncate(data, 0);
            }
            if (node instanceof Folder && disk().isDenied(path.toString())) {
                throw new AccessDeniedException(path.toString());
            }
            SimulatedChannel channel = new SimulatedChannel(files, node, names(path), options);
            files.opened(channel);
            return channel;
        }
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        List<Path> found = new ArrayList<>();
        synchronized (disk()) {
            for (String name : disk().requireFolder(names(folder)).names.keySet()) {
                Path path = folder.resolve(name);
                if (filter.accept(path)) {
                    found.add(path);
                }
            }
        }
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return found.iterator();
            }

            @Override
            public void close() {
                // It was read at once.
            }
        };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
        synchronized (disk()) {
            disk().announce();
            disk().create(names(folder), new Folder());
        }
    }

    @Override
    public void createLink(Path link, Path file) throws IOException {
        synchronized (disk()) {
            disk().announce();
            disk().link(names(link), names(file));
        }
    }

    @Override
    public void delete(Path path) throws IOException {
        synchronized (disk()) {
            disk().announce();
            disk().delete(names(path));
        }
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        Set<CopyOption> given = Set.of(options);
        boolean replaces =
                given.contains(StandardCopyOption.REPLACE_EXISTING) || given.contains(StandardCopyOption.ATOMIC_MOVE);
        synchronized (disk()) {
            disk().announce();
            disk().move(names(source), names(target), replaces);
        }
    }

    @Override
    public boolean isSameFile(Path one, Path other) throws IOException {
        synchronized (disk()) {
            return disk().require(names(one)) == disk().require(names(other));
        }
    }

    @Override
    public boolean isHidden(Path path) {
        return false;
    }

    @Override
    public FileStore getFileStore(Path path) {
        return new Store();
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        synchronized (disk()) {
            disk().require(names(path));
        }
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
            Path path, Class<V> type, LinkOption... options) {
        return type == BasicFileAttributeView.class ? type.cast(new View(path)) : null;
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        if (type != BasicFileAttributes.class) {
            throw new UnsupportedOperationException();
        }
        synchronized (disk()) {
            SimulatedNode node = disk().require(names(path));
            long size = node instanceof Data data ? data.size() : 0;
            return type.cast(new Attributes(node, node instanceof Folder, size, FileTime.fromMillis(node.modified)));
        }
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
        throw new UnsupportedOperationException();
    }

    private final class View implements BasicFileAttributeView {
        private final Path path;

        View(Path path) {
            this.path = path;
        }

        @Override
        public String name() {
            return "basic";
        }

        @Override
        public BasicFileAttributes readAttributes() throws IOException {
            return SimulatedProvider.this.readAttributes(path, BasicFileAttributes.class);
        }

        /** Sets the time of the last change, and none else. */
        @Override
        public void setTimes(@Nullable FileTime modified, @Nullable FileTime accessed, @Nullable FileTime created)
                throws IOException {
            synchronized (disk()) {
                if (modified != null) {
                    disk().require(names(path)).modified = modified.toMillis();
                }
            }
        }
    }

    private record Attributes(Object fileKey, boolean isDirectory, long size, FileTime lastModifiedTime)
            implements BasicFileAttributes {
        @Override
        public FileTime lastAccessTime() {
            return lastModifiedTime;
        }

        @Override
        public FileTime creationTime() {
            return lastModifiedTime;
        }

        @Override
        public boolean isRegularFile() {
            return !isDirectory;
        }

        @Override
        public boolean isSymbolicLink() {
            return false;
        }

        @Override
        public boolean isOther() {
            return false;
        }
    }

    private static final class Store extends FileStore {
        @Override
        public String name() {
            return "crashing";
        }

        @Override
        public String type() {
            return "memory";
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public long getTotalSpace() {
            return Long.MAX_VALUE;
        }

        @Override
        public long getUsableSpace() {
            return Long.MAX_VALUE;
        }

        @Override
        public long getUnallocatedSpace() {
            return Long.MAX_VALUE;
        }

        @Override
        public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
            return type == BasicFileAttributeView.class;
        }

        @Override
        public boolean supportsFileAttributeView(String name) {
            return name.equals("basic");
        }

        @Override
        public <V extends java.nio.file.attribute.FileStoreAttributeView> @Nullable V getFileStoreAttributeView(
                Class<V> type) {
            return null;
        }

        @Override
        public Object getAttribute(String attribute) {
            throw new UnsupportedOperationException();
        }
    }

    @Override
    public String getScheme() {
        return "crashing";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return files;
    }

    @Override
    public Path getPath(URI uri) {
        return files.getPath(uri.getPath());
    }
}
