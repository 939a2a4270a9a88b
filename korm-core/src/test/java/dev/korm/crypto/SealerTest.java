package dev.korm.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.ClosedException;
import dev.korm.SealException;
import dev.korm.SealException.Reason;
import dev.korm.key.KeyRing;
import dev.korm.key.MissingKeyException;
import dev.korm.spi.query.TableName;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SealerTest {
    private static final String KEY = "0123456789abcdef".repeat(4);
    private static final String ID = "3dd91ede-37a4-4c25-a86a-6f1a9e132186";
    private static final TableName CARS = TableName.items("cars", "suv");

    private static KeyRing ring(String... ids) {
        Map<String, byte[]> keys = new LinkedHashMap<>();
        for (String id : ids) {
            byte[] key = HexFormat.of().parseHex(KEY);
            key[31] ^= (byte) (id.equals(KeyRing.DEFAULT_ID) ? 0 : id.hashCode());
            keys.put(id, key);
        }
        return KeyRing.of(ids[0], keys);
    }

    private static Sealer sealer(String... ids) {
        return new Sealer(ring(ids), new SecureRandom());
    }

    private static SecretLocation spot(Sealer sealer) {
        return sealer.layer("main").item(CARS, ID).column("number");
    }

    private static Payload original(String value, String tag, String dataType) {
        return new Payload(Payload.SYMMETRIC, value, dataType, "000102030405060708090a0b", tag, 0, null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "\"1234567890\"|a335a82e32d2143fa2f2f931|9a59456f40def046acf89241fed70cc0|string",
                "{\"code\":\"alpha\",\"flags\":[\"x\",\"y\"]}|fa26f97262820032b8aaa5631fde80ec6aaa78dfbc830827f3f8ffef71f100231eb6|26f4d19af02b7daf2f9bf89411682468|object",
                "42|b536|6fd8a29d7f31a63de652174c2b568300|number",
                "null|ef71f671|d7b6eb207c08504f586fabcbb536c106|object",
                "\"é€😀\"|a3c733ff844bd297024beb|22f435447ef992bbee905b3998f8b136|string"
            })
    void what_the_original_sealed_opens_and_is_what_its_cipher_makes(
            String json, String value, String tag, String dataType) throws Exception {
        Sealer sealer = sealer(KeyRing.DEFAULT_ID);
        assertThat(sealer.open(original(value, tag, dataType), spot(sealer))).isEqualTo(json.getBytes(UTF_8));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(HexFormat.of().parseHex(KEY), "AES"),
                new GCMParameterSpec(128, HexFormat.of().parseHex("000102030405060708090a0b")));
        assertThat(HexFormat.of().formatHex(cipher.doFinal(json.getBytes(UTF_8))))
                .isEqualTo(value + tag);
        Payload ours = sealer.seal(json.getBytes(UTF_8), spot(sealer));
        assertThat(ours.dataType()).isEqualTo(dataType);
        assertThat(ours.type()).isEqualTo("symmetric");
        assertThat(ours.value()).hasSameSizeAs(value);
        assertThat(sealer.open(ours, spot(sealer))).isEqualTo(json.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 16, 8, 0, 30, 34})
    void a_tag_of_another_length_is_refused(int digits) {
        Sealer sealer = sealer(KeyRing.DEFAULT_ID);
        String tag = ("6fd8a29d7f31a63de652174c2b568300" + "00").substring(0, digits);
        refuses(sealer, original("b536", tag, "number"), Reason.MALFORMED);
        Payload ours = sealer.seal("42".getBytes(UTF_8), spot(sealer));
        refuses(
                sealer,
                new Payload(ours.type(), ours.value(), ours.dataType(), ours.iv(), tag, Payload.VERSION, ours.keyId()),
                Reason.MALFORMED);
    }

    private static SealException refuses(Sealer sealer, Payload payload, Reason reason) {
        SealException refused = catchThrowableOfType(SealException.class, () -> sealer.open(payload, spot(sealer)));
        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(refused).hasMessageContaining("\"number\" of [rn][from::main]:cars:suv:" + ID);
        return refused;
    }

    @Test
    void every_member_counts() {
        Sealer sealer = sealer("k1", KeyRing.DEFAULT_ID);
        Payload ours = sealer.seal("42".getBytes(UTF_8), spot(sealer));
        Payload good = change(ours, UnaryOperator.identity(), "dataType");
        assertThat(sealer.open(good, spot(sealer))).isEqualTo("42".getBytes(UTF_8));
        UnaryOperator<String> flip = hex -> (hex.charAt(0) == '0' ? '1' : '0') + hex.substring(1);
        for (String member : new String[] {"value", "iv", "authTag"}) {
            refuses(sealer, change(ours, flip, member), Reason.FOREIGN_OR_ALTERED);
        }
        refuses(sealer, change(ours, any -> "string", "dataType"), Reason.FOREIGN_OR_ALTERED);
        refuses(sealer, change(ours, any -> KeyRing.DEFAULT_ID, "kid"), Reason.FOREIGN_OR_ALTERED);
        refuses(sealer, change(ours, any -> "password", "type"), Reason.MALFORMED);
        for (long version : new long[] {-1, 1, 4}) {
            refuses(
                    sealer,
                    new Payload(ours.type(), ours.value(), ours.dataType(), ours.iv(), ours.authTag(), version, "k1"),
                    Reason.MALFORMED);
        }
        // The keys of the formats are not the same ones.
        refuses(
                sealer,
                new Payload(ours.type(), ours.value(), ours.dataType(), ours.iv(), ours.authTag(), 2, "k1"),
                Reason.FOREIGN_OR_ALTERED);
        // Without its version it would be the original's, which is bound to nothing.
        refuses(
                sealer,
                new Payload(ours.type(), ours.value(), ours.dataType(), ours.iv(), ours.authTag(), 0, null),
                Reason.FOREIGN_OR_ALTERED);
    }

    private static Payload change(Payload from, UnaryOperator<String> change, String member) {
        return new Payload(
                member.equals("type") ? change.apply(from.type()) : from.type(),
                member.equals("value") ? change.apply(from.value()) : from.value(),
                member.equals("dataType") ? change.apply(from.dataType()) : from.dataType(),
                member.equals("iv") ? change.apply(from.iv()) : from.iv(),
                member.equals("authTag") ? change.apply(from.authTag()) : from.authTag(),
                from.version(),
                member.equals("kid") ? change.apply(from.keyId()) : from.keyId());
    }

    @Test
    void an_unknown_key_is_named_and_another_key_of_the_same_name_is_told() {
        Sealer sealer = sealer("k1", "k2");
        Payload ours = sealer.seal("42".getBytes(UTF_8), spot(sealer));
        SealException unknown = refuses(sealer("k2", "k3"), ours, Reason.UNKNOWN_KEY);
        assertThat(unknown).hasMessageContaining("\"k1\"").hasMessageContaining("k2, k3");
        SealException unspeakable = refuses(sealer("k2"), change(ours, any -> "<script>", "kid"), Reason.UNKNOWN_KEY);
        assertThat(unspeakable).hasMessageNotContaining("script");
        Sealer other = new Sealer(KeyRing.of("k1", Map.of("k1", new byte[32])), new SecureRandom());
        assertThat(refuses(other, ours, Reason.FOREIGN_OR_ALTERED)).hasMessageContaining("another key");
        assertThat(refuses(
                        sealer("k9"),
                        original("b536", "6fd8a29d7f31a63de652174c2b568300", "number"),
                        Reason.UNKNOWN_KEY))
                .hasMessageContaining("\"default\"");
    }

    @Test
    void a_place_is_layer_namespace_kind_id_and_every_step_of_the_path() {
        Sealer sealer = sealer("k1");
        LayerSealer main = sealer.layer("main");
        SecretLocation here = main.item(CARS, ID).column("a").member("b").entry(3);
        Payload sealed = sealer.seal("42".getBytes(UTF_8), here);
        assertThat(sealer.open(
                        sealed, main.item(CARS, ID).column("a").member("b").entry(3)))
                .isEqualTo("42".getBytes(UTF_8));
        SecretLocation[] elsewhere = {
            sealer.layer("other").item(CARS, ID).column("a").member("b").entry(3),
            main.item(TableName.items("car", "ssuv"), ID)
                    .column("a")
                    .member("b")
                    .entry(3),
            main.item(TableName.items("cars", "van"), ID)
                    .column("a")
                    .member("b")
                    .entry(3),
            main.item(CARS, "3dd91ede-37a4-4c25-a86a-6f1a9e132187")
                    .column("a")
                    .member("b")
                    .entry(3),
            main.item(CARS, ID).column("A").member("b").entry(3),
            main.item(CARS, ID).column("a").member("b").entry(2),
            main.item(CARS, ID).column("a").member("b").member("3"),
            main.item(CARS, ID).column("a").member("b"),
            main.item(CARS, ID).column("a").member("b").entry(3).entry(0),
            main.item(CARS, ID).column("a.b").entry(3),
            main.item(CARS, ID).column("a").member("b[3]"),
        };
        for (SecretLocation spot : elsewhere) {
            assertThatThrownBy(() -> sealer.open(sealed, spot))
                    .isInstanceOf(SealException.class)
                    .hasMessageContaining(spot.toString());
            assertThat(spot).isNotEqualTo(here);
        }
    }

    @Test
    void no_two_seals_of_one_value_are_the_same_and_each_has_a_nonce_of_12_bytes() {
        Sealer sealer = sealer("k1");
        Payload one = sealer.seal("42".getBytes(UTF_8), spot(sealer));
        Payload other = sealer.seal("42".getBytes(UTF_8), spot(sealer));
        assertThat(one.iv()).isNotEqualTo(other.iv()).hasSize(24);
        assertThat(one.authTag()).isNotEqualTo(other.authTag()).hasSize(32);
        assertThat(one.keyId()).isEqualTo("k1");
        assertThat(one.version()).isEqualTo(3);
    }

    /** Taken from the korm that wrote the format, with the nonce 00, 01, 02 … and its like. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "number|\"1234567890\"|000102030405060708090a0b|f757001459dc548098b09e6e|73e5ad4f098ccc570d5ff77c925bf882|2",
                "number|{\"code\":\"alpha\"}|101112131415161718191a1b|61150fc9c3f33897204600f131ba6bcb|85426bb1440d47e819744ee203aa5fb3|2",
                "deep|\"1234567890\"|202122232425262728292a2b|aa34872be35856fd42dc3e23|3a4ea73deb251a89354296faae8c43e7|2",
                "deep|{\"code\":\"alpha\"}|303132333435363738393a3b|4cde041a92639f075d03db8c096d2782|70dd40ffea2f80353b5f634677532b93|2",
                "number|\"1234567890\"|000102030405060708090a0b|f6bcc863243e65bb96087123|bca44ca49c38a7ffbceaf41be720a4b7|3",
                "number|{\"code\":\"alpha\"}|101112131415161718191a1b|e4ace906519d5e8485817199721c8018|4390ac520bf3999af5c9a97e4f541600|3",
                "deep|\"1234567890\"|202122232425262728292a2b|c91fbbf45ddb53942611c9d5|5ed4d3c2a8e0740c30b1c14118ae77a5|3",
                "deep|{\"code\":\"alpha\"}|303132333435363738393a3b|51bb05687440a4e4df34ff7afe8afa72|fc27aced763b379b9827fe6379b7db62|3"
            })
    void what_was_sealed_before_opens_where_it_was_and_nowhere_else(
            String where, String json, String nonce, String value, String tag, int version) {
        Sealer sealer = new Sealer(KeyRing.of("k1", Map.of("k1", HexFormat.of().parseHex(KEY))), new SecureRandom());
        ItemIdentity item = sealer.layer("main").item(CARS, ID);
        SecretLocation here =
                where.equals("deep") ? item.column("a").member("b").entry(3) : item.column(where);
        Payload stored =
                new Payload("symmetric", value, json.startsWith("{") ? "object" : "string", nonce, tag, version, "k1");
        assertThat(sealer.open(stored, here)).isEqualTo(json.getBytes(UTF_8));
        for (SecretLocation other : new SecretLocation[] {
            item.column("other"),
            sealer.layer("main").item(CARS, ID.replace('6', '7')).column("number")
        }) {
            assertThat(catchThrowableOfType(SealException.class, () -> sealer.open(stored, other))
                            .reason())
                    .isEqualTo(Reason.FOREIGN_OR_ALTERED);
        }
    }

    private static byte[] hmac(byte[] key, byte[]... parts) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }

    private static byte[] parts(String... texts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String text : texts) {
            byte[] bytes = text.getBytes(UTF_8);
            out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
            out.writeBytes(bytes);
        }
        return out.toByteArray();
    }

    /** The format as the documentation has it, by the JDK alone. */
    @Test
    void another_program_opens_what_is_sealed_by_the_documented_format() throws Exception {
        Sealer sealer = new Sealer(KeyRing.of("k1", Map.of("k1", HexFormat.of().parseHex(KEY))), new SecureRandom());
        for (int i = 0; i < 20; i++) {
            String id = "id-" + i + "-é";
            Payload sealed = sealer.seal(
                    "42".getBytes(UTF_8),
                    sealer.layer("main").item(CARS, id).column("a").member("b").entry(3));
            CRC32 crc = new CRC32();
            crc.update(id.getBytes(UTF_8));
            byte[] root = hmac(
                    hmac(new byte[32], HexFormat.of().parseHex(KEY)), "korm.sealed.3".getBytes(UTF_8), new byte[] {1});
            byte[] subkey = hmac(
                    root,
                    parts("korm.sealed.3", "main", "cars", "suv", "k1", Long.toString(crc.getValue() % 256)),
                    new byte[] {1});
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(subkey, "AES"),
                    new GCMParameterSpec(128, HexFormat.of().parseHex(sealed.iv())));
            cipher.updateAAD(
                    parts("korm.sealed.3", "main", "cars", "suv", id, "k1", "symmetric", "number", ".a", ".b", "[3]"));
            assertThat(cipher.doFinal(HexFormat.of().parseHex(sealed.value() + sealed.authTag())))
                    .isEqualTo("42".getBytes(UTF_8));
        }
    }

    private static final RandomGenerator SAME = new Random() {
        private static final long serialVersionUID = 1L;

        @Override
        public void nextBytes(byte[] bytes) {
            Arrays.fill(bytes, (byte) 7);
        }
    };

    /** Returns the ciphertext of a text with a nonce that is always the same: equal under one key, and under no other. */
    private static String underSameNonce(KeyRing ring, TableName table, String id) {
        Sealer fresh = new Sealer(ring, SAME);
        return fresh.seal(
                        "1234567890123456".getBytes(UTF_8),
                        fresh.layer("main").item(table, id).column("number"))
                .value();
    }

    @Test
    void subkeys_are_bounded_and_evenly_chosen_and_those_of_collections_and_keys_have_nothing_in_common() {
        KeyRing one = ring("k1");
        KeyRing other = ring("k2");
        Map<String, Integer> ofCars = new HashMap<>();
        Set<String> ofOthers = new HashSet<>();
        for (int i = 0; i < 8192; i++) {
            String id = new UUID(i * 0x9e3779b97f4a7c15L, ~i * 0xc2b2ae3d27d4eb4fL).toString();
            ofCars.merge(underSameNonce(one, CARS, id), 1, Integer::sum);
            if (i < 1024) {
                ofOthers.add(underSameNonce(other, CARS, id));
                ofOthers.add(underSameNonce(one, TableName.items("cars", "van"), id));
            }
        }
        assertThat(ofCars).hasSizeBetween(250, 256);
        assertThat(ofCars.values()).allMatch(count -> count < 96);
        assertThat(ofOthers).hasSizeGreaterThan(450).doesNotContainAnyElementsOf(ofCars.keySet());
    }

    private record Place(int layer, int collection, int item, int column) {
        SecretLocation in(Sealer sealer) {
            return sealer.layer("layer" + layer)
                    .item(TableName.items("n", "kind" + collection), "item" + item)
                    .column("column" + column);
        }
    }

    /** Ids are so many that pairs of them share a subkey, and collections more than have their ciphers kept. */
    @Test
    void ten_thousand_transplants_are_refused_and_what_stayed_opens() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Sealer sealer = sealer("k1", "k2");
        Sealer before = sealer("k2", "k1");
        int sameKey = 0;
        for (int i = 0; i < 10_000; i++) {
            Place from = new Place(random.nextInt(2), random.nextInt(20), random.nextInt(2000), random.nextInt(2));
            Place to = random.nextBoolean()
                    ? new Place(from.layer, from.collection, random.nextInt(2000), from.column)
                    : new Place(random.nextInt(2), random.nextInt(20), random.nextInt(2000), random.nextInt(2));
            Sealer by = random.nextInt(4) == 0 ? before : sealer;
            Payload sealed = by.seal(("\"" + i + "\"").getBytes(UTF_8), from.in(by));
            assertThat(sealer.open(sealed, from.in(sealer)))
                    .as("seed %s", seed)
                    .isEqualTo(("\"" + i + "\"").getBytes(UTF_8));
            if (!to.equals(from)) {
                sameKey += to.layer == from.layer
                                && to.collection == from.collection
                                && to.in(sealer).owner().subkey()
                                        == from.in(sealer).owner().subkey()
                        ? 1
                        : 0;
                assertThat(catchThrowableOfType(SealException.class, () -> sealer.open(sealed, to.in(sealer)))
                                .reason())
                        .as("seed %s", seed)
                        .isEqualTo(Reason.FOREIGN_OR_ALTERED);
            }
        }
        assertThat(sameKey).as("seed %s", seed).isPositive();
    }

    @Test
    void threads_that_want_one_subkey_at_once_do_not_get_in_each_others_way() throws Exception {
        Sealer sealer = sealer("k1");
        Sealer another = sealer("k1");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Void>> work = Collections.nCopies(8, () -> {
                for (int i = 0; i < 2000; i++) {
                    Place place = new Place(0, i % 18, i % 3, 0);
                    byte[] plain = Integer.toString(i).getBytes(UTF_8);
                    Payload sealed = sealer.seal(plain, place.in(sealer));
                    assertThat(another.open(sealed, place.in(another))).isEqualTo(plain);
                    assertThat(sealer.open(sealed, place.in(sealer))).isEqualTo(plain);
                }
                return null;
            });
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void nothing_opens_after_the_end() {
        Sealer sealer = sealer("k1");
        Payload sealed = sealer.seal("42".getBytes(UTF_8), spot(sealer));
        sealer.close();
        sealer.close();
        assertThatThrownBy(() -> sealer.open(sealed, spot(sealer)))
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining(ID);
        assertThatThrownBy(() -> sealer.seal("42".getBytes(UTF_8), spot(sealer)))
                .isInstanceOf(ClosedException.class);
    }

    @Test
    void without_a_key_the_first_need_says_how_to_make_one_and_where_to_put_it() {
        Sealer sealer = new Sealer(KeyRing.fromEnvironment(name -> null), new SecureRandom());
        assertThatThrownBy(() -> sealer.seal("42".getBytes(UTF_8), spot(sealer)))
                .isInstanceOf(MissingKeyException.class)
                .hasMessageContainingAll("korm keygen", "KORM_ENCRYPTION_KEY", "\"number\"", ID);
        assertThatThrownBy(
                        () -> sealer.open(original("b536", "6fd8a29d7f31a63de652174c2b568300", "number"), spot(sealer)))
                .isInstanceOf(MissingKeyException.class);
    }
}
