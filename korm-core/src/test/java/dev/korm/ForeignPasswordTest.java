package dev.korm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.PasswordCheck.Outcome;
import dev.korm.crypto.password.PhcString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hashes that other systems made, as they wrote them. */
class ForeignPasswordTest {
    private static final PasswordHasher HASHER =
            PasswordHasher.builder().profile(new PasswordProfile(64, 1, 1)).build();

    record Vector(String system, String password, String hash) {
        @Override
        public String toString() {
            return system + ", " + password;
        }
    }

    static List<Vector> vectors() throws IOException {
        try (InputStream file = ForeignPasswordTest.class.getResourceAsStream("/passwords/foreign.txt")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\\|"))
                    .map(parts -> new Vector(parts[0], parts[1], parts[2]))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void it_verifies_and_is_due_for_a_hash_of_korms_own(Vector vector) {
        Password stored = Password.ofHash(vector.hash());
        char[] typed = vector.password().toCharArray();
        assertThat(HASHER.verify(stored, typed)).isEqualTo(PasswordCheck.match(true));
        assertThat(typed).containsOnly('\0');
        assertThat(stored.verify(vector.password().toUpperCase(Locale.ROOT)).outcome())
                .isEqualTo(Outcome.NO_MATCH);
        assertThat(stored).isEqualTo(Password.ofHash(vector.hash())).hasToString("[HASH]");
    }

    @Test
    void every_form_that_the_documentation_names_has_a_vector() throws IOException {
        List<String> hashes = vectors().stream().map(Vector::hash).toList();
        assertThat(Stream.of(
                        "$argon2id$",
                        "$argon2i$",
                        "$argon2d$",
                        "$2a$",
                        "$2b$",
                        "$2y$",
                        "$scrypt$",
                        "$pbkdf2-",
                        "{bcrypt}",
                        "{scrypt}",
                        "{scrypt@",
                        "{pbkdf2}",
                        "{pbkdf2@",
                        "{argon2}",
                        "{argon2@",
                        "pbkdf2_sha256$",
                        "pbkdf2_sha1$",
                        "argon2$",
                        "bcrypt$",
                        "bcrypt_sha256$",
                        "scrypt$",
                        "4096$8$1$"))
                .allMatch(form -> hashes.stream().anyMatch(hash -> hash.startsWith(form)));
    }

    @Test
    void one_character_of_the_hash_that_differs_is_no_match() throws IOException {
        for (Vector vector : vectors()) {
            String hash = vector.hash();
            if (vector.password().length() < 10) {
                continue;
            }
            // Not among the last: padding, and bits that nothing is made of.
            int at = hash.length() - 10;
            char other = hash.charAt(at) == 'a' ? 'b' : 'a';
            Password altered = Password.ofHash(hash.substring(0, at) + other + hash.substring(at + 1));
            assertThat(HASHER.verify(altered, vector.password().toCharArray()).outcome())
                    .as(vector.system())
                    .isEqualTo(Outcome.NO_MATCH);
        }
    }

    @Test
    void a_password_of_72_bytes_and_more_matches_as_bcrypt_cuts_it() {
        // "x/crypto" and others refuse to hash more; who hashed more looked at these 72.
        Password stored = Password.ofHash("$2a$06$BH/57iSjp9RW7hLkSuhJceVsbZDbAYJPEoio6qNx.aJGBCUGn9nna");
        assertThat(HASHER.verify(stored, "x".repeat(1000).toCharArray()).outcome())
                .isEqualTo(Outcome.NO_MATCH);
        assertThat(HASHER.verify(stored, "correct horse".toCharArray()).matches())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cost of bcrypt|$2b$19$BH/57iSjp9RW7hLkSuhJceVsbZDbAYJPEoio6qNx.aJGBCUGn9nna",
                "least of bcrypt|$2b$03$BH/57iSjp9RW7hLkSuhJceVsbZDbAYJPEoio6qNx.aJGBCUGn9nna",
                "iterations|pbkdf2_sha256$10000001$salt$VZsNrPWG0YajvJD4a5kWmX+nuQMmpUNbTZvvivdEVog=",
                "memory of scrypt|$scrypt$ln=21,r=8,p=1$G6O09n6PMcb4v/f+H8OY0w$XlbUe+5gYCn+YRNphbOm77wJsGmI2bdWeeL5LABiv9o",
                "work of scrypt|$scrypt$ln=20,r=8,p=5$G6O09n6PMcb4v/f+H8OY0w$XlbUe+5gYCn+YRNphbOm77wJsGmI2bdWeeL5LABiv9o",
                "no power of two|1000$8$1$cdd6a10b1b30eae66466fc230bea10d1$9db4ea0e91fe41a8b0f26a306b4cdaf73515a620079298453f3dc80505a49446",
                "no parallel part|4096$8$0$cdd6a10b1b30eae66466fc230bea10d1$9db4ea0e91fe41a8b0f26a306b4cdaf73515a620079298453f3dc80505a49446",
                "memory of Argon2|{argon2}$argon2id$v=19$m=2000000,t=1,p=1$AAECAwQFBgc$AAECAwQFBgc",
                "short hash|$pbkdf2-sha512$20000$ac0ZY8yZM8bYey9FaC2ldA$mFptCwazWXNN",
                "half a byte|{pbkdf2}9cedada1709bd5c715e7d9a93a4ce7e5e772e18ca6f8518e8200f469df05629b11a68be30957d89",
                "unknown mark|{noop}secret",
                "digest alone|{SHA-256}9cedada1709bd5c715e7d9a93a4ce7e5e772e18ca6f8518e8200f469df05629b",
                "mark that does not fit|{bcrypt}$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgc$AAECAwQFBgc",
                "mark behind a mark|{argon2}{argon2}$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgc$AAECAwQFBgc",
                "line behind|$2b$06$BH/57iSjp9RW7hLkSuhJceVsbZDbAYJPEoio6qNx.aJGBCUGn9nna\\n"
            })
    void what_is_no_such_hash_or_out_of_all_reason_is_refused(String what, String text) {
        assertThatThrownBy(() -> Password.ofHash(text.replace("\\n", "\n")))
                .as(what)
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("Password.ofHash")
                .hasMessageNotContaining("$")
                .hasMessageNotContaining("secret");
    }

    @Test
    void an_argon2id_hash_matches_whichever_text_of_the_password_it_was_made_of() {
        Password own = HASHER.hash("correct horse".toCharArray());
        Password brought = Password.ofHash(((PhcString) own.hashes().get(0)).text());
        assertThat(HASHER.verify(brought, "correct horse".toCharArray())).isEqualTo(PasswordCheck.match(false));
        assertThat(brought).isEqualTo(own).hasSameHashCodeAs(own);
        // Only what was brought along is held against both texts: a hash of korm's own costs one hashing.
        assertThat(own.hashes()).hasSize(1);
        assertThat(brought.hashes()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "$", "$$$$", "{argon2}", "bcrypt$", "bcrypt_sha256$$", "0$0$0$00$00"})
    void what_only_begins_like_one_is_refused(String text) {
        assertThatThrownBy(() -> Password.ofHash(text)).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> Password.ofHash(text + "$".repeat(100_000))).isInstanceOf(ValueException.class);
    }
}
