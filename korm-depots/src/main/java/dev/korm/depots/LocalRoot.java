package dev.korm.depots;

import dev.korm.StoreException.Outcome;
import dev.korm.spi.Depot;
import dev.korm.spi.Digesting;
import dev.korm.spi.Environment;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A depot's folder, what its file system can do, and the files in it that are not at their place yet. */
final class LocalRoot {
    private static final String TEMPORARY = "temporary";
    private static final String LABELS = "labels";
    private static final String LOCKS = "locks";
    /** The composed letter and the lower case show how the file system takes names. */
    private static final String PROBE = "probe-\u00e4-";

    private static final int BUFFER = 128 * 1024;

    private final Path path;
    private final LocalNames names;
    private final Labels labels;
    private final boolean links;
    private final PlaceLocks locks;
    private final RandomGenerator random;

    private LocalRoot(
            Path path, LocalNames names, Labels labels, boolean links, PlaceLocks locks, RandomGenerator random) {
        this.path = path;
        this.names = names;
        this.labels = labels;
        this.links = links;
        this.locks = locks;
        this.random = random;
    }

    static LocalRoot open(String depot, Path folder, Duration leftovers, Environment environment) {
        try {
            Files.createDirectories(folder);
            Path root = folder.toRealPath();
            Path temporary = root.resolve(Depot.OWN).resolve(TEMPORARY);
            try (Folder at = Folder.open(root);
                    Folder own = at.childOrNew(Depot.OWN);
                    Folder made = own.childOrNew(TEMPORARY)) {
                PlaceLocks locks = PlaceLocks.open(
                        own.path(LOCKS), new PlaceLocks.Clock(environment::nanoTime, environment::sleep));
                try {
                    return probed(root, temporary, made, leftovers, locks, environment.random());
                } catch (IOException | RuntimeException | Error failed) {
                    locks.close();
                    throw failed;
                }
            }
        } catch (Folder.LinkException link) {
            throw new LocalFailures(depot, folder).writing(null, link, Outcome.NOT_APPLIED);
        } catch (IOException failed) {
            throw new LocalFailures(depot, folder).writing(null, failed, Outcome.NOT_APPLIED);
        }
    }

    private static LocalRoot probed(
            Path root, Path temporary, Folder folder, Duration leftovers, PlaceLocks locks, RandomGenerator random)
            throws IOException {
        String name = PROBE + Long.toHexString(random.nextLong());
        Path probe = temporary.resolve(name);
        Path link = temporary.resolve(name + "-link");
        Files.createFile(probe);
        try {
            // The file system's clock says how old a leftover is; the machine's may differ from a server's.
            clean(folder, folder.attributes(name).lastModifiedTime().toInstant().minus(leftovers));
            Labels labels = Labels.InAttributes.work(probe)
                    ? new Labels.InAttributes()
                    : new Labels.InFolder(root.resolve(Depot.OWN).resolve(LABELS));
            return new LocalRoot(root, LocalNames.of(root, probe), labels, canLink(probe, link), locks, random);
        } finally {
            Files.deleteIfExists(probe);
            Files.deleteIfExists(link);
        }
    }

    private static boolean canLink(Path probe, Path link) {
        try {
            Files.createLink(link, probe);
            return true;
        } catch (IOException | UnsupportedOperationException none) {
            return false;
        }
    }

    private static void clean(Folder folder, Instant before) throws IOException {
        for (Iterator<Path> names = folder.names(); names.hasNext(); ) {
            String name = names.next().toString();
            try {
                if (folder.attributes(name).lastModifiedTime().toInstant().isBefore(before)) {
                    folder.delete(name);
                }
            } catch (NoSuchFileException gone) {
                // Somebody else cleans too.
            }
        }
    }

    Path path() {
        return path;
    }

    LocalNames names() {
        return names;
    }

    Labels labels() {
        return labels;
    }

    PlaceLocks locks() {
        return locks;
    }

    /** Whether files can be given a second name, which is what stores one only if it is absent. */
    boolean links() {
        return links;
    }

    /** A new file that is not at its place yet. Closing it takes it away unless it has come there. */
    Temporary temporary() throws IOException {
        String name = Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
        try (Folder at = Folder.open(path);
                Folder own = at.childOrNew(Depot.OWN)) {
            Folder folder = own.childOrNew(TEMPORARY);
            try {
                return new Temporary(folder, name, folder.create(name));
            } catch (IOException | RuntimeException failed) {
                folder.close();
                throw failed;
            }
        }
    }

    /** A file did not fit. */
    static final class NoRoomException extends IOException {
        private static final long serialVersionUID = 1L;

        NoRoomException(IOException cause) {
            super("There is no room left", cause);
        }
    }

    /** A file that is not at its place yet. Used by one thread. */
    static final class Temporary implements Closeable {
        private final Folder folder;
        private final String name;
        private final SeekableByteChannel channel;
        private boolean there = true;
        private @Nullable BasicFileAttributes attributes;

        Temporary(Folder folder, String name, SeekableByteChannel channel) {
            this.folder = folder;
            this.name = name;
            this.channel = channel;
        }

        Path path() {
            return folder.path(name);
        }

        /** @param background has much that is written go to the disk while more of it comes */
        void write(Digesting content, Executor background) throws IOException {
            EarlySync early = channel instanceof FileChannel file ? new EarlySync(file, background) : null;
            try {
                write(content, early);
            } catch (IOException | RuntimeException | Error failed) {
                if (early != null) {
                    early.abandon();
                }
                throw failed;
            }
            if (early != null) {
                early.await();
            }
        }

        private void write(Digesting content, @Nullable EarlySync early) throws IOException {
            byte[] bytes = new byte[BUFFER];
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            for (int read = content.read(bytes, 0, bytes.length);
                    read >= 0;
                    read = content.read(bytes, 0, bytes.length)) {
                buffer.clear().limit(read);
                while (buffer.hasRemaining()) {
                    write(buffer);
                }
                if (early != null) {
                    early.wrote(read);
                }
            }
        }

        private void write(ByteBuffer buffer) throws IOException {
            try {
                channel.write(buffer);
            } catch (IOException failed) {
                // Asked now, since there is room again when the file is taken away.
                throw Files.getFileStore(folder.path()).getUsableSpace() < BUFFER
                        ? new NoRoomException(failed)
                        : failed;
            }
        }

        /** Makes its bytes and its label survive a power cut. */
        void sync() throws IOException {
            if (channel instanceof FileChannel file) {
                file.force(true);
            }
            channel.close();
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
            try (folder;
                    channel) {
                if (there) {
                    folder.delete(name);
                }
            }
        }
    }
}
