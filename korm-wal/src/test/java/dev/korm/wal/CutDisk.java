package dev.korm.wal;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A disk of its own, whose power can be cut: an ext4 file system in a file of this machine, mounted by a loop device. The cut is the call by which the system
 * stops a file system without writing anything more to it, so what was not synced is lost as by a loss of power. It needs Linux, the rights of root, a
 * loop device, and {@code mkfs.ext4}, {@code mount}, {@code umount} and {@code python3}, which makes the call.
 */
final class CutDisk implements AutoCloseable {
    private static final long SIZE = 96L << 20;
    private static final int SECONDS = 60;

    /** {@code ioctl(FS_IOC_SHUTDOWN, FS_SHUTDOWN_FLAGS_NOLOGFLUSH)}, which is {@code _IOR('X', 125, __u32)} with 2. */
    private static final String SHUTDOWN = "import fcntl, os, struct, sys\n"
            + "folder = os.open(sys.argv[1], os.O_RDONLY)\n"
            + "fcntl.ioctl(folder, 0x8004587d, struct.pack('I', 2))\n";

    private final Path folder;
    private final Path image;
    private final Path fresh;
    private final Path mounted;
    private boolean isMounted;

    private CutDisk(Path folder) throws IOException {
        this.folder = folder;
        this.image = folder.resolve("disk.img");
        this.fresh = folder.resolve("fresh.img");
        this.mounted = Files.createDirectory(folder.resolve("disk"));
    }

    /** Makes a disk, or skips the test where that is not possible. */
    static CutDisk make(Path folder) throws IOException {
        CutDisk disk = new CutDisk(folder);
        try (FileChannel file = FileChannel.open(disk.fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(1), SIZE - 1);
        }
        requireTool(disk, "mkfs.ext4", "-q", "-F", "-m", "0", disk.fresh.toString());
        disk.renew();
        requireTool(disk, "python3", "--version");
        requireTool(disk, "mount", "-o", "loop", disk.image.toString(), disk.mounted.toString());
        disk.isMounted = true;
        return disk;
    }

    private static void requireTool(CutDisk disk, String... command) throws IOException {
        String failure = disk.failure(command);
        assumeTrue(
                failure.isEmpty(),
                () -> "No power can be cut here, since \"" + String.join(" ", command) + "\" fails: " + failure);
    }

    /** Returns the folder that it is mounted at. */
    Path root() {
        return mounted;
    }

    /** Cuts the power. Whatever is written or synced from now on fails. */
    void cut() throws IOException {
        run("python3", "-c", SHUTDOWN, mounted.toString());
    }

    /** Returns to the power: what is on the disk is mounted again, as by a start of the system. */
    void restart() throws IOException {
        unmount();
        mount();
    }

    /** Begins with an empty disk. */
    void clear() throws IOException {
        unmount();
        renew();
        mount();
    }

    private void renew() throws IOException {
        run("cp", "--sparse=always", fresh.toString(), image.toString());
    }

    private void mount() throws IOException {
        run("mount", "-o", "loop", image.toString(), mounted.toString());
        isMounted = true;
    }

    private void unmount() throws IOException {
        if (isMounted) {
            run("umount", mounted.toString());
            isMounted = false;
        }
    }

    private void run(String... command) throws IOException {
        String failure = failure(command);
        if (!failure.isEmpty()) {
            throw new IOException(String.join(" ", command) + " fails: " + failure);
        }
    }

    /** Runs a program to its end; returns what it says of its failure, and nothing when it succeeds. */
    private String failure(String... command) throws IOException {
        Path output = folder.resolve("output.txt");
        Process process;
        try {
            process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException missing) {
            return missing.toString();
        }
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "it has not ended within " + SECONDS + " s";
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return "interrupted";
        }
        return process.exitValue() == 0
                ? ""
                : "exit " + process.exitValue() + " "
                        + Files.readString(output, StandardCharsets.UTF_8).strip();
    }

    @Override
    public void close() throws IOException {
        unmount();
    }
}
