package dev.korm.depots.local;

import dev.korm.spi.depot.Digesting;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A file that is not at its place yet: written, synced, and then brought there, in this order. Closing it takes it away unless it has
 * come there. Used by one thread.
 */
final class TemporaryFile implements Closeable {
    private static final int BUFFER = 128 * 1024;

    private final Folder folder;
    private final String name;
    private final @Nullable SeekableByteChannel channel;
    private boolean there = true;
    private @Nullable BasicFileAttributes attributes;
    private @Nullable EarlySync early;

    private TemporaryFile(Folder folder, String name, @Nullable SeekableByteChannel channel) {
        this.folder = folder;
        this.name = name;
        this.channel = channel;
    }

    /** Returns a new file in a folder, which becomes its own. */
    static TemporaryFile in(Folder folder, String name) throws IOException {
        try {
            return new TemporaryFile(folder, name, folder.create(name));
        } catch (IOException | RuntimeException | Error failed) {
            folder.close();
            throw failed;
        }
    }

    /**
     * Returns a second name of a file, which is written and synced already.
     *
     * @param folder the one of the second name, which becomes its own
     */
    static TemporaryFile linked(Folder in, String file, Folder folder, String name) throws IOException {
        try {
            in.link(file, folder, name);
            return new TemporaryFile(folder, name, null);
        } catch (IOException | RuntimeException | Error failed) {
            folder.close();
            throw failed;
        }
    }

    /** A file did not fit. */
    static final class NoRoomException extends IOException {
        private static final long serialVersionUID = 1L;

        NoRoomException(IOException cause) {
            super("There is no room left", cause);
        }
    }

    Path path() {
        return folder.path(name);
    }

    /** @param background has much that is written go to the disk while more of it comes */
    void write(Digesting content, Executor background) throws IOException {
        if (channel instanceof FileChannel file) {
            early = new EarlySync(file, background);
        }
        byte[] bytes = new byte[BUFFER];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        for (int read = content.read(bytes, 0, bytes.length); read >= 0; read = content.read(bytes, 0, bytes.length)) {
            buffer.clear().limit(read);
            write(buffer);
            if (early != null) {
                early.wrote(read);
            }
        }
        if (early != null) {
            early.await();
        }
    }

    void write(ByteBuffer buffer) throws IOException {
        try {
            while (buffer.hasRemaining()) {
                channel().write(buffer);
            }
        } catch (IOException failed) {
            // Asked now, since there is room again when the file is taken away.
            throw Files.getFileStore(folder.path()).getUsableSpace() < BUFFER ? new NoRoomException(failed) : failed;
        }
    }

    /** Makes its bytes and its label survive a power cut. */
    void sync() throws IOException {
        if (channel instanceof FileChannel file) {
            file.force(true);
        }
        channel().close();
    }

    private SeekableByteChannel channel() {
        return Objects.requireNonNull(channel, "It is written already");
    }

    /** Gives it another time, durably. */
    void touch(FileTime time) throws IOException {
        attributes = null;
        touch(path(), time);
    }

    /** Gives a file another time, durably. */
    static void touch(Path file, FileTime time) throws IOException {
        Files.setLastModifiedTime(file, time);
        try (FileChannel again = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            again.force(true);
        } catch (UnsupportedOperationException unsynced) {
            // A file system without such channels syncs nothing.
            return;
        }
    }

    BasicFileAttributes attributes() throws IOException {
        if (attributes == null) {
            attributes = folder.attributes(name);
        }
        return attributes;
    }

    /** Brings it to its place, in place of what is there. */
    void move(Folder to, String target) throws IOException {
        folder.move(name, to, target);
        there = false;
    }

    /** Brings it to its place, where nothing is; its first name goes when it is closed. */
    void link(Folder to, String target) throws IOException {
        folder.link(name, to, target);
    }

    @Override
    public void close() throws IOException {
        try (folder) {
            if (there) {
                folder.delete(name);
            }
        } catch (NoSuchFileException cleaned) {
            // Another program took it for a leftover.
        } finally {
            if (channel != null && (early == null || !early.thenClose())) {
                channel.close();
            }
        }
    }
}
