package dev.korm.testkit.fault;

import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The files of {@link CrashingFiles} as one process sees them. */
final class SimulatedFileSystem extends FileSystem {
    private final SimulatedDisk disk;
    private final SimulatedProvider provider;
    private final List<SimulatedChannel> channels = new ArrayList<>();
    private volatile boolean open = true;

    SimulatedFileSystem(SimulatedDisk disk) {
        this.disk = disk;
        this.provider = new SimulatedProvider(this);
    }

    SimulatedDisk disk() {
        return disk;
    }

    void requireOpen() {
        if (!open) {
            throw new ClosedFileSystemException();
        }
    }

    void opened(SimulatedChannel channel) {
        channels.add(channel);
    }

    /** Notes that a channel was closed, with which the process loses its locks on the file. */
    void closed(SimulatedChannel channel) {
        channels.remove(channel);
        channel.dropLocks();
    }

    @Override
    public SimulatedProvider provider() {
        return provider;
    }

    /** Ends the process. */
    @Override
    public void close() {
        synchronized (disk) {
            open = false;
            List.copyOf(channels).forEach(SimulatedChannel::kill);
            channels.clear();
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String getSeparator() {
        return "/";
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of(getPath("/"));
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return Set.of("basic");
    }

    @Override
    public Path getPath(String first, String... more) {
        String joined = more.length == 0 ? first : first + "/" + String.join("/", more);
        return SimulatedPath.of(this, joined);
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        if (!syntaxAndPattern.startsWith("regex:")) {
            throw new UnsupportedOperationException();
        }
        Pattern pattern = Pattern.compile(syntaxAndPattern.substring("regex:".length()));
        return path -> pattern.matcher(path.toString()).matches();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        throw new UnsupportedOperationException();
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException();
    }
}
