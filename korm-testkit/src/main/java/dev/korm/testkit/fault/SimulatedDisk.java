package dev.korm.testkit.fault;

import dev.korm.testkit.fault.SimulatedNode.Data;
import dev.korm.testkit.fault.SimulatedNode.Folder;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The disk below {@link CrashingFiles}, and the names on it. A name is durable when its folder was synced; before, the disk may have done any
 * of the changes to names, those of one name in their order, and a renaming whole. Guarded by itself.
 */
final class SimulatedDisk {
    private final Folder root;
    private final List<NameChange> unsynced = new ArrayList<>();
    private final Random random;
    private Runnable beforeStep = () -> {};
    private Predicate<String> unsyncedPaths = path -> false;
    private Predicate<String> deniedFolders = path -> false;
    private boolean links = true;
    private int steps;
    private int stop = Integer.MAX_VALUE;
    private int writes;
    private int syncs;
    private int failingWrite;
    private int failingSync;
    private CrashingFiles.Failure failure = CrashingFiles.Failure.EIO;

    SimulatedDisk(long seed) {
        this(seed, new Folder());
    }

    private SimulatedDisk(long seed, Folder root) {
        this.random = new Random(seed);
        this.root = root;
    }

    /** Returns a disk that holds the same, synced or not, and goes its own way from here. */
    SimulatedDisk copy(long seed) {
        IdentityHashMap<SimulatedNode, SimulatedNode> copies = new IdentityHashMap<>();
        SimulatedDisk copy = new SimulatedDisk(seed, root.copy(copies));
        for (NameChange change : unsynced) {
            copy.unsynced.add(change.copy(copies));
        }
        copy.steps = steps;
        copy.unsyncedPaths = unsyncedPaths;
        copy.links = links;
        return copy;
    }

    void leaveOutSyncs(Predicate<String> paths) {
        unsyncedPaths = paths;
    }

    void denyFolders(Predicate<String> paths) {
        deniedFolders = paths;
    }

    boolean isDenied(String folder) {
        return deniedFolders.test(folder);
    }

    void leaveOutLinks() {
        links = false;
    }

    void beforeStep(Runnable callback) {
        beforeStep = callback;
    }

    private record Key(Folder folder, String name) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.folder == folder && key.name.equals(name);
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(folder) * 31 + name.hashCode();
        }

        static @Nullable Key copy(@Nullable Key key, IdentityHashMap<SimulatedNode, SimulatedNode> copies) {
            return key == null ? null : new Key(key.folder.copy(copies), key.name);
        }
    }

    /** A name is given, taken away, or given in place of another. */
    private record NameChange(
            @Nullable Key removed,
            @Nullable Key added,
            @Nullable SimulatedNode node) {
        NameChange copy(IdentityHashMap<SimulatedNode, SimulatedNode> copies) {
            return new NameChange(
                    Key.copy(removed, copies), Key.copy(added, copies), node == null ? null : node.copy(copies));
        }

        boolean isOf(Set<Key> keys) {
            return (removed != null && keys.contains(removed)) || (added != null && keys.contains(added));
        }

        boolean isIn(Folder folder) {
            return (removed != null && removed.folder() == folder) || (added != null && added.folder() == folder);
        }

        void addKeys(Set<Key> keys) {
            if (removed != null) {
                keys.add(removed);
            }
            if (added != null) {
                keys.add(added);
            }
        }

        void make() {
            if (removed != null) {
                removed.folder().durable.remove(removed.name());
            }
            if (added != null && node != null) {
                added.folder().durable.put(added.name(), node);
            }
        }
    }

    int steps() {
        return steps;
    }

    void stopAt(int which) {
        stop = steps + which;
    }

    void failWrite(int which, CrashingFiles.Failure with) {
        failingWrite = writes + which;
        failure = with;
    }

    void failSync(int which, CrashingFiles.Failure with) {
        failingSync = syncs + which;
        failure = with;
    }

    /** Cuts the power, which then comes back. */
    void crash(long seed) {
        Random chance = new Random(seed);
        int mode = chance.nextInt(5);
        Set<Key> dropped = new HashSet<>();
        for (NameChange change : unsynced) {
            boolean kept = mode == 0 || (mode != 1 && chance.nextBoolean());
            if (kept && !change.isOf(dropped)) {
                change.make();
            } else {
                change.addKeys(dropped);
            }
        }
        unsynced.clear();
        crash(root, chance, Collections.newSetFromMap(new IdentityHashMap<>()));
        resume();
    }

    /** Goes on after a stop, with nothing lost. */
    void resume() {
        stop = Integer.MAX_VALUE;
        failingWrite = 0;
        failingSync = 0;
    }

    /** @param crashed files that have been seen, by another of their names */
    private static void crash(Folder folder, Random chance, Set<SimulatedNode> crashed) {
        folder.names.clear();
        folder.names.putAll(folder.durable);
        for (SimulatedNode node : folder.names.values()) {
            if (node instanceof Folder below) {
                crash(below, chance, crashed);
            } else if (node instanceof Data data && crashed.add(data)) {
                data.crash(chance);
            }
        }
    }

    void requireRunning() throws IOException {
        if (steps >= stop) {
            throw new IOException("The machine has stopped, because the test says so");
        }
    }

    /** Tells of a step that is about to be made, before anything is looked at for it. */
    void announce() throws IOException {
        requireRunning();
        beforeStep.run();
    }

    private void step() throws IOException {
        requireRunning();
        steps++;
        requireRunning();
    }

    void write(Data file, long offset, byte[] bytes) throws IOException {
        requireRunning();
        steps++;
        boolean fails = ++writes == failingWrite;
        if (fails || steps >= stop) {
            // As much as was written before it failed.
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        }
        file.write(Math.toIntExact(offset), bytes);
        file.modified = steps;
        if (fails) {
            throw new IOException(failure.message());
        }
        requireRunning();
    }

    void truncate(Data file, long size) throws IOException {
        step();
        file.truncate(Math.toIntExact(size));
        file.modified = steps;
    }

    void sync(SimulatedNode node, List<String> path) throws IOException {
        step();
        if (unsyncedPaths.test(text(path))) {
            return;
        }
        boolean fails = ++syncs == failingSync;
        if (node instanceof Data data) {
            if (fails) {
                data.failSync(random);
            } else {
                data.sync();
            }
        } else if (node instanceof Folder folder && !fails) {
            syncNames(folder);
        }
        if (fails) {
            throw new IOException(failure.message());
        }
    }

    private void syncNames(Folder folder) {
        Set<Key> keys = new HashSet<>();
        for (int i = unsynced.size() - 1; i >= 0; i--) {
            if (unsynced.get(i).isIn(folder) || unsynced.get(i).isOf(keys)) {
                unsynced.get(i).addKeys(keys);
            }
        }
        for (Iterator<NameChange> changes = unsynced.iterator(); changes.hasNext(); ) {
            NameChange change = changes.next();
            if (change.isOf(keys)) {
                change.make();
                changes.remove();
            }
        }
    }

    @Nullable SimulatedNode find(List<String> path) {
        SimulatedNode node = root;
        for (String name : path) {
            if (!(node instanceof Folder folder)) {
                return null;
            }
            node = folder.names.get(name);
        }
        return node;
    }

    SimulatedNode require(List<String> path) throws IOException {
        requireRunning();
        SimulatedNode node = find(path);
        if (node == null) {
            throw new NoSuchFileException(text(path));
        }
        return node;
    }

    Folder requireFolder(List<String> path) throws IOException {
        if (require(path) instanceof Folder folder) {
            return folder;
        }
        throw new NotDirectoryException(text(path));
    }

    private Key key(List<String> path) throws IOException {
        if (path.isEmpty()) {
            throw new FileAlreadyExistsException("/");
        }
        return new Key(requireFolder(path.subList(0, path.size() - 1)), path.get(path.size() - 1));
    }

    void create(List<String> path, SimulatedNode node) throws IOException {
        Key key = key(path);
        if (key.folder().names.containsKey(key.name())) {
            throw new FileAlreadyExistsException(text(path));
        }
        step();
        node.modified = steps;
        change(new NameChange(null, key, node));
    }

    /** Gives a file a second name. */
    void link(List<String> path, List<String> file) throws IOException {
        if (!links) {
            throw new UnsupportedOperationException("The file system has no links");
        }
        if (!(require(file) instanceof Data data)) {
            throw new IOException(text(file) + ": Is a directory");
        }
        Key key = key(path);
        if (key.folder().names.containsKey(key.name())) {
            throw new FileAlreadyExistsException(text(path));
        }
        step();
        change(new NameChange(null, key, data));
    }

    void delete(List<String> path) throws IOException {
        SimulatedNode node = require(path);
        if (node instanceof Folder folder && !folder.names.isEmpty()) {
            throw new DirectoryNotEmptyException(text(path));
        }
        step();
        change(new NameChange(key(path), null, null));
    }

    void move(List<String> from, List<String> to, boolean replaces) throws IOException {
        SimulatedNode node = require(from);
        SimulatedNode there = find(to);
        if (there == node) {
            return;
        }
        if (there != null && !replaces) {
            throw new FileAlreadyExistsException(text(to));
        }
        if (there instanceof Folder folder && !folder.names.isEmpty()) {
            throw new DirectoryNotEmptyException(text(to));
        }
        Key added = key(to);
        step();
        change(new NameChange(key(from), added, node));
    }

    private void change(NameChange change) {
        if (change.removed() != null) {
            change.removed().folder().names.remove(change.removed().name());
            change.removed().folder().modified = steps;
        }
        if (change.added() != null && change.node() != null) {
            change.added().folder().names.put(change.added().name(), change.node());
            change.added().folder().modified = steps;
        }
        unsynced.add(change);
    }

    static String text(List<String> path) {
        return "/" + String.join("/", path);
    }
}
