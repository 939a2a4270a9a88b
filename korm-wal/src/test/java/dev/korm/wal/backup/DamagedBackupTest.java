package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupId;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.Verification.Depth;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.PutOptions;
import dev.korm.testkit.Seed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that was altered is taken for a backup, and nothing is changed by the attempt. */
class DamagedBackupTest {
    private static final int FLIPS = 1000;
    private static final int SOME_FLIPS = 150;
    private static final int BACKUPS = 200;
    private static final int SOME_BACKUPS = 60;

    @TempDir
    Path folder;

    private BackupWorld world;

    @BeforeEach
    void world() {
        world = new BackupWorld(folder);
    }

    private static List<Rn<?>> files(Depot depot, BackupId id) {
        try (Stream<FileEntry> all = depot.list(Rn.prefix(depot.name(), BackupFolder.ROOT))) {
            List<Rn<?>> found = new ArrayList<>();
            all.map(FileEntry::rn)
                    .filter(rn -> rn.toString().contains(id.name()))
                    .filter(rn -> !rn.toString().endsWith("verified.json"))
                    .forEach(found::add);
            return found;
        }
    }

    private static byte[] bytes(Depot depot, Rn<?> file) {
        try (FileContent content = depot.get(file)) {
            return content.stream().readAllBytes();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /** Stores other bytes as whoever alters a file does, so that the depot's own checksum is right. */
    private static void put(Depot depot, Rn<?> file, byte[] bytes) {
        depot.put(file, new ByteArrayInputStream(bytes), PutOptions.NONE);
    }

    @Test
    void every_single_bit_that_is_flipped_is_noticed() {
        flip(SOME_FLIPS);
    }

    @Test
    @Tag("long")
    void a_thousand_single_bits_that_are_flipped_are_noticed() {
        flip(FLIPS);
    }

    /** Makes a full backup, a sealed one, and two increments of the latter, one of them sealed. */
    private List<BackupInfo> backups(Pool pool, int items) {
        BackupOptions options = BackupOptions.defaults();
        BackupWorld.fill(pool, 0, items);
        List<BackupInfo> made = new ArrayList<>();
        made.add(pool.backups().run("files", options));
        made.add(pool.backups().run("files", options.sealed()));
        for (int i = 0; i < 2; i++) {
            BackupWorld.fill(pool, 10_000 + 10 * i, 10_005 + 10 * i);
            BackupOptions adding = options.incremental();
            made.add(pool.backups().run("files", i == 0 ? adding : adding.sealed()));
        }
        assertThat(made)
                .extracting(BackupInfo::kind)
                .containsExactly(
                        BackupInfo.Kind.FULL,
                        BackupInfo.Kind.FULL,
                        BackupInfo.Kind.INCREMENT,
                        BackupInfo.Kind.INCREMENT);
        return made;
    }

    /** Returns the files that a backup needs: its own, and those of its chain. */
    private static List<Rn<?>> needed(Depot depot, List<BackupInfo> backups, int number) {
        List<Rn<?>> files = new ArrayList<>(files(depot, backups.get(number).id()));
        for (int base = 1; base < number; base++) {
            files.addAll(files(depot, backups.get(base).id()));
        }
        return files;
    }

    private void flip(int flips) {
        Random random = Seed.random(DamagedBackupTest.class);
        try (Pool pool = world.open("one")) {
            List<BackupInfo> backups = backups(pool, 40);
            Depot depot = pool.depot("files");
            for (int number = 0; number < backups.size(); number++) {
                BackupInfo backup = backups.get(number);
                List<Rn<?>> files = needed(depot, backups, number);
                int noticed = 0;
                for (int i = 0; i < flips; i++) {
                    Rn<?> file = files.get(random.nextInt(files.size()));
                    byte[] good = bytes(depot, file);
                    byte[] bad = good.clone();
                    int bit = random.nextInt(bad.length * Byte.SIZE);
                    bad[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
                    put(depot, file, bad);
                    assertThatThrownBy(() -> pool.backups().verify(backup.id(), Depth.QUICK))
                            .as("bit %d of %s", bit, file)
                            .isInstanceOfSatisfying(BackupException.class, damaged -> assertThat(damaged.reason())
                                    .isEqualTo(Reason.DAMAGED));
                    noticed++;
                    put(depot, file, good);
                }
                System.out.println("Flipped bits noticed: " + noticed + " of " + flips + " in " + files.size()
                        + " files of a backup of the kind " + backup.kind());
                assertThat(pool.backups().verify(backup.id(), Depth.QUICK).verified())
                        .isPresent();
            }
        }
    }

    @Test
    void no_damaged_or_foreign_backup_changes_the_pool_that_it_is_restored_into() {
        refuse(SOME_BACKUPS);
    }

    @Test
    @Tag("long")
    void two_hundred_damaged_backups_and_chains_change_nothing() {
        refuse(BACKUPS);
    }

    private void refuse(int damages) {
        Random random = Seed.random(DamagedBackupTest.class);
        List<BackupInfo> backups;
        try (Pool pool = world.open("one")) {
            backups = backups(pool, 300);
        }
        try (Pool target = world.open("two")) {
            BackupWorld.fill(target, 20_000, 20_010);
            Map<String, String> before = BackupWorld.state(target);
            int files = world.depot.names().size();
            Depot depot = target.depot("files");
            int refused = 0;
            while (refused < damages) {
                int number = refused % backups.size();
                BackupInfo some = backups.get(number);
                List<Rn<?>> parts = needed(depot, backups, number);
                Rn<?> file = parts.get(random.nextInt(parts.size()));
                byte[] good = bytes(depot, file);
                byte[] bad = damaged(random, good);
                if (Arrays.equals(good, bad)) {
                    continue;
                }
                if (bad.length == 0) {
                    depot.delete(file);
                } else {
                    put(depot, file, bad);
                }
                RestoreOptions options = random.nextBoolean() ? RestoreOptions.replace() : RestoreOptions.merge();
                assertThatThrownBy(() -> target.backups().restore(some.id(), options))
                        .isInstanceOfSatisfying(BackupException.class, why -> assertThat(why.reason())
                                .isIn(Reason.DAMAGED, Reason.MISSING));
                put(depot, file, good);
                refused++;
            }
            System.out.println("Damaged backups refused: " + refused + " of " + damages);
            assertThat(BackupWorld.state(target)).isEqualTo(before);
            assertThat(world.depot.names().stream().filter(name -> !name.endsWith("verified.json")))
                    .as("no safety copy was made")
                    .hasSizeBetween(files - backups.size(), files);
            assertThat(target.backups()
                            .restore(backups.get(1).id(), RestoreOptions.merge())
                            .created())
                    .isEqualTo(600);
        }
    }

    private static byte[] damaged(Random random, byte[] good) {
        int at = random.nextInt(good.length);
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(good, at);
            case 1 -> new byte[0];
            case 2 -> {
                byte[] longer = Arrays.copyOf(good, good.length + 1 + random.nextInt(50));
                random.nextBytes(longer);
                System.arraycopy(good, 0, longer, 0, good.length);
                yield longer;
            }
            case 3 -> {
                byte[] noise = good.clone();
                for (int i = at; i < Math.min(noise.length, at + 20); i++) {
                    noise[i] = (byte) random.nextInt();
                }
                yield noise;
            }
            case 4 -> {
                byte[] twice = Arrays.copyOf(good, good.length * 2);
                System.arraycopy(good, 0, twice, good.length, good.length);
                yield twice;
            }
            default -> "{\"format\":\"korm-backup\",\"version\":1}".getBytes(StandardCharsets.UTF_8);
        };
    }

    @Test
    void backups_of_another_pool_another_key_and_a_later_version_are_refused_by_name() {
        try (Pool pool = world.open("one", BackupWorld.ring("k1", 1))) {
            BackupWorld.fill(pool, 0, 10);
            BackupInfo backup =
                    pool.backups().run("files", BackupOptions.defaults().sealed());
            BackupInfo plain = pool.backups().run("files");
            Rn<?> manifest = files(pool.depot("files"), plain.id()).stream()
                    .filter(file -> file.toString().endsWith("manifest.json"))
                    .findFirst()
                    .get();
            put(pool.depot("files"), manifest, BackupWorld.later(bytes(pool.depot("files"), manifest)));
            refused(pool, plain.id(), RestoreOptions.replace(), Reason.NEWER);
            try (Pool other = world.open("two", BackupWorld.ring("k1", 2))) {
                refused(other, backup.id(), RestoreOptions.replace(), Reason.WRONG_KEY);
            }
            try (Pool other = world.open("three", BackupWorld.ring("k2", 1))) {
                refused(other, backup.id(), RestoreOptions.replace(), Reason.WRONG_KEY);
            }
            try (Pool other = world.openAlone("four", BackupWorld.ring("k1", 1))) {
                refused(other, backup.id(), RestoreOptions.replace(), Reason.FOREIGN);
                refused(other, backup.id(), RestoreOptions.replace().fromAnyPool(), Reason.FOREIGN);
                refused(
                        other,
                        backup.id(),
                        RestoreOptions.replace()
                                .fromAnyPool()
                                .layer("cars", "all")
                                .layer("people", "all"),
                        Reason.FOREIGN);
            }
        }
    }

    private static void refused(Pool pool, BackupId id, RestoreOptions options, Reason reason) {
        assertThatThrownBy(() -> pool.backups().restore(id, options))
                .isInstanceOfSatisfying(BackupException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(reason));
    }
}
