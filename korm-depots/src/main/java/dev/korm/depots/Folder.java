package dev.korm.depots;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open folder. Where the platform can, everything in it is reached from the open folder and not by its path, so nobody can
 * put a symbolic link in the way between a look and a step; elsewhere each step looks first. Used by one thread.
 */
final class Folder implements Closeable {
    private static final Set<OpenOption> READING = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> MAKING =
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS);

    private final Path path;
    private final DirectoryStream<Path> stream;
    private final @Nullable SecureDirectoryStream<Path> secure;

    private Folder(Path path, DirectoryStream<Path> stream) {
        this.path = path;
        this.stream = stream;
        this.secure = stream instanceof SecureDirectoryStream<Path> own ? own : null;
    }

    @SuppressWarnings("StreamResourceLeak") // The folder closes it.
    static Folder open(Path path) throws IOException {
        return new Folder(path, Files.newDirectoryStream(path));
    }

    Path path() {
        return path;
    }

    Path path(String name) {
        return path.resolve(name);
    }

    /**
     * A folder in this one.
     *
     * @throws LinkException when a symbolic link has its name
     * @throws NotDirectoryException when something else has its name
     * @throws NoSuchFileException when nothing has
     */
    @SuppressWarnings("StreamResourceLeak") // The folder closes it.
    Folder child(String name) throws IOException {
        Path below = path(name);
        if (secure == null) {
            requireFolder(name);
            return new Folder(below, Files.newDirectoryStream(below));
        }
        try {
            return new Folder(below, secure.newDirectoryStream(relative(name), LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException missing) {
            throw missing;
        } catch (IOException failed) {
            requireFolder(name);
            throw failed;
        }
    }

    private void requireFolder(String name) throws IOException {
        BasicFileAttributes attributes = attributes(name);
        if (attributes.isSymbolicLink()) {
            throw new LinkException(path(name));
        }
        if (!attributes.isDirectory()) {
            throw new NotDirectoryException(path(name).toString());
        }
    }

    /** A folder in this one, made when it is not there. */
    Folder childOrNew(String name) throws IOException {
        try {
            return child(name);
        } catch (NoSuchFileException missing) {
            make(name);
            return child(name);
        }
    }

    private void make(String name) throws IOException {
        try {
            Files.createDirectory(path(name));
        } catch (FileAlreadyExistsException made) {
            return;
        }
        sync();
    }

    /** What a name stands for, a symbolic link for itself. */
    BasicFileAttributes attributes(String name) throws IOException {
        if (secure != null) {
            return secure.getFileAttributeView(relative(name), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
        }
        return Files.readAttributes(path(name), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    SeekableByteChannel read(String name) throws IOException {
        return secure != null
                ? secure.newByteChannel(relative(name), READING)
                : Files.newByteChannel(path(name), READING);
    }

    SeekableByteChannel create(String name) throws IOException {
        return secure != null
                ? secure.newByteChannel(relative(name), MAKING)
                : Files.newByteChannel(path(name), MAKING);
    }

    /** Takes away a folder in this one if nothing is in it. */
    boolean deleteIfEmpty(String name) throws IOException {
        try {
            if (secure != null) {
                secure.deleteDirectory(relative(name));
            } else {
                requireFolder(name);
                Files.delete(path(name));
            }
            return true;
        } catch (DirectoryNotEmptyException | NoSuchFileException kept) {
            return false;
        }
    }

    void delete(String name) throws IOException {
        if (secure != null) {
            secure.deleteFile(relative(name));
        } else {
            Files.delete(path(name));
        }
    }

    /** Renames a file into a folder, in place of one of that name, at once. */
    void move(String name, Folder to, String target) throws IOException {
        if (secure != null && to.secure != null) {
            secure.move(relative(name), to.secure, relative(target));
        } else {
            Files.move(
                    path(name), to.path(target), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Gives a file a second name in a folder; fails when the name is taken. */
    void link(String name, Folder to, String target) throws IOException {
        Files.createLink(to.path(target), path(name));
        Object key = attributes(name).fileKey();
        if (key != null && !key.equals(to.attributes(target).fileKey())) {
            throw new LinkException(to.path(target));
        }
    }

    /** The names in it. Asked once. */
    Iterator<Path> names() {
        Iterator<Path> entries = stream.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public Path next() {
                return entries.next().getFileName();
            }
        };
    }

    /** Makes what was made, renamed and deleted in it survive a power cut, where folders can be synced. */
    void sync() throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
        } catch (FileSystemException | UnsupportedOperationException closed) {
            // Windows opens no folders, and writes their changes through; neither do file systems in memory.
            return;
        }
        try (channel) {
            channel.force(true);
        }
    }

    private Path relative(String name) {
        return path.getFileSystem().getPath(name);
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    /** A symbolic link stands where none may. */
    static final class LinkException extends IOException {
        private static final long serialVersionUID = 1L;

        LinkException(Path path) {
            super("A symbolic link: " + path);
        }
    }
}
