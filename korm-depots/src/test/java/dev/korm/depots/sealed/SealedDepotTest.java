package dev.korm.depots.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.depot.CorruptFileException;
import dev.korm.depots.local.LocalDepot;
import dev.korm.depots.local.LocalDepotTest;
import dev.korm.file.FileRef;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.key.MissingKeyException;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.DepotContract;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedDepotTest extends DepotContract {
    private static final KeyRing RING = ring("first", "first");

    @TempDir
    Path folder;

    @Override
    protected DepotSource source() {
        return SealedDepot.in(LocalDepot.at(folder), RING);
    }

    @Override
    protected void damage(Rn<?> file) {
        LocalDepotTest.damage(folder, file);
    }

    /** The sealed bytes as they lie, without what the folder's own checksum would notice. */
    private void rewrite(String name, byte[] sealed) throws Exception {
        Files.delete(folder.resolve(name));
        Files.write(folder.resolve(name), sealed);
    }

    private void assertDamaged(String name) {
        assertThatExceptionOfType(CorruptFileException.class).isThrownBy(() -> bytes(file(name)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 200_000})
    void every_size_comes_back_and_is_told_from_the_sealed_size(int size) throws Exception {
        byte[] content = random(size, size);

        put(file("a"), content);

        assertThat(bytes(file("a"))).isEqualTo(content);
        long sealed = Files.size(folder.resolve("a"));
        assertThat(sealed).isEqualTo(SealedFormat.sealedSize(size));
        assertThat(SealedFormat.clearSize(sealed)).isEqualTo(size);
        assertThat(depot().stat(file("a")).orElseThrow().size()).isEqualTo(size);
    }

    @Test
    void the_store_holds_none_of_the_clear_bytes() throws Exception {
        put(file("a"), "a very secret invoice".repeat(10).getBytes(StandardCharsets.UTF_8));

        assertThat(new String(Files.readAllBytes(folder.resolve("a")), StandardCharsets.ISO_8859_1))
                .doesNotContain("secret");
    }

    @Test
    void two_files_of_the_same_bytes_have_nothing_in_common() throws Exception {
        put(file("a"), new byte[1000]);
        put(file("b"), new byte[1000]);

        byte[] one = Files.readAllBytes(folder.resolve("a"));
        byte[] two = Files.readAllBytes(folder.resolve("b"));
        assertThat(Arrays.copyOfRange(one, SealedFormat.HEADER, one.length))
                .isNotEqualTo(Arrays.copyOfRange(two, SealedFormat.HEADER, two.length));
    }

    @Test
    void a_file_cut_short_does_not_open_wherever_it_was_cut() throws Exception {
        put(file("a"), random(1, 200_000));
        byte[] sealed = Files.readAllBytes(folder.resolve("a"));
        int piece = SealedFormat.PIECE + SealedFormat.TAG;

        for (int length : List.of(
                0,
                10,
                SealedFormat.HEADER,
                SealedFormat.HEADER + piece,
                SealedFormat.HEADER + 2 * piece,
                SealedFormat.HEADER + piece + SealedFormat.TRAILER,
                SealedFormat.HEADER + 2 * piece + SealedFormat.TRAILER,
                sealed.length - SealedFormat.TRAILER,
                sealed.length - 1)) {
            rewrite("a", Arrays.copyOf(sealed, length));
            assertDamaged("a");
        }
        rewrite("a", Arrays.copyOf(sealed, sealed.length + 1));
        assertDamaged("a");
        rewrite("a", sealed);
        assertThat(bytes(file("a"))).isEqualTo(random(1, 200_000));
    }

    @Test
    void pieces_that_are_exchanged_or_dropped_do_not_open() throws Exception {
        put(file("a"), random(1, 4 * SealedFormat.PIECE));
        byte[] sealed = Files.readAllBytes(folder.resolve("a"));
        int piece = SealedFormat.PIECE + SealedFormat.TAG;
        byte[] exchanged = sealed.clone();
        System.arraycopy(sealed, SealedFormat.HEADER, exchanged, SealedFormat.HEADER + piece, piece);
        System.arraycopy(sealed, SealedFormat.HEADER + piece, exchanged, SealedFormat.HEADER, piece);
        byte[] dropped = new byte[sealed.length - piece];
        System.arraycopy(sealed, 0, dropped, 0, SealedFormat.HEADER + piece);
        System.arraycopy(
                sealed,
                SealedFormat.HEADER + 2 * piece,
                dropped,
                SealedFormat.HEADER + piece,
                sealed.length - SealedFormat.HEADER - 2 * piece);

        byte[] withoutLast = new byte[sealed.length - piece];
        System.arraycopy(sealed, 0, withoutLast, 0, SealedFormat.HEADER + 3 * piece);
        System.arraycopy(
                sealed,
                sealed.length - SealedFormat.TRAILER,
                withoutLast,
                SealedFormat.HEADER + 3 * piece,
                SealedFormat.TRAILER);

        rewrite("a", withoutLast);
        assertDamaged("a");
        rewrite("a", exchanged);
        assertDamaged("a");
        rewrite("a", dropped);
        assertDamaged("a");
    }

    @Test
    void a_file_under_the_name_of_another_does_not_open() throws Exception {
        put(file("a"), random(1, 1000));
        put(file("b"), random(2, 1000));
        byte[] one = Files.readAllBytes(folder.resolve("a"));

        rewrite("b", one);

        assertDamaged("b");
        try (Depot renamed = source().open("others", Environment.system())) {
            assertThatExceptionOfType(CorruptFileException.class).isThrownBy(() -> renamed.get(Rn.file("others", "a")));
        }
    }

    @Test
    void every_single_bit_counts() throws Exception {
        put(file("a"), random(1, 100));
        byte[] sealed = Files.readAllBytes(folder.resolve("a"));

        // The padding behind the key's id is authenticated as everything is.
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 0x10;
            rewrite("a", changed);
            assertThatThrownBy(() -> bytes(file("a")))
                    .isInstanceOfAny(CorruptFileException.class, MissingKeyException.class);
        }
    }

    @Test
    void a_range_opens_only_its_pieces() throws Exception {
        byte[] content = random(1, 5 * SealedFormat.PIECE);
        put(file("a"), content);
        byte[] sealed = Files.readAllBytes(folder.resolve("a"));
        sealed[SealedFormat.HEADER + 5] ^= 1;
        rewrite("a", sealed);

        try (FileContent part = depot().get(file("a"), new ByteRange(3 * SealedFormat.PIECE - 10, 20))) {
            assertThat(part.stream().readAllBytes())
                    .isEqualTo(Arrays.copyOfRange(content, 3 * SealedFormat.PIECE - 10, 3 * SealedFormat.PIECE + 10));
        }
        assertThatExceptionOfType(CorruptFileException.class)
                .isThrownBy(() -> depot().get(file("a"), new ByteRange(100, 10)));
    }

    @Test
    void files_of_an_older_key_open_and_new_ones_take_the_current() {
        put(file("a"), new byte[] {1});
        try (Depot rotated = open(ring("second", "first", "second"));
                Depot forgetful = open(ring("second", "second"))) {
            rotated.put(file("b"), new java.io.ByteArrayInputStream(new byte[2]), dev.korm.spi.depot.PutOptions.NONE);

            assertThat(rotated.stat(file("a"))).isPresent();
            assertThat(forgetful.stat(file("b"))).isPresent();
            assertThatExceptionOfType(MissingKeyException.class)
                    .isThrownBy(() -> forgetful.get(file("a")))
                    .withMessageContaining(file("a").toString())
                    .withMessageContaining("\"first\"")
                    .withMessageContaining("Put that key back");
        }
    }

    @Test
    void a_file_that_is_copied_onto_itself_takes_the_current_key() {
        put(file("a"), new byte[] {1, 2, 3});
        try (Depot rotated = open(ring("second", "first", "second"));
                Depot forgetful = open(ring("second", "second"))) {
            rotated.copy(file("a"), file("a"));

            try (FileContent content = forgetful.get(file("a"))) {
                assertThat(content.stream()).hasBinaryContent(new byte[] {1, 2, 3});
            }
        }
    }

    @Test
    void a_key_of_another_content_does_not_open_the_file() {
        put(file("a"), new byte[] {1});
        try (KeyRing other = KeyRing.of("first", Map.of("first", random(9, 32)));
                Depot wrong = open(other)) {
            assertThatExceptionOfType(CorruptFileException.class).isThrownBy(() -> wrong.get(file("a")));
        }
    }

    @Test
    void one_ring_serves_the_pool_and_its_files_with_different_keys() throws Exception {
        KeyRing ring = ring("first", "first");
        byte[] fields = ring.derive("first", "korm.fields", 32);
        assertThat(SealingKey.of(ring, "first").secret()).isNotEqualTo(fields).isNotEqualTo(random(7, 32));
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.memory())
                .depot("files", SealedDepot.in(LocalDepot.at(folder), ring))
                .keys(ring)
                .open()) {
            Item<Letter> letter = Korm.item(Letter.class, pool)
                    .fromData(
                            "letters",
                            "private",
                            new Letter(
                                    Encrypted.of("hidden subject"),
                                    FileRef.of("files", "scan", "hidden text".getBytes(StandardCharsets.UTF_8))))
                    .create();

            assertThat(letter.data().subject().reveal()).isEqualTo("hidden subject");
            assertThat(letter.data().scan().text()).isEqualTo("hidden text");
            assertThat(Files.readString(folder.resolve("scan"), StandardCharsets.ISO_8859_1))
                    .doesNotContain("hidden");
        }
        assertThat(ring.ids()).containsExactly("first");
    }

    record Letter(Encrypted<String> subject, FileRef scan) {}

    private Depot open(KeyRing ring) {
        return SealedDepot.in(LocalDepot.at(folder), ring).open("files", Environment.system());
    }

    private static KeyRing ring(String current, String... ids) {
        Map<String, byte[]> keys = new HashMap<>();
        for (String id : ids) {
            keys.put(id, random(id.equals("first") ? 7 : 8, 32));
        }
        return KeyRing.of(current, keys);
    }

    @Test
    void keys_show_nothing_of_themselves() {
        assertThat(SealingKey.of(RING, "first")).hasToString("SealingKey first");
        assertThat(depot().toString()).doesNotContain(HexFormat.of().formatHex(random(7, 32)));
    }

    /** RFC 5869, A.1, the first 32 bytes. */
    @Test
    void the_key_of_a_file_is_derived_as_the_standard_says() {
        byte[] secret = HexFormat.of().parseHex("0b".repeat(22));
        byte[] salt = HexFormat.of().parseHex("000102030405060708090a0b0c");
        byte[] info = HexFormat.of().parseHex("f0f1f2f3f4f5f6f7f8f9");

        assertThat(HexFormat.of().formatHex(SealedFormat.hkdf(secret, salt, info)))
                .isEqualTo("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    }
}
