package dev.korm.depots.local;

import dev.korm.depots.support.Interrupts;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
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
    private final Syncing syncing;

    /** The ability of the file system to make the names in a folder durable. */
    enum Syncing {
        /** By a sync of the folder, without which a power cut may undo what was made, renamed and deleted in it. */
        POSSIBLE,
        /** Not by any call: Windows writes such changes through, and what lies in memory survives nothing. */
        UNSUPPORTED
    }

    private Folder(Path path, DirectoryStream<Path> stream, Syncing syncing) {
        this.path = path;
        this.stream = stream;
        this.secure = stream instanceof SecureDirectoryStream<Path> own ? own : null;
        this.syncing = syncing;
    }

    @SuppressWarnings("StreamResourceLeak") // The folder closes it.
    static Folder open(Path path, Syncing syncing) throws IOException {
        return new Folder(path, Files.newDirectoryStream(path), syncing);
    }

    /**
     * Finds out by a sync of a folder whether folders of its file system can be synced.
     *
     * @throws IOException when they can, and this one was not
     */
    static Syncing probe(Path path) throws IOException {
        try (Folder folder = open(path, Syncing.POSSIBLE)) {
            folder.sync();
            return Syncing.POSSIBLE;
        } catch (UnsupportedOperationException none) {
            return Syncing.UNSUPPORTED;
        } catch (FileSystemException refused) {
            // Systems like Unix sync folders, so there it means that something is wrong with this one. Windows opens
            // none, and file systems in memory call them no regular files; neither has a type of its own for that.
            boolean unix = path.getFileSystem().equals(FileSystems.getDefault())
                    && path.getFileSystem().getSeparator().equals("/");
            boolean unable = refused instanceof AccessDeniedException
                    ? path.getFileSystem().getSeparator().equals("\\")
                    : refused.getClass().equals(FileSystemException.class);
            if (unix || !unable) {
                throw refused;
            }
            return Syncing.UNSUPPORTED;
        }
    }

    Path path() {
        return path;
    }

    Path path(String name) {
        return path.resolve(name);
    }

    /**
     * Returns a folder in this one.
     *
     * @throws LinkException when a symbolic link has its name
     * @throws NotDirectoryException when something else has its name
     * @throws NoSuchFileException when nothing has
     */
    @SuppressWarnings("StreamResourceLeak") // The folder closes it.
    Folder child(String name) throws IOException {
        Path below = path(name);
        // Looked at before as well: where the name is a file's, JDK 21 and later close one descriptor twice, which
        // meanwhile may be another's, and leave one open.
        requireFolder(name);
        if (secure == null) {
            return new Folder(below, Files.newDirectoryStream(below), syncing);
        }
        try {
            return new Folder(below, secure.newDirectoryStream(relative(name), LinkOption.NOFOLLOW_LINKS), syncing);
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

    /** Returns a folder in this one, made when it is not there. It is durable when this one has been synced. */
    Folder childOrNew(String name) throws IOException {
        try {
            return child(name);
        } catch (NoSuchFileException missing) {
            make(name);
            return child(name);
        }
    }

    /** Makes a folder in this one, or leaves it where another was faster. It is durable when this one has been synced. */
    void make(String name) throws IOException {
        try {
            Files.createDirectory(path(name));
        } catch (FileAlreadyExistsException made) {
            // That somebody has made it does not say that they have synced it.
            return;
        } catch (FileSystemException failed) {
            throw isAtItsPath() ? failed : elsewhere();
        }
    }

    /** Returns whether the folder's path still leads to it: folders and links are made by paths. */
    private boolean isAtItsPath() throws IOException {
        try {
            Object key = key();
            return key == null
                    || key.equals(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                            .fileKey());
        } catch (FileSystemException gone) {
            return false;
        }
    }

    /** Returns the failure that tells where the path leads instead. */
    private FileSystemException elsewhere() throws IOException {
        if (path.toRealPath().equals(path)) {
            return new NoSuchFileException(path.toString());
        }
        throw new LinkException(path);
    }

    /** Returns what tells the folder from every other one that is there; null where the file system does not say. */
    @Nullable Object key() throws IOException {
        return secure != null
                ? secure.getFileAttributeView(BasicFileAttributeView.class)
                        .readAttributes()
                        .fileKey()
                : Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** Reads the attributes of a name, of a symbolic link its own. */
    BasicFileAttributes attributes(String name) throws IOException {
        return attributes(relative(name));
    }

    /** Returns what one of the {@link #names()} stands for, also one that is no text. */
    BasicFileAttributes attributes(Path name) throws IOException {
        if (secure != null) {
            return secure.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
        }
        return Files.readAttributes(path.resolve(name), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
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

    /**
     * Gives a file a second name in a folder; fails when the name is taken.
     *
     * @throws NoSuchFileException when the folder has gone
     * @throws LinkException when a symbolic link leads to another
     */
    void link(String name, Folder to, String target) throws IOException {
        try {
            Files.createLink(to.path(target), path(name));
        } catch (FileSystemException failed) {
            throw to.isAtItsPath() ? failed : to.elsewhere();
        }
        Object key = attributes(name).fileKey();
        if (key != null && !to.isOf(target, key)) {
            // The path leads elsewhere by now. What was made there goes again.
            Path made = to.path(target);
            if (key.equals(Files.readAttributes(made, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey())) {
                Files.delete(made);
            }
            throw to.elsewhere();
        }
    }

    private boolean isOf(String name, Object key) throws IOException {
        try {
            return key.equals(attributes(name).fileKey());
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    /** Returns the names in it. Asked once. */
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

    /**
     * Makes what was made, renamed and deleted in it survive a power cut, where folders can be synced.
     *
     * @throws IOException also when it cannot be opened: then nobody knows what survives
     */
    void sync() throws IOException {
        if (syncing == Syncing.UNSUPPORTED) {
            return;
        }
        try (SeekableByteChannel channel = self()) {
            if (!(channel instanceof FileChannel folder)) {
                throw new UnsupportedOperationException("The file system does not sync folders");
            }
            folder.force(true);
        } catch (NoSuchFileException gone) {
            if (secure != null) {
                throw gone;
            }
            // Reached by its path: it went with all that was in it, and whoever emptied it has synced that.
        }
    }

    /** Syncs what has happened already, also for a thread that was interrupted: a sync that was begun is not shorter for it. */
    void syncShielded() throws IOException {
        Interrupts.shielded(this::sync);
    }

    private SeekableByteChannel self() throws IOException {
        return secure != null
                ? secure.newByteChannel(relative("."), Set.of(StandardOpenOption.READ))
                : FileChannel.open(path, StandardOpenOption.READ);
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
