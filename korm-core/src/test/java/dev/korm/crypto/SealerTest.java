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
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
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
                new Payload(ours.type(), ours.value(), ours.dataType(), ours.iv(), tag, 2, ours.keyId()),
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
        for (long version : new long[] {-1, 1, 3}) {
            refuses(
                    sealer,
                    new Payload(ours.type(), ours.value(), ours.dataType(), ours.iv(), ours.authTag(), version, "k1"),
                    Reason.MALFORMED);
        }
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
        assertThat(one.version()).isEqualTo(2);
    }

    @Test
    void each_item_has_a_key_of_its_own_so_that_one_nonce_does_no_harm_in_another() {
        RandomGenerator same = new Random() {
            private static final long serialVersionUID = 1L;

            @Override
            public void nextBytes(byte[] bytes) {
                java.util.Arrays.fill(bytes, (byte) 7);
            }
        };
        Sealer sealer = new Sealer(ring("k1"), same);
        SecretLocation one = sealer.layer("main").item(CARS, ID).column("number");
        SecretLocation other = sealer.layer("main")
                .item(CARS, "3dd91ede-37a4-4c25-a86a-6f1a9e132187")
                .column("number");
        assertThat(sealer.seal("42".getBytes(UTF_8), one).value())
                .isNotEqualTo(sealer.seal("42".getBytes(UTF_8), other).value());
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
