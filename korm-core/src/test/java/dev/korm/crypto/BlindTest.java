package dev.korm.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ClosedException;
import dev.korm.key.KeyRing;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.FingerprintKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class BlindTest {
    private static final TableName TABLE = TableName.items("clinic", "patient");
    private static final FingerprintKey ILLNESS = sealed("illness");

    private static FingerprintKey sealed(String column) {
        return new FingerprintKey(List.of(new FingerprintKey.Part(column, Set.of(), FingerprintKey.Content.SEALED)));
    }

    private static byte[] key(int first) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) first);
        return key;
    }

    private static Sealer sealer(String... ids) {
        Map<String, byte[]> keys = new LinkedHashMap<>();
        for (String id : ids) {
            keys.put(id, key(id.charAt(1)));
        }
        return new Sealer(KeyRing.of(ids[0], keys), new Random(1));
    }

    private static byte[] hmac(byte[] key, byte[] message) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] then(byte[] bytes, int last) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        longer[bytes.length] = (byte) last;
        return longer;
    }

    @Test
    void a_fingerprint_is_made_as_the_documents_say() throws Exception {
        byte[] extracted = hmac(new byte[32], key('1'));
        byte[] root = hmac(extracted, then(bytes("korm.blind.1"), 1));
        ByteArrayOutputStream context = new ByteArrayOutputStream();
        for (String part : List.of("korm.blind.1", "main", "clinic", "patient", "7illnesss")) {
            context.write(ByteBuffer.allocate(4).putInt(bytes(part).length).array());
            context.write(bytes(part));
        }
        byte[] made = hmac(hmac(root, then(context.toByteArray(), 1)), bytes("\"flu\""));
        assertThat(sealer("k1").layer("main").blind(TABLE, ILLNESS).current("\"flu\""))
                .isEqualTo("k1:" + HexFormat.of().formatHex(made, 0, 16));
    }

    @Test
    void another_value_field_collection_layer_or_key_has_another_fingerprint() {
        LayerSealer main = sealer("k1").layer("main");
        assertThat(List.of(
                        main.blind(TABLE, ILLNESS).current("\"flu\""),
                        main.blind(TABLE, ILLNESS).current("\"flue\""),
                        main.blind(TABLE, sealed("other")).current("\"flu\""),
                        main.blind(TableName.items("clinic", "staff"), ILLNESS).current("\"flu\""),
                        sealer("k1").layer("other").blind(TABLE, ILLNESS).current("\"flu\""),
                        sealer("k2").layer("main").blind(TABLE, ILLNESS).current("\"flu\"")))
                .doesNotHaveDuplicates()
                .allMatch(fingerprint -> fingerprint.matches("k[12]:[0-9a-f]{32}"));
    }

    @Test
    void every_key_of_the_ring_is_asked_for_and_named() {
        BlindIndex blind = sealer("k2", "k1").layer("main").blind(TABLE, ILLNESS);
        assertThat(blind.all("1")).hasSize(2).contains(blind.current("1"));
        assertThat(blind.all("1")).extracting(BlindIndex::keyId).containsExactly("k2", "k1");
        assertThat(BlindIndex.keyId(BlindIndex.unopened("abc"))).isEmpty();
    }

    @Test
    void fingerprints_of_other_lengths_have_nothing_in_common() {
        LayerSealer main = sealer("k1").layer("main");
        String usual = main.blind(TABLE, ILLNESS).current("1");
        for (int bits : new int[] {8, 12, 64, 124, 132, 256}) {
            String cut =
                    main.blind(TABLE, new FingerprintKey(ILLNESS.parts(), bits)).current("1");
            assertThat(cut).matches("k1:[0-9a-f]{" + bits / 4 + "}");
            assertThat(usual.startsWith(cut) || cut.startsWith(usual)).isFalse();
        }
    }

    @Test
    void nothing_is_made_after_the_end() {
        Sealer sealer = sealer("k1");
        BlindIndex blind = sealer.layer("main").blind(TABLE, ILLNESS);
        blind.current("1");
        sealer.close();
        assertThatThrownBy(() -> blind.current("1")).isInstanceOf(ClosedException.class);
    }
}
