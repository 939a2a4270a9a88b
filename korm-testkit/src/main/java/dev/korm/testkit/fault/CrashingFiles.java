package dev.korm.testkit.fault;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Files in memory that lose, tear and reorder what was not synced when the power goes, as disks may, and that fail where a test says so.
 *
 * <pre>{@code
 * CrashingFiles files = CrashingFiles.seeded(42);
 * FileSystem process = files.process();
 * Files.writeString(process.getPath("/lost.txt"), "x");
 * files.crash(43);
 * assertThat(files.process().getPath("/lost.txt"))…
 * }</pre>
 *
 * <p>The bytes of a file are durable when {@code FileChannel.force} has returned, names when that of a channel on their folder has. A process is a
 * file system of its own on the same files, with locks of its own, which go when it is killed, or when it closes any channel of a locked file, as on Unix.
 * An interrupt closes the channel that its thread is in. There are hard links, and no symbolic ones, owners or permissions. All chances follow from the seeds. Safe for many threads.
 */
public final class CrashingFiles {
    private final SimulatedDisk disk;
    private final List<SimulatedFileSystem> processes = new ArrayList<>();

    /** The ways in which a write or a sync fails. */
    public enum Failure {
        /** The disk does not work. After a sync that failed so, the next one succeeds, and what the first was to write may be lost. */
        EIO("Input/output error"),
        /** The disk is full. */
        ENOSPC("No space left on device");

        private final String message;

        Failure(String message) {
            this.message = message;
        }

        String message() {
            return message;
        }
    }

    private CrashingFiles(SimulatedDisk disk) {
        this.disk = disk;
    }

    /** Returns an empty disk. */
    public static CrashingFiles seeded(long seed) {
        return new CrashingFiles(new SimulatedDisk(seed));
    }

    /**
     * Returns a disk with what is on this one now, synced or not, and without its processes; this one goes on. So one run can be cut
     * off at each of its steps, and in several ways at each.
     *
     * @param seed of the chances of the copy
     */
    public CrashingFiles copy(long seed) {
        synchronized (disk) {
            return new CrashingFiles(disk.copy(seed));
        }
    }

    /**
     * Lets syncs do nothing and say that all is well, of some files and folders by their paths: to see that a test notices.
     */
    public void leaveOutSyncs(Predicate<String> paths) {
        synchronized (disk) {
            disk.leaveOutSyncs(paths);
        }
    }

    /** Lets nobody open some folders, by their paths, as where the right to read them is missing. */
    public void denyFolders(Predicate<String> paths) {
        synchronized (disk) {
            disk.denyFolders(paths);
        }
    }

    /** Lets files have one name alone, as on file systems without hard links. */
    public void leaveOutLinks() {
        synchronized (disk) {
            disk.leaveOutLinks();
        }
    }

    /** Calls back before each step, by the thread that makes it and with the disk locked. What the callback throws, the step throws. */
    public void beforeStep(Runnable callback) {
        synchronized (disk) {
            disk.beforeStep(callback);
        }
    }

    /** Returns the files as a new process sees them. */
    public FileSystem process() {
        synchronized (disk) {
            SimulatedFileSystem process = new SimulatedFileSystem(disk);
            processes.add(process);
            return process;
        }
    }

    /** Ends a process: whatever it still asks for fails. Nothing that it wrote is lost. */
    public void kill(FileSystem process) {
        try {
            process.close();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        synchronized (disk) {
            processes.remove(process);
        }
    }

    /** Cuts the power and turns it on again: ends all processes, and loses what the seed says of what was not synced. */
    public void crash(long seed) {
        synchronized (disk) {
            List.copyOf(processes).forEach(this::kill);
            disk.crash(seed);
        }
    }

    /** Stops the machine in the middle of a step, from which on all calls fail, until {@link #crash} or {@link #resume}. 1 is the next step. */
    public void stopAt(int step) {
        synchronized (disk) {
            disk.stopAt(step);
        }
    }

    /** Ends a stop, as if only the processes had been killed, and whatever was to fail. */
    public void resume() {
        synchronized (disk) {
            List.copyOf(processes).forEach(this::kill);
            disk.resume();
        }
    }

    /** Returns how many steps were made: writes, syncs, and changes of names. */
    public int steps() {
        synchronized (disk) {
            return disk.steps();
        }
    }

    /** Lets a write fail after a part of it. 1 is the next write. */
    public void failWrite(int which, Failure failure) {
        synchronized (disk) {
            disk.failWrite(which, failure);
        }
    }

    /** Lets a sync fail, of a file or a folder. 1 is the next sync. */
    public void failSync(int which, Failure failure) {
        synchronized (disk) {
            disk.failSync(which, failure);
        }
    }
}
