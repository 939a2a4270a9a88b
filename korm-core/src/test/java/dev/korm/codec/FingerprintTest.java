package dev.korm.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Unique;
import dev.korm.codec.json.CanonicalJson;
import dev.korm.spi.query.ColumnKind;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    private static final String ONE =
            "4dff4ea340f0a823f15d3f4f01ab62eae0e5da579ccb851f8db9dfe84c58b2b37b89903a740e1ee172da793a6e79d560e5f7f9bd058a12a280433ed6fa46510a";

    @Test
    void fingerprints_are_those_of_the_original() {
        assertThat(Unique.of("VF7NCD5FS9A123456").fingerprint())
                .isEqualTo(
                        "98318c5882a38f93614c3d6b7662990cf753a89700b5c8abd48493b970b0f96e408ef9a173d2a99720f09b485ea3cb7014178000ed71fbc401bf3322cf03eeca");
        Map<String, Object> car = new LinkedHashMap<>();
        car.put("model", "Yaris");
        car.put("make", "Toyota");
        assertThat(Unique.of(car).fingerprint())
                .isEqualTo(
                        "72f23ae47db541ffe76e96d540a7aeff97dcb26c606e74a3837098c288eae410257e651acfb27fa71ba15f7feaa4b7b15fd8b8060bcd22cdd86b354890b64d3c");
        assertThat(Unique.of(1).fingerprint()).isEqualTo(ONE);
        assertThat(Unique.of(1.0).fingerprint()).isEqualTo(ONE);
        assertThat(Unique.of(1e21).fingerprint())
                .isEqualTo(
                        "12e5a9d0a0ac0836691cf27f49a378f529cb6fa07856a754b6e2a50f5644defb2d4e80d3fea9dcf156559a6f2307c00568130192f7abac8aa7483646cf500306");
        assertThat(Unique.of(-0.0).fingerprint())
                .isEqualTo(
                        "31bca02094eb78126a517b206a88c73cfa9ec6f704c7030d18212cace820f025f00bf0ea68dbf3f3a5436ca63b53bf7bf80ad8d5de7d8359d0b7fed9dbc3ab99");
        assertThat(Unique.of(true).fingerprint())
                .isEqualTo(
                        "9120cd5faef07a08e971ff024a3fcbea1e3a6b44142a6d82ca28c6c42e4f852595bcf53d81d776f10541045abdb7c37950629415d0dc66c8d86c64a5606d32de");
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("b", 1);
        entry.put("a", 2);
        assertThat(Unique.of(List.of(3, 1, entry)).fingerprint())
                .isEqualTo(
                        "b334eb0581f6b3420d2e205f5769b939d0f96ca866908639cd7fc3d218e4f9a67d38669684ac601e5099274b28615bbbd9d7b97966a592f6dfaef559266f86b1");
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("10", 1);
        keys.put("2", 2);
        keys.put("a", 3);
        keys.put("B", 4);
        assertThat(Unique.of(keys).fingerprint())
                .isEqualTo(
                        "ee4cd91ddaeca0822a7a40f82d5568039da1bfdbbce36ced02088561eb29185e448525d34c2bdab9616309ca137df211b4bdc30186c662eb3473a14449f18e65");
        Map<String, Object> none = new LinkedHashMap<>();
        none.put("b", null);
        none.put("a", "x");
        assertThat(Unique.of(none).fingerprint())
                .isEqualTo(
                        "0724e1f6c611f7c7ef2f2f499401757280679d5e2306fccfba4ffff730a3fcb88975c4b71f405fb1eb58f5dd304f78aca9b6f2b7e61f94c9189e57027e291dad");
    }

    @Test
    void equal_numbers_have_one_fingerprint_in_every_column() {
        assertThat(CanonicalJson.fingerprint(1L, ColumnKind.INTEGER)).isEqualTo(ONE);
        assertThat(CanonicalJson.fingerprint(1.0, ColumnKind.REAL)).isEqualTo(ONE);
        assertThat(CanonicalJson.fingerprint("1", ColumnKind.JSON)).isEqualTo(ONE);
        assertThat(CanonicalJson.fingerprint("1.0", ColumnKind.JSON)).isEqualTo(ONE);
        assertThat(Unique.of(new BigDecimal("2.50")).fingerprint())
                .isEqualTo(Unique.of(new BigDecimal("2.5")).fingerprint());
    }
}
