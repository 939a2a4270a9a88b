package dev.korm.depots;

import dev.korm.spi.Digesting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Where the labels of files in a folder are kept. Safe for many threads. */
interface Labels {
    /** The attribute of a file that holds its label. */
    String ATTRIBUTE = "korm";

    /** Labels a file that is not yet at its place. */
    void prepare(Path temporary, List<String> place, Label label) throws IOException;

    /** The label of a file at its place; none when it has none, or is another file than the one that was labelled. */
    Label read(Path file, List<String> place, BasicFileAttributes attributes) throws IOException;

    /** Says that a file will be renamed from one place to another. */
    void move(Path file, List<String> from, List<String> to) throws IOException;

    /** Forgets the label of a file that is gone. */
    void forget(List<String> place) throws IOException;

    /** Labels in an attribute of the file itself, which goes wherever the file goes. */
    final class InAttributes implements Labels {
        /** Whether the file system has attributes, found out by setting one. */
        static boolean work(Path file) {
            try {
                new InAttributes().prepare(file, List.of(), Label.NONE);
                return view(file) != null;
            } catch (IOException | UnsupportedOperationException | NoClassDefFoundError none) {
                return false;
            }
        }

        private static UserDefinedFileAttributeView view(Path file) {
            return Files.getFileAttributeView(file, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        }

        @Override
        public void prepare(Path temporary, List<String> place, Label label) throws IOException {
            UserDefinedFileAttributeView view = view(temporary);
            if (view == null) {
                throw new IOException("The file system has no attributes");
            }
            view.write(ATTRIBUTE, StandardCharsets.UTF_8.encode(label.text()));
        }

        @Override
        public Label read(Path file, List<String> place, BasicFileAttributes attributes) throws IOException {
            UserDefinedFileAttributeView view = view(file);
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
        public void move(Path file, List<String> from, List<String> to) {
            // The attribute goes with the file.
        }

        @Override
        public void forget(List<String> place) {
            // The attribute went with the file.
        }
    }

    /**
     * Labels in files of their own, for file systems without attributes. Each says of which bytes it speaks, by size and time, and
     * so counts for nothing when it was written and the file did not come to its place, or was replaced by another program.
     */
    final class InFolder implements Labels {
        /** The time of the file that was labelled last, in microseconds. */
        private static final AtomicLong LATEST = new AtomicLong();

        private final Path folder;

        InFolder(Path folder) {
            this.folder = folder;
        }

        private Path path(List<String> place) {
            byte[] name = Digesting.sha256().digest(String.join("/", place).getBytes(StandardCharsets.UTF_8));
            return folder.resolve(HexFormat.of().formatHex(name));
        }

        private static String identity(BasicFileAttributes attributes) {
            return attributes.size() + " " + attributes.lastModifiedTime();
        }

        @Override
        public void prepare(Path temporary, List<String> place, Label label) throws IOException {
            // Of several that are written to one place at once and are of one size, the time tells whose the label is.
            long now = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
            long time = LATEST.updateAndGet(latest -> Math.max(latest + 1, now));
            Files.setLastModifiedTime(temporary, FileTime.from(time, TimeUnit.MICROSECONDS));
            BasicFileAttributes attributes =
                    Files.readAttributes(temporary, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            write(path(place), identity(attributes) + "\n" + label.text());
        }

        private static void write(Path path, String text) throws IOException {
            Files.createDirectories(path.getParent());
            Path written = path.resolveSibling(
                    path.getFileName() + "." + Thread.currentThread().getId());
            Files.writeString(written, text);
            Files.move(written, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public Label read(Path file, List<String> place, BasicFileAttributes attributes) throws IOException {
            try {
                String text = Files.readString(path(place));
                int end = text.indexOf('\n');
                return end > 0 && text.substring(0, end).equals(identity(attributes))
                        ? Label.read(text.substring(end + 1))
                        : Label.NONE;
            } catch (NoSuchFileException none) {
                return Label.NONE;
            }
        }

        @Override
        public void move(Path file, List<String> from, List<String> to) throws IOException {
            try {
                write(path(to), Files.readString(path(from)));
            } catch (NoSuchFileException none) {
                Files.deleteIfExists(path(to));
            }
        }

        @Override
        public void forget(List<String> place) throws IOException {
            Files.deleteIfExists(path(place));
        }
    }
}
