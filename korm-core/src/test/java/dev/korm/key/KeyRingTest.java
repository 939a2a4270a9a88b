package dev.korm.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.spi.KeyWrapper;
import dev.korm.spi.support.Pkcs12KeyWrapper;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRingTest {
    private static final String ONE = "0123456789abcdef".repeat(4);
    private static final String TWO = "fedcba9876543210".repeat(4);

    @TempDir
    Path folder;

    private static KeyRing ring(Map<String, String> variables) {
        return KeyRing.fromEnvironment(variables::get);
    }

    private static String hex(KeyRing ring, String id) {
        return HexFormat.of().formatHex(ring.key(id).orElseThrow());
    }

    @Test
    void one_variable_is_one_key() {
        KeyRing ring = ring(Map.of("KORM_ENCRYPTION_KEY", ONE.toUpperCase(java.util.Locale.ROOT)));
        assertThat(ring.currentId()).isEqualTo("default");
        assertThat(ring.ids()).containsExactly("default");
        assertThat(hex(ring, "default")).isEqualTo(ONE);
        assertThat(ring.key("k1")).isEmpty();
    }

    @Test
    void the_first_of_several_keys_is_current_and_the_one_alone_is_there_too() {
        KeyRing ring = ring(Map.of("KORM_ENCRYPTION_KEYS", "k2=" + TWO + ",k1=" + ONE, "KORM_ENCRYPTION_KEY", ONE));
        assertThat(ring.currentId()).isEqualTo("k2");
        assertThat(ring.ids()).containsExactly("k2", "k1", "default");
        assertThat(hex(ring, "default")).isEqualTo(ONE);
        KeyRing same = ring(Map.of("KORM_ENCRYPTION_KEYS", "default=" + ONE, "KORM_ENCRYPTION_KEY", ONE));
        assertThat(same.ids()).containsExactly("default");
        KeyRing other = ring(Map.of("KORM_ENCRYPTION_KEYS", "default=" + TWO, "KORM_ENCRYPTION_KEY", ONE));
        assertThatThrownBy(other::currentId)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("default");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg",
                " 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
                "0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd",
                "k1=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
            })
    void what_is_not_exactly_64_hex_digits_is_refused_and_not_shown(String text) {
        assertThatThrownBy(() -> ring(Map.of("KORM_ENCRYPTION_KEY", text)).currentId())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("64 hex digits")
                .hasMessageContaining("KORM_ENCRYPTION_KEY")
                .hasMessageNotContaining("0123");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef=k1",
                "k1=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef,",
                "k1=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, k2=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "k1=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef,k1=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "a b=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "k1=0123"
            })
    void what_is_no_list_of_keys_is_refused_and_not_shown(String text) {
        assertThatThrownBy(() -> ring(Map.of("KORM_ENCRYPTION_KEYS", text)).currentId())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("KORM_ENCRYPTION_KEYS")
                .hasMessageNotContaining("0123");
    }

    @Test
    void no_key_is_an_error_at_the_first_need_that_says_how_to_make_one() {
        AtomicInteger asked = new AtomicInteger();
        KeyRing ring = KeyRing.fromEnvironment(name -> {
            asked.incrementAndGet();
            return null;
        });
        assertThat(asked).hasValue(0);
        assertThatThrownBy(ring::currentId)
                .isInstanceOf(MissingKeyException.class)
                .hasMessageContainingAll("korm keygen", "openssl rand -hex 32", "KORM_ENCRYPTION_KEY");
        assertThat(asked).hasValueGreaterThan(0);
    }

    private Path file(String permissions, String... lines) throws Exception {
        Path file = Files.createTempFile(folder, "keys", "");
        Files.write(file, java.util.List.of(lines));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }

    @Test
    void a_file_holds_one_key_or_several() throws Exception {
        KeyRing several =
                KeyRing.fromFile(file("rw-------", "# the newest first", "", "k2=" + TWO, "  default=" + ONE + "\r"));
        assertThat(several.ids()).containsExactly("k2", "default");
        assertThat(hex(KeyRing.fromFile(file("r--------", ONE)), "default")).isEqualTo(ONE);
        assertThatThrownBy(() -> KeyRing.fromFile(folder.resolve("none")).currentId())
                .isInstanceOf(MissingKeyException.class)
                .hasMessageContainingAll("none", "korm keygen");
        assertThatThrownBy(KeyRing.fromFile(file("rw-------", "#"))::currentId).isInstanceOf(MissingKeyException.class);
        assertThatThrownBy(KeyRing.fromFile(file("rw-------", "k1=0123"))::currentId)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageNotContaining("0123");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rwx--x---"})
    void a_file_that_is_open_to_others_is_refused(String permissions) throws Exception {
        Path file = file(permissions, "k1=" + ONE);
        assertThatThrownBy(KeyRing.fromFile(file)::currentId)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(file.toString(), permissions, "chmod 600");
    }

    @Test
    void keys_given_by_the_program_are_copied() {
        byte[] key = HexFormat.of().parseHex(ONE);
        Map<String, byte[]> keys = new HashMap<>(Map.of("a", new byte[32], "b", key));
        KeyRing ring = KeyRing.of("b", keys);
        key[0] = 99;
        keys.clear();
        assertThat(hex(ring, "b")).isEqualTo(ONE);
        assertThat(ring.ids()).containsExactly("b", "a");
        assertThatThrownBy(() -> KeyRing.of("c", Map.of("a", new byte[32]))).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> KeyRing.of("a", Map.of("a", new byte[31]))).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void a_key_for_a_purpose_is_hkdf_and_tells_nothing_of_the_others() {
        KeyRing ring = KeyRing.of(
                "a", Map.of("a", HexFormat.of().parseHex("0b".repeat(22) + "00".repeat(10)), "b", new byte[32]));
        assertThat(ring.derive("a", "index", 32))
                .hasSize(32)
                .isEqualTo(ring.derive("a", "index", 32))
                .isNotEqualTo(ring.derive("a", "other", 32))
                .isNotEqualTo(ring.derive("b", "index", 32))
                .isNotEqualTo(ring.key("a").orElseThrow());
        assertThat(ring.derive("a", "index", 16)).isEqualTo(java.util.Arrays.copyOf(ring.derive("a", "index", 32), 16));
        assertThatThrownBy(() -> ring.derive("c", "index", 32)).isInstanceOf(MissingKeyException.class);
    }

    @Test
    void a_closed_ring_has_no_keys_and_a_ring_never_shows_one() {
        KeyRing ring = ring(Map.of("KORM_ENCRYPTION_KEY", ONE));
        ring.key("default").orElseThrow()[0] = 99;
        assertThat(hex(ring, "default")).isEqualTo(ONE);
        assertThat(ring.toString()).contains("environment").doesNotContain("0123");
        ring.close();
        ring.close();
        assertThatThrownBy(ring::currentId).isInstanceOf(ClosedException.class);
    }

    @Test
    void wrapped_keys_are_unwrapped_by_the_key_store_once() throws Exception {
        char[] password = "store".toCharArray();
        Path path = folder.resolve("keys.p12");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, password);
        store.setEntry(
                "korm",
                new KeyStore.SecretKeyEntry(new SecretKeySpec(HexFormat.of().parseHex(TWO), "AES")),
                new KeyStore.PasswordProtection(password));
        try (OutputStream out = Files.newOutputStream(path)) {
            store.store(out, password);
        }
        KeyWrapper wrapper = Pkcs12KeyWrapper.open(path, password, "korm");
        String wrapped = HexFormat.of().formatHex(wrapper.wrap(HexFormat.of().parseHex(ONE)));
        assertThat(wrapped).doesNotContain(ONE);
        AtomicInteger unwrapped = new AtomicInteger();
        KeyWrapper counting = new KeyWrapper() {
            @Override
            public byte[] wrap(byte[] key) {
                return wrapper.wrap(key);
            }

            @Override
            public byte[] unwrap(byte[] given) {
                unwrapped.incrementAndGet();
                return wrapper.unwrap(given);
            }
        };
        KeyRing ring = KeyRing.fromFile(file("rw-------", "k1=" + wrapped), counting);
        assertThat(ring.ids()).containsExactly("k1");
        assertThat(unwrapped).hasValue(0);
        assertThat(hex(ring, "k1")).isEqualTo(ONE);
        assertThat(hex(ring, "k1")).isEqualTo(ONE);
        assertThat(unwrapped).hasValue(1);

        String altered = (wrapped.charAt(0) == '0' ? '1' : '0') + wrapped.substring(1);
        KeyRing bad = KeyRing.fromFile(file("rw-------", "k1=" + altered), wrapper);
        assertThatThrownBy(() -> bad.key("k1"))
                .isInstanceOf(MissingKeyException.class)
                .hasMessageContaining(path.toString());
        assertThat(wrapper.toString()).contains(path.toString());
        assertThatThrownBy(() -> Pkcs12KeyWrapper.open(path, "wrong".toCharArray(), "korm"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> Pkcs12KeyWrapper.open(path, password, "other"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("other");
    }
}
