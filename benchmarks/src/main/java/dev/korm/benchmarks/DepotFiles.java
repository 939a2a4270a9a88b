package dev.korm.benchmarks;

import dev.korm.Rn;
import dev.korm.benchmarks.rival.World;
import dev.korm.depots.local.LocalDepot;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Files in a folder, beside the same by hand. Arguments: megabytes of the large file, number of the small ones, rounds. Run it with
 * {@code -Xmx32m}: that is enough for any size.
 */
final class DepotFiles {
    private static final int SMALL = 4096;
    private static final int BUFFER = 128 * 1024;

    private final Path folder;
    private final Depot depot;
    private final int rounds;

    private interface Work {
        void run(int round) throws Exception;
    }

    private DepotFiles(Path folder, Depot depot, int rounds) {
        this.folder = folder;
        this.depot = depot;
        this.rounds = rounds;
    }

    /** Measures and prints. */
    public static void main(String[] arguments) throws Exception {
        int megabytes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 256;
        int files = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2000;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
        Path folder = Files.createTempDirectory("korm-depot-benchmark-");
        try (Depot depot = LocalDepot.at(folder.resolve("depot")).open("files", Environment.system())) {
            DepotFiles measured = new DepotFiles(folder, depot, rounds);
            measured.large(megabytes);
            measured.small(files);
        } finally {
            World.delete(folder);
        }
    }

    private void large(int megabytes) throws Exception {
        Path source = folder.resolve("source");
        try (OutputStream out = Files.newOutputStream(source)) {
            byte[] piece = new byte[1024 * 1024];
            new Random(7).nextBytes(piece);
            for (int i = 0; i < megabytes; i++) {
                piece[0] = (byte) i;
                out.write(piece);
            }
        }
        Rn<?> file = Rn.file("files", "large");
        Path copy = folder.resolve("copy");
        compare(
                "put of " + megabytes + " MB / Files.copy and a pass of SHA-256",
                round -> {
                    try (InputStream in = Files.newInputStream(source)) {
                        depot.put(file, in, PutOptions.NONE);
                    }
                },
                round -> {
                    Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
                    digest(copy);
                });
        compare(
                "put of " + megabytes + " MB / the same with a sync",
                round -> {
                    try (InputStream in = Files.newInputStream(source)) {
                        depot.put(file, in, PutOptions.NONE);
                    }
                },
                round -> {
                    Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
                    try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
                        channel.force(true);
                    }
                    digest(copy);
                });
        compare(
                "get of " + megabytes + " MB / Files.copy and a pass of SHA-256",
                round -> {
                    try (FileContent content = depot.get(file);
                            OutputStream out = Files.newOutputStream(copy)) {
                        transfer(content.stream(), out);
                    }
                },
                round -> {
                    Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
                    digest(copy);
                });
        compare(
                "1 MB out of the middle / by hand",
                round -> {
                    try (FileContent part = depot.get(file, new ByteRange(megabytes * 500_000L, 1_000_000))) {
                        transfer(part.stream(), OutputStream.nullOutputStream());
                    }
                },
                round -> {
                    try (FileChannel channel = FileChannel.open(source, StandardOpenOption.READ)) {
                        channel.position(megabytes * 500_000L).read(ByteBuffer.allocate(1_000_000));
                    }
                });
        Runtime runtime = Runtime.getRuntime();
        System.out.printf(Locale.ROOT, "heap at the most: %d MB%n", runtime.maxMemory() / 1024 / 1024);
    }

    private void small(int count) throws Exception {
        byte[] content = new byte[SMALL];
        Path plain = Files.createDirectory(folder.resolve("plain"));
        compare(
                count + " puts of 4 KB / temporary file, sync, rename and sync of the folder",
                round -> {
                    for (int i = 0; i < count; i++) {
                        depot.put(
                                Rn.file("files", "small" + round, "f" + i),
                                new ByteArrayInputStream(content),
                                PutOptions.NONE);
                    }
                },
                round -> {
                    Path target = Files.createDirectory(plain.resolve("small" + round));
                    for (int i = 0; i < count; i++) {
                        byHand(plain.resolve("temporary"), target.resolve("f" + i), content);
                    }
                });
    }

    private static void byHand(Path temporary, Path target, byte[] content) throws IOException {
        try (FileChannel channel =
                FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(content));
            channel.force(true);
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel channel = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void transfer(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            out.write(buffer, 0, read);
        }
    }

    private static void digest(Path file) throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        if (digest.digest().length == 0) {
            throw new IllegalStateException("A digest has bytes");
        }
    }

    /** Alternates both, and prints how fast korm is in rivals: 1 is as fast. */
    private void compare(String what, Work korm, Work rival) throws Exception {
        double[] ratios = new double[rounds];
        double[] times = new double[rounds];
        korm.run(-1);
        rival.run(-1);
        for (int round = 0; round < rounds; round++) {
            long begin = System.nanoTime();
            korm.run(round);
            long between = System.nanoTime();
            rival.run(round);
            long end = System.nanoTime();
            times[round] = (between - begin) / 1e6;
            ratios[round] = (end - between) / (double) (between - begin);
        }
        Arrays.sort(ratios);
        Arrays.sort(times);
        System.out.printf(
                Locale.ROOT,
                "%s: %.2f times as fast (%.2f to %.2f), %.1f ms%n",
                what,
                ratios[rounds / 2],
                ratios[0],
                ratios[rounds - 1],
                times[rounds / 2]);
    }
}
