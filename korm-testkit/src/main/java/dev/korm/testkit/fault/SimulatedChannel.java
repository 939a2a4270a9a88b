package dev.korm.testkit.fault;

import dev.korm.testkit.fault.SimulatedNode.Data;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A channel on a file or folder of {@link CrashingFiles}. Its state is guarded by the disk. */
final class SimulatedChannel extends FileChannel {
    private final SimulatedFileSystem files;
    private final SimulatedNode node;
    private final List<String> path;
    private final boolean reads;
    private final boolean writes;
    private final boolean appends;
    private long position;
    private volatile boolean killed;

    SimulatedChannel(
            SimulatedFileSystem files, SimulatedNode node, List<String> path, Set<? extends OpenOption> options) {
        this.files = files;
        this.path = path;
        this.node = node;
        this.appends = options.contains(StandardOpenOption.APPEND);
        this.writes = appends || options.contains(StandardOpenOption.WRITE);
        this.reads = !writes || options.contains(StandardOpenOption.READ);
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    /** Does work as a channel does: an interrupt closes it. */
    private <T> T doing(Work<T> work) throws IOException {
        if (killed || !isOpen()) {
            throw new ClosedChannelException();
        }
        boolean completed = false;
        begin();
        try {
            synchronized (files.disk()) {
                if (killed || !isOpen()) {
                    throw new ClosedChannelException();
                }
                files.disk().requireRunning();
                T result = work.run();
                completed = true;
                return result;
            }
        } finally {
            end(completed);
        }
    }

    private Data data() throws IOException {
        if (node instanceof Data data) {
            return data;
        }
        throw new IOException("Is a directory");
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return doing(() -> {
            int count = readAt(into, position);
            position += Math.max(count, 0);
            return count;
        });
    }

    @Override
    public int read(ByteBuffer into, long from) throws IOException {
        return doing(() -> readAt(into, from));
    }

    private int readAt(ByteBuffer into, long from) throws IOException {
        if (!reads) {
            throw new NonReadableChannelException();
        }
        if (!into.hasRemaining()) {
            return 0;
        }
        byte[] bytes = new byte[(int) Math.max(0, Math.min(into.remaining(), data().size() - from))];
        if (bytes.length == 0) {
            return -1;
        }
        int count = data().read(Math.toIntExact(from), bytes, 0, bytes.length);
        into.put(bytes, 0, Math.max(count, 0));
        return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return doing(() -> {
            files.disk().announce();
            position = appends ? data().size() : position;
            int count = writeAt(from, position);
            position += count;
            return count;
        });
    }

    @Override
    public int write(ByteBuffer from, long to) throws IOException {
        return doing(() -> {
            files.disk().announce();
            return writeAt(from, to);
        });
    }

    private int writeAt(ByteBuffer from, long to) throws IOException {
        requireWritable();
        byte[] bytes = new byte[from.remaining()];
        from.duplicate().get(bytes);
        files.disk().write(data(), to, bytes);
        from.position(from.limit());
        return bytes.length;
    }

    private void requireWritable() {
        if (!writes) {
            throw new NonWritableChannelException();
        }
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) throws IOException {
        long count = 0;
        for (int i = offset; i < offset + length; i++) {
            int read = read(into[i]);
            if (read < 0) {
                return count == 0 ? -1 : count;
            }
            count += read;
        }
        return count;
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        long count = 0;
        for (int i = offset; i < offset + length; i++) {
            count += write(from[i]);
        }
        return count;
    }

    @Override
    public long position() throws IOException {
        return doing(() -> position);
    }

    @Override
    public FileChannel position(long to) throws IOException {
        return doing(() -> {
            position = to;
            return this;
        });
    }

    @Override
    public long size() throws IOException {
        return doing(() -> (long) data().size());
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        return doing(() -> {
            requireWritable();
            files.disk().announce();
            if (size < data().size()) {
                files.disk().truncate(data(), size);
            }
            position = Math.min(position, size);
            return this;
        });
    }

    @Override
    public void force(boolean metaData) throws IOException {
        doing(() -> {
            files.disk().announce();
            files.disk().sync(node, path);
            return true;
        });
    }

    @Override
    public long transferTo(long from, long count, WritableByteChannel target) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(count, 1 << 16));
        int read = read(bytes, from);
        return read <= 0 ? 0 : target.write(bytes.flip());
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long to, long count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(count, 1 << 16));
        int read = source.read(bytes);
        return read <= 0 ? 0 : write(bytes.flip(), to);
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long from, long size) {
        throw new UnsupportedOperationException("Files in memory are not mapped");
    }

    @Override
    public FileLock lock(long from, long size, boolean shared) throws IOException {
        FileLock lock = tryLock(from, size, shared);
        if (lock == null) {
            throw new UnsupportedOperationException("Another process has the lock, and this file system does not wait");
        }
        return lock;
    }

    @Override
    public @Nullable FileLock tryLock(long from, long size, boolean shared) throws IOException {
        Optional<FileLock> lock = doing(() -> {
            long end = size > Long.MAX_VALUE - from ? Long.MAX_VALUE : from + size;
            for (Map.Entry<SimulatedFileSystem, List<long[]>> each :
                    data().locks.entrySet()) {
                boolean overlaps = each.getValue().stream().anyMatch(range -> range[0] < end && from < range[1]);
                if (overlaps && each.getKey() == files) {
                    throw new OverlappingFileLockException();
                }
                if (overlaps) {
                    return Optional.empty();
                }
            }
            long[] range = {from, end};
            List<long[]> own = data().locks.computeIfAbsent(files, process -> new ArrayList<>());
            own.add(range);
            return Optional.of(new Lock(this, from, size, shared, own, range));
        });
        return lock.orElse(null);
    }

    private static final class Lock extends FileLock {
        private final SimulatedChannel channel;
        private final List<long[]> all;
        private final long[] range;

        Lock(SimulatedChannel channel, long from, long size, boolean shared, List<long[]> all, long[] range) {
            super(channel, from, size, shared);
            this.channel = channel;
            this.all = all;
            this.range = range;
        }

        /** As in the JDK, says nothing of locks that the system took back. */
        @Override
        public boolean isValid() {
            return channel.isOpen();
        }

        @Override
        public void release() {
            synchronized (channel.files.disk()) {
                all.remove(range);
            }
        }
    }

    void dropLocks() {
        if (node instanceof Data data) {
            data.locks.remove(files);
        }
    }

    /** Ends it with its process. */
    void kill() {
        killed = true;
        dropLocks();
    }

    @Override
    protected void implCloseChannel() {
        synchronized (files.disk()) {
            if (!killed) {
                files.closed(this);
            }
        }
    }
}
