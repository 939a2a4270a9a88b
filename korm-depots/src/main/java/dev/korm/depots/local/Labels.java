package dev.korm.depots.local;

import dev.korm.spi.depot.Digesting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The storage of file labels in a folder: type, attributes and checksum. Safe for many threads.
 *
 * <p><b>Protocol of a put.</b> {@link #prepare} while the bytes are written and not yet synced; {@link #place} under the lock of the place, before the file
 * is renamed to it; {@link #read} by anybody, without a lock. A move has {@link #move} in place of the first two, under both locks.
 *
 * <p><b>What holds at each step.</b> A file is never read with another file's label. In attributes that is so by itself, since a label goes with its file. In
 * files of their own, the label of a place speaks of two files, the one to come and the one that is there, and tells each by size and time: so
 * the old file keeps its label when the rename never happens, and a crash at any moment leaves a label that fits what is there. Where it speaks of a third, that
 * the one there has replaced, the program that did so may have ended before its rename was durable: the folder is synced before that third one is forgotten.
 */
interface Labels {
    /** The attribute of a file that holds its label. */
    String ATTRIBUTE = "korm";

    /** Prepares the label of a file whose bytes are written and not yet synced. */
    void prepare(TemporaryFile file, Label label) throws IOException;

    /**
     * Labels a place for the file that will come there next, durably, and keeps the label of the one that is there: until the next
     * comes, and where it never does. Under the lock of the place.
     *
     * @param folder of the place
     * @param there the file that is at the place; null when none is
     */
    void place(TemporaryFile file, Folder folder, List<String> place, Label label, @Nullable BasicFileAttributes there)
            throws IOException;

    /** Does the same for a file that will come from another place. Under the locks of both. */
    void move(Path file, List<String> from, Folder folder, List<String> to, @Nullable BasicFileAttributes there)
            throws IOException;

    /**
     * Returns the label of a file at its place; none when it has none, or is another file than the one that was
     * labelled.
     */
    Label read(Path file, List<String> place, BasicFileAttributes attributes) throws IOException;

    /** Forgets the labels of a place where no file is. Under its lock. */
    void forget(List<String> place) throws IOException;

    /** Labels in an attribute of the file itself, which goes wherever the file goes. */
    final class InAttributes implements Labels {
        /** Returns whether the file system has attributes, found out by setting one. */
        static boolean work(Path file) {
            try {
                write(file, Label.NONE);
                return true;
            } catch (IOException | UnsupportedOperationException | NoClassDefFoundError none) {
                return false;
            }
        }

        private static @Nullable UserDefinedFileAttributeView view(Path file) {
            return Files.getFileAttributeView(file, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        }

        private static void write(Path file, Label label) throws IOException {
            UserDefinedFileAttributeView view = view(file);
            if (view == null) {
                throw new IOException("The file system has no attributes");
            }
            view.write(ATTRIBUTE, StandardCharsets.UTF_8.encode(label.text()));
        }

        @Override
        public void prepare(TemporaryFile file, Label label) throws IOException {
            write(file.path(), label);
        }

        @Override
        public void place(
                TemporaryFile file,
                Folder folder,
                List<String> place,
                Label label,
                @Nullable BasicFileAttributes there) {
            // The attribute goes with the file.
        }

        @Override
        public void move(
                Path file, List<String> from, Folder folder, List<String> to, @Nullable BasicFileAttributes there) {
            // The attribute goes with the file.
        }

        @Override
        public Label read(Path file, List<String> place, BasicFileAttributes attributes) throws IOException {
            UserDefinedFileAttributeView view = view(file);
            if (view == null) {
                return Label.NONE;
            }
            try {
                ByteBuffer text = ByteBuffer.allocate(view.size(ATTRIBUTE));
                view.read(ATTRIBUTE, text);
                return Label.read(StandardCharsets.UTF_8.decode(text.flip()).toString());
            } catch (NoSuchFileException gone) {
                throw gone;
            } catch (IOException | IllegalArgumentException none) {
                // Neither way of saying that there is no such attribute has a type of its own.
                return Label.NONE;
            }
        }

        @Override
        public void forget(List<String> place) {
            // The attribute went with the file.
        }
    }

    /**
     * Labels in files of their own, for file systems without attributes: one for each place, with the label of the file that was
     * stored there last and of the one before. Each says of which bytes it speaks, by size and time, so the one counts from the
     * moment at which its file comes, and the other as long as it does not. Labels of bytes that are neither, such as those that
     * another program stored, count for nothing.
     */
    final class InFolder implements Labels {
        /** The coarsest times of files that are in use are those of FAT. */
        private static final long COARSE = TimeUnit.SECONDS.toMicros(2);

        private static final String BETWEEN = "\n\n";

        private final LocalRoot root;
        private final Clock clock;

        /** The time of the file that was labelled last, in microseconds. */
        private final AtomicLong latest = new AtomicLong();

        InFolder(LocalRoot root, Clock clock) {
            this.root = root;
            this.clock = clock;
        }

        private static String name(List<String> place) {
            byte[] name = Digesting.sha256().digest(String.join("/", place).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(name);
        }

        private static String identity(BasicFileAttributes attributes) {
            return identity(attributes, attributes.lastModifiedTime());
        }

        private static String identity(BasicFileAttributes attributes, FileTime time) {
            return attributes.size() + " " + time;
        }

        private static FileTime time(long micros) {
            return FileTime.from(micros, TimeUnit.MICROSECONDS);
        }

        @Override
        public void prepare(TemporaryFile file, Label label) throws IOException {
            // The time tells it from a file of the same size that is there.
            long now = TimeUnit.MILLISECONDS.toMicros(clock.millis());
            long time = latest.updateAndGet(before -> Math.max(before + 1, now));
            Files.setLastModifiedTime(file.path(), time(time));
        }

        @Override
        public void place(
                TemporaryFile file, Folder folder, List<String> place, Label label, @Nullable BasicFileAttributes there)
                throws IOException {
            requireDurable(folder, place, there);
            if (there != null && identity(file.attributes()).equals(identity(there))) {
                file.touch(other(there));
            }
            write(place, identity(file.attributes()), label, there);
        }

        /** Returns a time that a file does not have, however coarse the file system's times are. */
        private static FileTime other(BasicFileAttributes there) {
            return time(there.lastModifiedTime().to(TimeUnit.MICROSECONDS) + COARSE);
        }

        private void write(List<String> place, String file, Label label, @Nullable BasicFileAttributes there)
                throws IOException {
            String text = file + "\n" + label.text();
            try (Folder labels = root.labelFolder();
                    TemporaryFile written = root.temporary()) {
                if (there != null) {
                    text += "\n" + identity(there) + "\n"
                            + read(labels, place, there).text();
                }
                written.write(StandardCharsets.UTF_8.encode(text));
                written.sync();
                written.move(labels, name(place));
                labels.sync();
            }
        }

        @Override
        public Label read(Path file, List<String> place, BasicFileAttributes attributes) throws IOException {
            try (Folder labels = root.labelFolder()) {
                return read(labels, place, attributes);
            }
        }

        private static Label read(Folder labels, List<String> place, BasicFileAttributes attributes)
                throws IOException {
            for (String one : texts(labels, place)) {
                int end = one.indexOf('\n');
                if (end > 0 && one.substring(0, end).equals(identity(attributes))) {
                    return Label.read(one.substring(end + 1));
                }
            }
            return Label.NONE;
        }

        /** Returns what is said of each file that a label speaks of. */
        private static List<String> texts(Folder labels, List<String> place) throws IOException {
            try (InputStream in = Channels.newInputStream(labels.read(name(place)))) {
                return List.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).split(BETWEEN));
            } catch (NoSuchFileException none) {
                return List.of();
            }
        }

        /** Sees to it that what is at a place is there after a crash, and not the one before, where a label is about to forget that. */
        private void requireDurable(Folder folder, List<String> place, @Nullable BasicFileAttributes there)
                throws IOException {
            boolean knowsOther;
            try (Folder labels = root.labelFolder()) {
                knowsOther = texts(labels, place).stream()
                        .anyMatch(one -> there == null || !one.startsWith(identity(there) + "\n"));
            }
            if (knowsOther) {
                folder.syncShielded();
            }
        }

        @Override
        public void move(
                Path file, List<String> from, Folder folder, List<String> to, @Nullable BasicFileAttributes there)
                throws IOException {
            requireDurable(folder, to, there);
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Label label = read(file, from, attributes);
            if (there != null && identity(attributes).equals(identity(there))) {
                FileTime other = other(there);
                // Until it comes to its place, it keeps the label that it has, of both times.
                write(from, identity(attributes, other), label, attributes);
                TemporaryFile.touch(file, other);
                attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (!attributes.lastModifiedTime().equals(other)) {
                    write(from, identity(attributes), label, null);
                }
            }
            write(to, identity(attributes), label, there);
        }

        @Override
        public void forget(List<String> place) throws IOException {
            try (Folder labels = root.labelFolder()) {
                labels.delete(name(place));
            } catch (NoSuchFileException none) {
                // It had none.
                return;
            }
        }
    }
}
