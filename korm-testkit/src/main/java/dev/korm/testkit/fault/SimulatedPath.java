package dev.korm.testkit.fault;

import java.net.URI;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A path of {@link CrashingFiles}, as on Unix. The folder in which programs begin is the root. */
record SimulatedPath(SimulatedFileSystem files, boolean absolute, List<String> names) implements Path {
    static SimulatedPath of(SimulatedFileSystem files, String text) {
        List<String> names = new ArrayList<>();
        int begin = 0;
        while (begin < text.length()) {
            int slash = text.indexOf('/', begin);
            int end = slash < 0 ? text.length() : slash;
            if (end > begin) {
                names.add(text.substring(begin, end));
            }
            begin = end + 1;
        }
        return new SimulatedPath(files, text.startsWith("/"), List.copyOf(names));
    }

    static SimulatedPath of(Path path) {
        if (path instanceof SimulatedPath own) {
            return own;
        }
        throw new ProviderMismatchException();
    }

    /** Returns the names from the root on, without dots. */
    List<String> real() {
        return normalize().names();
    }

    private SimulatedPath with(List<String> other) {
        return new SimulatedPath(files, false, List.copyOf(other));
    }

    @Override
    public SimulatedFileSystem getFileSystem() {
        return files;
    }

    @Override
    public boolean isAbsolute() {
        return absolute;
    }

    @Override
    public @Nullable Path getRoot() {
        return absolute ? new SimulatedPath(files, true, List.of()) : null;
    }

    @Override
    public @Nullable Path getFileName() {
        return names.isEmpty() ? null : with(names.subList(names.size() - 1, names.size()));
    }

    @Override
    public @Nullable Path getParent() {
        if (names.isEmpty() || (names.size() == 1 && !absolute)) {
            return null;
        }
        return new SimulatedPath(files, absolute, List.copyOf(names.subList(0, names.size() - 1)));
    }

    @Override
    public int getNameCount() {
        return names.size();
    }

    @Override
    public Path getName(int index) {
        return with(List.of(names.get(index)));
    }

    @Override
    public Path subpath(int begin, int end) {
        return with(names.subList(begin, end));
    }

    @Override
    public boolean startsWith(Path other) {
        return other instanceof SimulatedPath path
                && path.absolute == absolute
                && path.names.size() <= names.size()
                && names.subList(0, path.names.size()).equals(path.names);
    }

    @Override
    public boolean endsWith(Path other) {
        return other instanceof SimulatedPath path
                && path.names.size() <= names.size()
                && (path.absolute
                        ? equals(path)
                        : names.subList(names.size() - path.names.size(), names.size())
                                .equals(path.names));
    }

    @Override
    public SimulatedPath normalize() {
        // As are nearly all, and each call asks.
        if (!hasDots()) {
            return this;
        }
        List<String> normal = new ArrayList<>();
        for (String name : names) {
            if (name.equals("..")
                    && !normal.isEmpty()
                    && !normal.get(normal.size() - 1).equals("..")) {
                normal.remove(normal.size() - 1);
            } else if (!name.equals(".") && !(name.equals("..") && absolute)) {
                normal.add(name);
            }
        }
        return new SimulatedPath(files, absolute, List.copyOf(normal));
    }

    private boolean hasDots() {
        for (String name : names) {
            if (name.equals(".") || name.equals("..")) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Path resolve(Path other) {
        SimulatedPath path = of(other);
        if (path.absolute) {
            return path;
        }
        List<String> joined = new ArrayList<>(names);
        joined.addAll(path.names);
        return new SimulatedPath(files, absolute, List.copyOf(joined));
    }

    @Override
    public Path relativize(Path other) {
        SimulatedPath path = of(other);
        int same = 0;
        while (same < Math.min(names.size(), path.names.size())
                && names.get(same).equals(path.names.get(same))) {
            same++;
        }
        List<String> way = new ArrayList<>();
        for (int i = same; i < names.size(); i++) {
            way.add("..");
        }
        way.addAll(path.names.subList(same, path.names.size()));
        return with(way);
    }

    @Override
    public URI toUri() {
        return URI.create("crashing:" + SimulatedDisk.text(real()));
    }

    @Override
    public Path toAbsolutePath() {
        return absolute ? this : new SimulatedPath(files, true, names);
    }

    @Override
    public Path toRealPath(LinkOption... options) throws NoSuchFileException {
        files.provider().requireThere(this);
        return new SimulatedPath(files, true, real());
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int compareTo(Path other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SimulatedPath path
                && path.files == files
                && path.absolute == absolute
                && path.names.equals(names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    @Override
    public String toString() {
        return (absolute ? "/" : "") + String.join("/", names);
    }
}
