package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.recovery.JournalException;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.testkit.Seed;
import dev.korm.testkit.fault.CrashingFiles;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.wal.format.SegmentHeader;
import dev.korm.wal.format.WalFormat;
import dev.korm.wal.run.Steps;
import dev.korm.wal.run.Steps.Shortcut;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A log of three segments with bytes changed or cut off. What is damaged is told with the file and the offset; only what may be the torn end of the log is cut,
 * which is the last append.
 */
class DamagedLogTest {
    private static final int APPENDS = 14;

    /** In memory: no crash is looked at here, and a disk takes its time for thousands of logs. */
    private final Path folder = CrashingFiles.seeded(1).process().getPath("/");

    private final VirtualEnvironment world = VirtualEnvironment.seeded(1);
    private final Map<String, byte[]> log = new TreeMap<>();
    private Set<String> whole = Set.of();
    private Set<String> withoutLast = Set.of();
    private String run = "";
    private int journals;
    private Steps steps = Steps.ALL;

    /** A test that damages the log. */
    @FunctionalInterface
    private interface Damage {
        void run() throws IOException;
    }

    private Wal wal(Path place) {
        return Wal.at(place).with(new Wal.Settings(600, 8, 100, steps));
    }

    private Journal open(Path place) {
        return wal(place).open(new JournalContext("a-pool", world, name -> {
            throw new AssertionError(name);
        }));
    }

    private static JournalEntry entry(int number) {
        String body = "body " + number + "x".repeat(number * 7);
        return new JournalEntry(
                Kind.PREPARED, "c-" + number, ByteBuffer.wrap(body.getBytes(StandardCharsets.US_ASCII)));
    }

    @BeforeEach
    void write() throws IOException {
        Path place = folder.resolve("written");
        Journal journal = open(place);
        for (int i = 0; i < APPENDS; i++) {
            journal.append(i % 3 == 2 ? List.of(entry(i), JournalEntry.done("c-" + (i - 1))) : List.of(entry(i)));
        }
        journal.close();
        run = journal.run();
        try (Stream<Path> files = Files.list(place.resolve(run))) {
            for (Path file : files.toList()) {
                log.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        assertThat(log.keySet()).hasSize(4);
        whole = found(log);
        assertThat(whole).hasSize(10);
        // The last append: an entry, and the end of the one before.
        withoutLast = new TreeSet<>(whole);
        withoutLast.remove("c-13");
    }

    /** Returns what a run finds that comes after a log of these files. */
    private Set<String> found(Map<String, byte[]> files) throws IOException {
        Path place = folder.resolve("read-" + journals++);
        Path of = Files.createDirectories(place.resolve(run));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(of.resolve(file.getKey()), file.getValue());
        }
        Journal journal = open(place);
        Set<String> found = new TreeSet<>();
        try (UnfinishedEntries entries = journal.unfinished()) {
            for (Optional<JournalEntry> next = entries.next(); next.isPresent(); next = entries.next()) {
                JournalEntry entry = next.get();
                int number = Integer.parseInt(entry.change().substring(2));
                assertThat(entry.body()).isEqualTo(entry(number).body());
                found.add(entry.change());
            }
        } finally {
            journal.close();
            delete(place);
        }
        return found;
    }

    private static void delete(Path place) throws IOException {
        try (Stream<Path> files = Files.walk(place)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Returns what is found when one file is otherwise: the whole, all but the last append, or null for an error that names file and offset. */
    private String foundWith(String file, UnaryOperator<byte[]> change, String what) throws IOException {
        Map<String, byte[]> changed = new TreeMap<>(log);
        changed.put(file, change.apply(log.get(file).clone()));
        try {
            Set<String> found = found(changed);
            assertThat(found).as(what).isIn(whole, withoutLast);
            return found.equals(whole) ? "whole" : "cut";
        } catch (JournalException damaged) {
            assertThat(damaged)
                    .as(what)
                    .hasMessageMatching("(?s).*" + file.replace(".", "\\.") + " is damaged at offset \\d+: .*")
                    .hasMessageContaining("Restore it from a copy")
                    .hasNoCause();
            return "told";
        }
    }

    @Test
    void a_byte_that_is_changed_anywhere_is_told_or_is_the_end_or_means_nothing() throws IOException {
        Random random = Seed.random(getClass());
        List<String> files = new ArrayList<>(log.keySet());
        String last = files.get(files.size() - 2);
        Map<String, Integer> counts = new TreeMap<>();
        for (String file : files) {
            for (int at = 0; at < log.get(file).length; at++) {
                int offset = at;
                byte mask = (byte) (1 << random.nextInt(8));
                String what = file + ", bit " + mask + " of byte " + at;
                String found = foundWith(
                        file,
                        bytes -> {
                            bytes[offset] ^= mask;
                            return bytes;
                        },
                        what);
                counts.merge(found, 1, Integer::sum);
                if (!file.equals(last)) {
                    assertThat(found).as(what).isNotEqualTo("cut");
                }
            }
        }
        System.out.println("Changed bytes: " + counts);
        assertThat(counts.get("told")).isGreaterThan(counts.get("cut"));
    }

    /** Of an append of two entries, whatever length its frame is said to have, both are found or none. */
    @Test
    void a_length_that_is_changed_makes_no_shorter_append() throws IOException {
        Path place = folder.resolve("two-entries");
        Journal journal = open(place);
        journal.append(List.of(entry(1), entry(2)));
        journal.close();
        Path segment = place.resolve(journal.run()).resolve("00000001.wal");
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(segment.getParent())) {
            for (Path file : all.toList()) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        run = journal.run();
        byte[] bytes = files.get(segment.getFileName().toString());
        ByteBuffer written = ByteBuffer.wrap(bytes);
        int frame = (int) new SegmentHeader(run, "a-pool", 1, 1, 0, 0).end();
        assertThat(written.getInt(frame)).isEqualTo(WalFormat.FRAME_MAGIC);
        int at = frame + 2 * Integer.BYTES;
        long length = written.getLong(at);
        for (long changed = 0; changed <= length; changed++) {
            written.putLong(at, changed);
            assertThat(found(files))
                    .as("of " + length + " bytes, said to be " + changed)
                    .isIn(Set.of("c-1", "c-2"), Set.of());
        }
    }

    @Test
    void a_file_that_is_cut_off_anywhere_is_told_or_is_the_end() throws IOException {
        List<String> files = new ArrayList<>(log.keySet());
        String last = files.get(files.size() - 2);
        Map<String, Integer> counts = new TreeMap<>();
        for (String file : files) {
            for (int length = 0; length < log.get(file).length; length++) {
                int kept = length;
                String what = file + " cut off at " + length;
                // A segment without a single whole frame may be one that was being made when the power went.
                boolean isEmpty = file.equals(last) && isBeforeTheFirstFrame(length);
                if (!isEmpty) {
                    counts.merge(foundWith(file, bytes -> Arrays.copyOf(bytes, kept), what), 1, Integer::sum);
                }
            }
        }
        System.out.println("Cut files: " + counts);
        assertThat(counts).doesNotContainKey("cut");
    }

    private boolean isBeforeTheFirstFrame(int length) {
        return length <= new SegmentHeader(run, "a-pool", 1, 1, 0, 0).end();
    }

    /** Those of the journal's controls that no crash can show, since it changes no bytes that are on the disk. A gap is told in any case, and by this check of the right file. */
    @ParameterizedTest
    @EnumSource(names = {"FRAMES_UNCHECKED", "SEGMENT_ENDS_UNCHECKED", "GAPS_UNCHECKED", "DAMAGE_TAKEN_FOR_A_TORN_END"})
    void a_check_that_is_left_out_is_noticed(Shortcut shortcut) throws IOException {
        steps = new Steps(Set.of(shortcut));
        for (Damage damage : List.<Damage>of(
                this::a_segment_that_is_missing_is_told,
                this::a_length_that_is_changed_makes_no_shorter_append,
                this::a_file_that_is_cut_off_anywhere_is_told_or_is_the_end,
                this::a_byte_that_is_changed_anywhere_is_told_or_is_the_end_or_means_nothing)) {
            try {
                damage.run();
            } catch (AssertionError noticed) {
                System.out.println(shortcut + " is noticed: " + noticed.getMessage());
                return;
            }
        }
        throw new AssertionError("Nothing shows that this check is left out: " + shortcut);
    }

    @Test
    void a_segment_that_is_missing_is_told() throws IOException {
        List<String> segments =
                log.keySet().stream().filter(name -> name.endsWith(".wal")).toList();
        for (String segment : segments.subList(1, segments.size() - 1)) {
            Map<String, byte[]> changed = new TreeMap<>(log);
            changed.remove(segment);
            try {
                found(changed);
                throw new AssertionError(segment + " is missing, and nothing tells");
            } catch (JournalException damaged) {
                assertThat(damaged).hasMessageContaining(segment).hasMessageContaining("missing");
            }
        }
    }
}
