package dev.korm.depots;

import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.RevisionClock;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** A file system that does what another does, tells each step beforehand, and lets a test fail it or do something first. */
public final class WatchedFiles extends FileSystem {
    /** What is done. */
    public enum Step {
        MAKE_FOLDER,
        OPEN_FOLDER,
        SYNC_FOLDER,
        SYNC_FILE,
        LIST_FOLDER,
        /** A file was opened to be read. */
        OPENED_FILE,
        RENAME,
        LINK,
        DELETE
    }

    /** Told of each step before it is taken, with the path in the file system below. */
    public interface Watcher {
        void before(Step step, Path path) throws IOException;
    }

    private final FileSystem below;
    private final Provider provider = new Provider();
    private final AtomicInteger open = new AtomicInteger();
    private volatile Watcher watcher = (step, path) -> {};

    public WatchedFiles(FileSystem below) {
        this.below = below;
    }

    public void watch(Watcher told) {
        watcher = told;
    }

    /** How many files and folders are open. */
    public int open() {
        return open.get();
    }

    public Path path(Path real) {
        return new WatchedPath(real);
    }

    /** The machine's environment with this for its file system. */
    public Environment environment() {
        Environment system = Environment.system();
        return new Environment() {
            @Override
            public Clock clock() {
                return system.clock();
            }

            @Override
            public long nanoTime() {
                return system.nanoTime();
            }

            @Override
            public RevisionClock revisions() {
                return system.revisions();
            }

            @Override
            public RandomGenerator random() {
                return system.random();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                system.sleep(duration);
            }

            @Override
            public ExecutorService executor(String name, int threads) {
                return system.executor(name, threads);
            }

            @Override
            public FileSystem fileSystem() {
                return WatchedFiles.this;
            }
        };
    }

    private static Path real(Path path) {
        return path instanceof WatchedPath watched ? watched.real : path;
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() {}

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String getSeparator() {
        return below.getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return below.getRootDirectories();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return below.getFileStores();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return below.supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
        return new WatchedPath(below.getPath(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String pattern) {
        throw new UnsupportedOperationException();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        throw new UnsupportedOperationException();
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException();
    }

    private final class WatchedPath implements Path {
        private final Path real;

        WatchedPath(Path real) {
            this.real = real;
        }

        private Path over(Path path) {
            return path == null ? null : new WatchedPath(path);
        }

        @Override
        public FileSystem getFileSystem() {
            return WatchedFiles.this;
        }

        @Override
        public boolean isAbsolute() {
            return real.isAbsolute();
        }

        @Override
        public Path getRoot() {
            return over(real.getRoot());
        }

        @Override
        public Path getFileName() {
            return over(real.getFileName());
        }

        @Override
        public Path getParent() {
            return over(real.getParent());
        }

        @Override
        public int getNameCount() {
            return real.getNameCount();
        }

        @Override
        public Path getName(int index) {
            return over(real.getName(index));
        }

        @Override
        public Path subpath(int begin, int end) {
            return over(real.subpath(begin, end));
        }

        @Override
        public boolean startsWith(Path other) {
            return real.startsWith(real(other));
        }

        @Override
        public boolean endsWith(Path other) {
            return real.endsWith(real(other));
        }

        @Override
        public Path normalize() {
            return over(real.normalize());
        }

        @Override
        public Path resolve(Path other) {
            return over(real.resolve(real(other)));
        }

        @Override
        public Path relativize(Path other) {
            return over(real.relativize(real(other)));
        }

        @Override
        public URI toUri() {
            return real.toUri();
        }

        @Override
        public Path toAbsolutePath() {
            return over(real.toAbsolutePath());
        }

        @Override
        public Path toRealPath(LinkOption... options) throws IOException {
            return over(real.toRealPath(options));
        }

        @Override
        public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int compareTo(Path other) {
            return real.compareTo(real(other));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof WatchedPath path && path.real.equals(real);
        }

        @Override
        public int hashCode() {
            return real.hashCode();
        }

        @Override
        public String toString() {
            return real.toString();
        }
    }

    private final class Provider extends FileSystemProvider {
        @Override
        public String getScheme() {
            return "watched";
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Path getPath(URI uri) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            boolean folder = Files.isDirectory(real(path));
            if (folder) {
                watcher.before(Step.OPEN_FOLDER, real(path));
            }
            Channel channel = new Channel(
                    FileChannel.open(real(path), options, attributes),
                    real(path),
                    folder ? Step.SYNC_FOLDER : Step.SYNC_FILE);
            open.incrementAndGet();
            if (!folder && !options.contains(StandardOpenOption.WRITE)) {
                try {
                    watcher.before(Step.OPENED_FILE, real(path));
                } catch (IOException failed) {
                    channel.close();
                    throw failed;
                }
            }
            return channel;
        }

        @Override
        public SeekableByteChannel newByteChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
            return newFileChannel(path, options, attributes);
        }

        @Override
        public DirectoryStream<Path> newDirectoryStream(Path path, DirectoryStream.Filter<? super Path> filter)
                throws IOException {
            watcher.before(Step.LIST_FOLDER, real(path));
            DirectoryStream<Path> stream = Files.newDirectoryStream(real(path));
            open.incrementAndGet();
            return new DirectoryStream<>() {
                private final AtomicBoolean closed = new AtomicBoolean();

                @Override
                public Iterator<Path> iterator() {
                    Iterator<Path> all = stream.iterator();
                    return new Iterator<>() {
                        @Override
                        public boolean hasNext() {
                            return all.hasNext();
                        }

                        @Override
                        public Path next() {
                            return new WatchedPath(all.next());
                        }
                    };
                }

                @Override
                public void close() throws IOException {
                    if (closed.compareAndSet(false, true)) {
                        open.decrementAndGet();
                    }
                    stream.close();
                }
            };
        }

        @Override
        public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
            watcher.before(Step.MAKE_FOLDER, real(path));
            Files.createDirectory(real(path), attributes);
        }

        @Override
        public void createLink(Path link, Path existing) throws IOException {
            watcher.before(Step.LINK, real(link));
            Files.createLink(real(link), real(existing));
        }

        @Override
        public void delete(Path path) throws IOException {
            watcher.before(Step.DELETE, real(path));
            Files.delete(real(path));
        }

        @Override
        public void copy(Path source, Path target, CopyOption... options) throws IOException {
            Files.copy(real(source), real(target), options);
        }

        @Override
        public void move(Path source, Path target, CopyOption... options) throws IOException {
            watcher.before(Step.RENAME, real(target));
            Files.move(real(source), real(target), options);
        }

        @Override
        public boolean isSameFile(Path path, Path other) throws IOException {
            return Files.isSameFile(real(path), real(other));
        }

        @Override
        public boolean isHidden(Path path) throws IOException {
            return Files.isHidden(real(path));
        }

        @Override
        public FileStore getFileStore(Path path) throws IOException {
            return Files.getFileStore(real(path));
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            real(path).getFileSystem().provider().checkAccess(real(path), modes);
        }

        @Override
        public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
            return Files.getFileAttributeView(real(path), type, options);
        }

        @Override
        public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
                throws IOException {
            return Files.readAttributes(real(path), type, options);
        }

        @Override
        public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
                throws IOException {
            return Files.readAttributes(real(path), attributes, options);
        }

        @Override
        public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
            Files.setAttribute(real(path), attribute, value, options);
        }
    }

    private final class Channel extends FileChannel {
        private final FileChannel real;
        private final Path path;
        private final Step sync;

        Channel(FileChannel real, Path path, Step sync) {
            this.real = real;
            this.path = path;
            this.sync = sync;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            watcher.before(sync, path);
            real.force(metaData);
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return real.read(target);
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
            return real.read(targets, offset, length);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            return real.write(source);
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
            return real.write(sources, offset, length);
        }

        @Override
        public long position() throws IOException {
            return real.position();
        }

        @Override
        public FileChannel position(long to) throws IOException {
            real.position(to);
            return this;
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            real.truncate(size);
            return this;
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            return real.transferTo(position, count, target);
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
            return real.transferFrom(source, position, count);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return real.read(target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            return real.write(source, position);
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
            return real.map(mode, position, size);
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            return real.lock(position, size, shared);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return real.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            open.decrementAndGet();
            real.close();
        }
    }
}
