package dev.korm.testkit.fault;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/** A file or a folder of {@link CrashingFiles}: as programs see it, and as much of it as is on the disk. Guarded by its disk. */
abstract sealed class SimulatedNode {
    /** When its content was last changed, in steps of the disk. */
    long modified;

    /** Returns a copy, with those below it; one copy for each node. */
    abstract SimulatedNode copy(IdentityHashMap<SimulatedNode, SimulatedNode> copies);

    /** A folder. */
    static final class Folder extends SimulatedNode {
        final Map<String, SimulatedNode> names = new TreeMap<>();
        final Map<String, SimulatedNode> durable = new TreeMap<>();

        @Override
        Folder copy(IdentityHashMap<SimulatedNode, SimulatedNode> copies) {
            SimulatedNode known = copies.get(this);
            if (known != null) {
                return (Folder) known;
            }
            Folder copy = new Folder();
            copies.put(this, copy);
            copy.modified = modified;
            names.forEach((name, node) -> copy.names.put(name, node.copy(copies)));
            durable.forEach((name, node) -> copy.durable.put(name, node.copy(copies)));
            return copy;
        }
    }

    /** A file. */
    static final class Data extends SimulatedNode {
        private static final int[] UNITS = {16, 64, 512, 512, 4096};

        private byte[] bytes = new byte[0];
        private int size;
        private byte[] durable = new byte[0];
        private final List<Change> unsynced = new ArrayList<>();

        /** Locked ranges of each process. */
        final Map<SimulatedFileSystem, List<long[]>> locks = new HashMap<>();

        /** A write at an offset; or, without bytes, a truncation to it. */
        private static final class Change {
            private final int offset;
            private final byte[] bytes;
            private final boolean truncates;

            Change(int offset, byte[] bytes, boolean truncates) {
                this.offset = offset;
                this.bytes = bytes;
                this.truncates = truncates;
            }

            int sizeAfter(int before) {
                return truncates ? Math.min(before, offset) : Math.max(before, offset + bytes.length);
            }
        }

        @Override
        Data copy(IdentityHashMap<SimulatedNode, SimulatedNode> copies) {
            SimulatedNode known = copies.get(this);
            if (known != null) {
                return (Data) known;
            }
            Data copy = new Data();
            copies.put(this, copy);
            copy.modified = modified;
            copy.bytes = bytes.clone();
            copy.size = size;
            // Never written to in place.
            copy.durable = durable;
            copy.unsynced.addAll(unsynced);
            return copy;
        }

        int size() {
            return size;
        }

        int read(int offset, byte[] into, int from, int most) {
            int count = Math.min(most, size - offset);
            if (count <= 0) {
                return -1;
            }
            System.arraycopy(bytes, offset, into, from, count);
            return count;
        }

        void write(int offset, byte[] written) {
            Change change = new Change(offset, written, false);
            unsynced.add(change);
            bytes = applied(change, bytes, 0, Integer.MAX_VALUE);
            size = change.sizeAfter(size);
        }

        void truncate(int to) {
            Change change = new Change(to, new byte[0], true);
            unsynced.add(change);
            bytes = applied(change, bytes, 0, Integer.MAX_VALUE);
            size = change.sizeAfter(size);
        }

        void sync() {
            durable = Arrays.copyOf(bytes, size);
            unsynced.clear();
        }

        /** Lets a sync fail: the system calls the bytes written all the same, and never tries again. */
        void failSync(Random random) {
            durable = torn(random);
            unsynced.clear();
        }

        /** Cuts the power. */
        void crash(Random random) {
            durable = torn(random);
            bytes = durable.clone();
            size = durable.length;
            unsynced.clear();
            locks.clear();
        }

        /** Returns what may be on the disk: each part of the file as it was at some moment since the last sync, and so its length. */
        private byte[] torn(Random random) {
            if (unsynced.isEmpty()) {
                return durable;
            }
            int mode = random.nextInt(5);
            int count = unsynced.size();
            int unit = UNITS[random.nextInt(UNITS.length)];
            TreeSet<Integer> units = new TreeSet<>();
            for (Change change : unsynced) {
                for (int at = change.offset / unit; at * unit < change.offset + change.bytes.length; at++) {
                    units.add(at);
                }
            }
            byte[] torn = durable;
            for (int each : units) {
                int moment = moment(mode, count, random);
                for (Change change : unsynced.subList(0, moment)) {
                    torn = applied(change, torn == durable ? durable.clone() : torn, each * unit, (each + 1) * unit);
                }
            }
            int length = durable.length;
            for (Change change : unsynced.subList(0, moment(mode, count, random))) {
                length = change.sizeAfter(length);
            }
            return Arrays.copyOf(torn, length);
        }

        private static int moment(int mode, int count, Random random) {
            return switch (mode) {
                case 0 -> 0;
                case 1 -> count;
                default -> random.nextInt(count + 1);
            };
        }

        /** Does a change to what lies between two offsets. */
        private static byte[] applied(Change change, byte[] to, int from, int until) {
            if (change.truncates) {
                int start = Math.max(change.offset, from);
                if (start < Math.min(until, to.length)) {
                    Arrays.fill(to, start, Math.min(until, to.length), (byte) 0);
                }
                return to;
            }
            int start = Math.max(change.offset, from);
            int end = Math.min(change.offset + change.bytes.length, until);
            byte[] target = to;
            if (end > target.length) {
                target = Arrays.copyOf(to, until == Integer.MAX_VALUE ? Math.max(end, to.length * 2) : end);
            }
            if (end > start) {
                System.arraycopy(change.bytes, start - change.offset, target, start, end - start);
            }
            return target;
        }
    }
}
