package dev.korm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.PasswordCheck.Outcome;
import dev.korm.crypto.password.Argon2;
import dev.korm.crypto.password.PhcString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordTest {
    private static final PasswordProfile SMALL = new PasswordProfile(64, 1, 1);
    private static final PasswordHasher HASHER =
            PasswordHasher.builder().profile(SMALL).build();

    private static String phc(Password password) {
        return ((PhcString) password.hashes().get(0)).text();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "secret|$argon2id$v=19$m=65536,t=3,p=1$whOe6XoxmauxC1DKiqdCWQ$BslWfhg/GW2E/hKC1ORjiSL1wCDTgT0NtpygquXxRL0",
                "super-secret|$argon2id$v=19$m=65536,t=3,p=1$AAECAwQFBgcICQoLDA0ODw$qjNO1J+XYxyEjOZhAD1rpzbgKCKdUWN16NjIIlQuql4",
                "secret|$argon2id$v=19$m=65536,t=3,p=1$2Vt7BE4S9ks0rxJrbaoqZ6ODktaoGLrVqBOqTwggRew$hTk+EqXhb6w/ceZrnN3NBZ41K90QXIPM1Awl9tHCS1g"
            })
    void what_the_original_hashed_is_verified(String password, String hash) {
        Password stored = Password.ofHash(hash);
        assertThat(stored.verify(password)).isEqualTo(PasswordCheck.match(false));
        assertThat(stored.verify("wrong").outcome()).isEqualTo(Outcome.NO_MATCH);
        Password reordered = Password.ofHash(hash.replace("t=3,p=1", "p=1,t=3"));
        assertThat(reordered.verify(password).matches()).isTrue();
    }

    @Test
    void ours_has_the_form_that_the_original_reads() {
        Password password = Password.hash("super-secret");
        assertThat(phc(password))
                .matches("\\$argon2id\\$v=19\\$m=65536,t=3,p=1\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}");
        assertThat(password.verify("super-secret".toCharArray())).isEqualTo(PasswordCheck.match(false));
        assertThat(password).hasToString("[HASH]");
    }

    private static final String COMPOSED = "caf\u00e9";
    private static final String DECOMPOSED = "cafe\u0301";

    @Test
    void a_password_matches_however_its_accents_are_typed() {
        for (String set : List.of(COMPOSED, DECOMPOSED)) {
            Password hash = HASHER.hash(set.toCharArray());
            for (String typed : List.of(COMPOSED, DECOMPOSED)) {
                assertThat(HASHER.verify(hash, typed.toCharArray())).isEqualTo(PasswordCheck.match(false));
            }
            assertThat(HASHER.verify(hash, "cafe".toCharArray()).outcome()).isEqualTo(Outcome.NO_MATCH);
        }
    }

    @Test
    void a_hash_that_was_made_of_another_form_matches_and_is_due() {
        PhcString old = Argon2.hash(DECOMPOSED.toCharArray(), SMALL.like(new byte[16]));
        Password hash = Password.ofHash(old.text());
        for (String typed : List.of(COMPOSED, DECOMPOSED)) {
            char[] given = typed.toCharArray();
            assertThat(HASHER.verify(hash, given)).isEqualTo(PasswordCheck.match(true));
            assertThat(given).containsOnly('\0');
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\"b\\c", "\b\f\n\r\t\u0001\u001f", "é€😀\u2028", "\ud800x", "x\udc00"})
    void every_password_is_hashed_as_its_json_text(String password) {
        Password hash = HASHER.hash(password.toCharArray());
        assertThat(HASHER.verify(hash, password.toCharArray()).matches()).isTrue();
        assertThat(HASHER.verify(hash, (password + " ").toCharArray()).matches())
                .isFalse();
        dev.korm.codec.json.JsonWriter json =
                new dev.korm.codec.json.JsonWriter(dev.korm.codec.json.JsonWriter.Texts.ANY);
        json.text(password);
        assertThat(dev.korm.crypto.JsonPasswords.json(password))
                .isEqualTo(json.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void what_is_typed_is_overwritten_whatever_comes_of_it() {
        char[] typed = "secret".toCharArray();
        Password hash = HASHER.hash(typed);
        assertThat(typed).containsOnly('\0');
        for (Password stored : List.of(hash, broken())) {
            typed = "secret".toCharArray();
            HASHER.verify(stored, typed);
            assertThat(typed).containsOnly('\0');
        }
        typed = "secret".toCharArray();
        HASHER.verifyNobody(typed);
        assertThat(typed).containsOnly('\0');
    }

    private static Password broken() {
        return new Password(HeldSecrets.sealed(dev.korm.crypto.Payload.password("no hash")));
    }

    @Test
    void what_is_no_hash_is_not_checked() {
        PasswordCheck check = HASHER.verify(broken(), "x".toCharArray());
        assertThat(check.outcome()).isEqualTo(Outcome.NOT_CHECKED);
        assertThat(check.matches()).isFalse();
        assertThat(check.reason()).contains("no hash of a password");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "$argon2id$v=19$m=64,t=1,p=1$AAECAw$AAECAwQFBgc",
                "$argon2id$v=19$m=99999999,t=1,p=1$AAECAwQFBgc$AAECAwQFBgc",
                "$argon2id$v=19$m=65536,t=9999,p=1$AAECAwQFBgc$AAECAwQFBgc",
                "$argon2id$v=19$m=64,t=1,t=1$AAECAwQFBgc$AAECAwQFBgc",
                "$argon2id$v=18$m=64,t=1,p=1$AAECAwQFBgc$AAECAwQFBgc",
                "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgc$AAECAwQFBgc$",
                "$argon2id$v=19$m=64,t=1,p=65$AAECAwQFBgc$AAECAwQFBgc"
            })
    void a_hash_that_is_malformed_or_out_of_all_reason_is_refused(String text) {
        assertThatThrownBy(() -> Password.ofHash(text))
                .isInstanceOf(ValueException.class)
                .hasMessageNotContaining("AAEC");
    }

    @Test
    void a_weaker_hash_is_due_to_be_made_anew() {
        Password weak = HASHER.hash("x".toCharArray());
        PasswordHasher stronger =
                PasswordHasher.builder().profile(new PasswordProfile(128, 1, 1)).build();
        assertThat(stronger.verify(weak, "x".toCharArray())).isEqualTo(PasswordCheck.match(true));
        assertThat(stronger.verify(weak, "y".toCharArray())).isEqualTo(PasswordCheck.noMatch());
        Password strong = stronger.hash("x".toCharArray());
        assertThat(HASHER.verify(strong, "x".toCharArray())).isEqualTo(PasswordCheck.match(false));
        assertThat(weak).isNotEqualTo(strong).isEqualTo(Password.ofHash(phc(weak)));
    }

    @Test
    void nobody_never_matches() {
        assertThat(HASHER.verifyNobody("".toCharArray()).outcome()).isEqualTo(Outcome.NO_MATCH);
    }

    @Test
    void so_many_are_hashed_at_once_and_who_waits_too_long_is_told() throws Exception {
        // Slow on purpose: the first is still at work when the others come.
        PasswordHasher busy = PasswordHasher.builder()
                .profile(new PasswordProfile(32 * 1024, 8, 1))
                .atOnce(1)
                .waitAtMost(Duration.ofMillis(1))
                .build();
        Password weak = HASHER.hash("x".toCharArray());
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            CountDownLatch begun = new CountDownLatch(1);
            List<Future<Boolean>> refused = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                refused.add(threads.submit(() -> {
                    begun.await();
                    try {
                        busy.hash("x".toCharArray());
                        return false;
                    } catch (PasswordBusyException expected) {
                        return true;
                    }
                }));
            }
            begun.countDown();
            int told = 0;
            for (Future<Boolean> each : refused) {
                told += each.get(1, TimeUnit.MINUTES) ? 1 : 0;
            }
            assertThat(told).isBetween(1, 3);
            assertThat(busy.verify(weak, "x".toCharArray()).matches()).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void an_interrupted_thread_is_told_so_and_keeps_its_flag() {
        Password weak = HASHER.hash("x".toCharArray());
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(OperationInterruptedException.class)
                .isThrownBy(() -> HASHER.hash("x".toCharArray()))
                .withMessageContaining("interrupted");
        assertThatExceptionOfType(OperationInterruptedException.class)
                .isThrownBy(() -> HASHER.verify(weak, "x".toCharArray()));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(HASHER.verify(weak, "x".toCharArray()).matches()).isTrue();
    }

    @Test
    void the_standard_is_no_less_than_owasp_asks_for_and_calibration_never_goes_below() {
        assertThat(PasswordProfile.STANDARD.memoryKib()).isGreaterThanOrEqualTo(PasswordProfile.LEAST.memoryKib());
        assertThat(PasswordProfile.STANDARD.passes()).isGreaterThanOrEqualTo(PasswordProfile.LEAST.passes());
        assertThat(PasswordHasher.standard().profile()).isEqualTo(PasswordProfile.STANDARD);
        assertThat(PasswordProfile.calibrated(Duration.ZERO, 1)).isEqualTo(PasswordProfile.LEAST);
        PasswordProfile found = PasswordProfile.calibrated(Duration.ofMillis(400), 40 * 1024);
        assertThat(found.memoryKib()).isBetween(PasswordProfile.LEAST.memoryKib(), 40 * 1024);
        assertThatThrownBy(() -> new PasswordProfile(7, 1, 1)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> PasswordHasher.builder().atOnce(0)).isInstanceOf(ConfigurationException.class);
    }
}
