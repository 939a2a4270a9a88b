package dev.korm.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.codec.json.JsonObject;
import dev.korm.codec.json.JsonReader;
import dev.korm.codec.json.PayloadText;
import dev.korm.codec.json.SealedText;
import dev.korm.crypto.Payload;
import dev.korm.crypto.SealedBytes;
import dev.korm.crypto.Sealer;
import dev.korm.crypto.SecretLocation;
import dev.korm.key.KeyRing;
import dev.korm.spi.query.TableName;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StoredSecretsTest {
    private static final TableName CARS = TableName.items("cars", "suv");
    private static final String ID = "3dd91ede-37a4-4c25-a86a-6f1a9e132186";
    private static final String PASSWORD =
            "{\"__ENCRYPTED__\":true,\"type\":\"password\",\"value\":\"$argon2id$v=19$x\",\"dataType\":\"string\"}";

    private static Sealer sealer(String... ids) {
        Map<String, byte[]> keys = new LinkedHashMap<>();
        for (String id : ids) {
            byte[] key = new byte[32];
            key[0] = (byte) id.hashCode();
            keys.put(id, key);
        }
        return new Sealer(KeyRing.of(ids[0], keys), new SecureRandom());
    }

    private static SecretLocation column(Sealer sealer) {
        return sealer.layer("main").item(CARS, ID).column("c");
    }

    private static String sealed(Sealer sealer, String json, SecretLocation spot) {
        return Sealed.of(sealer.seal(json.getBytes(UTF_8), spot), spot).text();
    }

    private static String opened(Sealer sealer, String text, SecretLocation spot) {
        return new String(sealer.open(Sealed.ofText(text, spot).payload(), spot), UTF_8);
    }

    private static Set<String> keyIds(String text) {
        Set<String> ids = new LinkedHashSet<>();
        StoredSecrets.keyIds(text, ids::add);
        return ids;
    }

    private static String resealed(String text, SecretLocation column) {
        return StoredSecrets.renewed(text, column).text();
    }

    @Test
    void a_column_of_one_secret_is_sealed_with_the_current_key() {
        Sealer old = sealer("k1");
        Sealer both = sealer("k2", "k1");
        String before = sealed(old, "\"a\"", column(old));
        assertThat(keyIds(before)).containsExactly("k1");
        String after = resealed(before, column(both));
        assertThat(keyIds(after)).containsExactly("k2");
        assertThat(opened(both, after, column(both))).isEqualTo("\"a\"");
        assertThat(resealed(after, column(both))).isSameAs(after);
        String spaced = before.replace(":", ": ").replace(",", ", ");
        assertThat(opened(both, resealed(spaced, column(both)), column(both))).isEqualTo("\"a\"");
    }

    @Test
    void json_keeps_everything_but_its_secrets() {
        Sealer old = sealer("k1");
        Sealer both = sealer("k2", "k1");
        String first = sealed(old, "1", column(old).member("a").entry(1));
        String second = sealed(old, "2", column(old).member("b"));
        String before = "{\"a\":[1.50,%s],\"b\":%s,\"pw\":%s,\"n\":null,\"x\":123456789012345678901}"
                .formatted(first, second, PASSWORD);
        assertThat(keyIds(before)).containsExactly("k1");
        String after = resealed(before, column(both));
        assertThat(keyIds(after)).containsExactly("k2");
        assertThat(after)
                .contains(PASSWORD, "\"n\":null", "123456789012345678901")
                .startsWith("{\"a\":[1.5,");
        JsonObject tree = (JsonObject) JsonReader.tree(after);
        SecretLocation b = column(both).member("b");
        assertThat(both.open(Sealed.ofTree(tree.get("b"), b).payload(), b)).isEqualTo("2".getBytes(UTF_8));
        assertThat(resealed(after, column(both))).isSameAs(after);
        assertThat(resealed("{\"a\":[1,2]}", column(both))).isEqualTo("{\"a\":[1,2]}");
    }

    @Test
    void what_does_not_open_is_not_sealed_for_another() {
        Sealer both = sealer("k2", "k1");
        String elsewhere = sealed(sealer("k1"), "1", column(sealer("k1")).member("elsewhere"));
        assertThat(StoredSecrets.renewed(elsewhere, column(both)))
                .isEqualTo(new StoredSecrets.Renewed(elsewhere, 0, 1));
        String inside = "{\"a\":" + elsewhere + "}";
        assertThat(StoredSecrets.renewed(inside, column(both))).isEqualTo(new StoredSecrets.Renewed(inside, 0, 1));
        assertThat(resealed(PASSWORD, column(both))).isSameAs(PASSWORD);
        assertThat(keyIds(PASSWORD)).isEmpty();
    }

    /** Taken from the korm that wrote it. */
    @Test
    void what_was_sealed_with_a_key_of_its_item_opens_and_becomes_of_the_present_format_by_a_rotation() {
        String stored =
                "{\"__ENCRYPTED__\":true,\"type\":\"symmetric\",\"value\":\"f757001459dc548098b09e6e\",\"dataType\":\"string\","
                        + "\"iv\":\"000102030405060708090a0b\",\"authTag\":\"73e5ad4f098ccc570d5ff77c925bf882\",\"v\":2,\"kid\":\"k1\"}";
        for (String current : new String[] {"k1", "k2"}) {
            java.util.Map<String, byte[]> keys = new java.util.LinkedHashMap<>();
            keys.put("k1", java.util.HexFormat.of().parseHex("0123456789abcdef".repeat(4)));
            keys.put("k2", new byte[32]);
            Sealer sealer = new Sealer(KeyRing.of(current, keys), new SecureRandom());
            SecretLocation place = sealer.layer("main")
                    .item(TableName.items("cars", "suv"), "3dd91ede-37a4-4c25-a86a-6f1a9e132186")
                    .column("number");
            assertThat(StoredSecrets.open(stored, place)).isEqualTo("\"1234567890\"");
            StoredSecrets.Renewed renewed = StoredSecrets.renewed(stored, place);
            assertThat(renewed.resealed()).isEqualTo(1);
            assertThat(renewed.text()).contains("\"v\":3,\"kid\":\"" + current + "\"");
            assertThat(StoredSecrets.open(renewed.text(), place)).isEqualTo("\"1234567890\"");
            assertThat(StoredSecrets.renewed(renewed.text(), place).text()).isSameAs(renewed.text());
        }
    }

    @Test
    void the_quick_reader_of_payloads_reads_what_the_other_does_or_nothing() {
        Sealer sealer = sealer("k1");
        String text = sealed(sealer, "\"a\"", column(sealer));
        Payload payload = PayloadText.parse(text);
        assertThat(payload)
                .isNotNull()
                .isEqualTo(Sealed.ofTree(tree(text), null).payload());
        SealedBytes bytes = java.util.Objects.requireNonNull(SealedText.parse(text));
        assertThat(bytes.payload()).isEqualTo(payload);
        assertThat(SealedText.of(bytes)).isEqualTo(text).isEqualTo(PayloadText.ofSealed(payload));
        SealedBytes named = new SealedBytes(bytes.nonce(), bytes.sealed(), "string", "ключ");
        assertThat(SealedText.of(named)).isEqualTo(PayloadText.ofSealed(named.payload()));
        for (int i = 0; i < text.length(); i++) {
            String altered = text.substring(0, i) + '\u20ac' + text.substring(i + 1);
            assertThat(SealedText.parse(altered)).isNull();
        }
        String spaced = text.replace(":", ": ").replace(",", ", ");
        String reordered = text.replace(",\"v\":3", "").replace("{", "{\"v\":3,");
        for (String same : new String[] {spaced, reordered}) {
            assertThat(PayloadText.parse(same)).as(same).isEqualTo(payload);
        }
        String[] unusual = {
            "",
            "{",
            "{}",
            "null",
            "[1]",
            text + "x",
            text.substring(1),
            text.replace("\"kid\"", "\"k\\u0069d\""),
            text.replace("true", "\"true\""),
            text.replace("\"v\":3", "\"v\":\"2\""),
            text.replace("\"v\":3", "\"v\":30"),
            text.replace("\"v\":3", "\"v\":3.0"),
            text.replace("\"v\":3", "\"w\":[1]"),
            text.replace(",\"iv\"", "\"iv\""),
            text.replace("{", "{,"),
            text.replace("true", "false"),
            text.replace("\"type\"", "\"typ\"")
        };
        for (String other : unusual) {
            assertThat(PayloadText.parse(other)).as(other).isNull();
            assertThat(SealedText.parse(other)).as(other).isNull();
        }
        for (int i = 0; i < text.length(); i++) {
            Payload cut = PayloadText.parse(text.substring(0, i));
            assertThat(cut).isNull();
            assertThat(SealedText.parse(text.substring(0, i))).isNull();
        }
    }

    private static Object tree(String text) {
        return java.util.Objects.requireNonNull(JsonReader.tree(text));
    }
}
