package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Rn;
import dev.korm.recovery.JournalException;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.testkit.Seed;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryDepot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log in a depot with bytes changed, cut off or gone. An object is stored whole or not at all, so all of it is damage. */
class DamagedObjectTest {
    private final VirtualEnvironment world = VirtualEnvironment.seeded(1);
    private final Map<Rn<?>, byte[]> log =
            new TreeMap<>((one, other) -> one.toString().compareTo(other.toString()));

    private Journal open(Depot depot) {
        return Wal.in("files").namespace("demo").open(new JournalContext("a-pool", world, name -> depot));
    }

    private static void put(Depot depot, Rn<?> file, byte[] bytes) {
        depot.put(file, new ByteArrayInputStream(bytes), PutOptions.NONE);
    }

    @BeforeEach
    void write() throws IOException {
        Depot depot = MemoryDepot.create().open("files", world);
        Journal journal = open(depot);
        for (int i = 0; i < 4; i++) {
            ByteBuffer body = ByteBuffer.wrap(("body " + i).getBytes(StandardCharsets.US_ASCII));
            journal.append(List.of(new JournalEntry(Kind.PREPARED, "c-" + i, body)));
        }
        journal.close();
        try (Stream<FileEntry> files = depot.list(Rn.prefix("files", "__korm_wal__"))) {
            for (FileEntry file : files.toList()) {
                try (FileContent content = depot.get(file.rn())) {
                    log.put(file.rn(), content.stream().readAllBytes());
                }
            }
        }
        assertThat(log.keySet()).hasSize(6);
        assertThat(found(log)).isEqualTo(4);
    }

    private int found(Map<Rn<?>, byte[]> files) {
        Depot depot = MemoryDepot.create().open("files", world);
        files.forEach((file, bytes) -> put(depot, file, bytes));
        int found = 0;
        Journal journal = open(depot);
        try (UnfinishedEntries entries = journal.unfinished()) {
            while (entries.next().isPresent()) {
                found++;
            }
        } finally {
            journal.close();
        }
        return found;
    }

    private void requireTold(Rn<?> file, byte[] bytes, String what) {
        Map<Rn<?>, byte[]> changed = new TreeMap<>(log);
        changed.put(file, bytes);
        assertThatThrownBy(() -> found(changed))
                .as(what)
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(file + " is damaged at offset ")
                .hasMessageContaining("Restore it from a copy");
    }

    private List<Rn<?>> objects() {
        return log.keySet().stream()
                .filter(file -> !file.toString().endsWith(":lease"))
                .toList();
    }

    @Test
    void each_byte_that_is_changed_is_told() {
        Random random = Seed.random(getClass());
        for (Rn<?> object : objects()) {
            for (int at = 0; at < log.get(object).length; at++) {
                byte[] bytes = log.get(object).clone();
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                requireTold(object, bytes, object + ", byte " + at);
            }
        }
    }

    @Test
    void each_other_length_is_told() {
        for (Rn<?> object : objects()) {
            byte[] bytes = log.get(object);
            for (int length = 0; length < bytes.length + 3; length++) {
                if (length != bytes.length) {
                    requireTold(object, Arrays.copyOf(bytes, length), object + " of " + length + " bytes");
                }
            }
        }
    }

    @Test
    void an_object_that_is_missing_or_in_the_place_of_another_is_told() {
        List<Rn<?>> objects = objects();
        for (int i = 1; i < 4; i++) {
            Map<Rn<?>, byte[]> changed = new TreeMap<>(log);
            changed.remove(objects.get(i));
            Rn<?> gone = objects.get(i);
            assertThatThrownBy(() -> found(changed))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining(gone + " is damaged")
                    .hasMessageContaining("missing");
            requireTold(gone, log.get(objects.get(i - 1)), "the object before");
        }
    }

    @Test
    void a_depot_that_finds_the_damage_itself_is_not_the_end_of_the_message() {
        MemoryDepot store = MemoryDepot.create();
        Depot depot = store.open("files", world);
        log.forEach((file, bytes) -> put(depot, file, bytes));
        store.damage(objects().get(2));
        try (Journal journal = open(depot)) {
            assertThatThrownBy(journal::unfinished)
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining(objects().get(2) + " is damaged");
        }
    }
}
