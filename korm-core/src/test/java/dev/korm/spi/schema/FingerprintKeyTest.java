package dev.korm.spi.schema;

import static dev.korm.Normalized.Form.IGNORE_CASE;
import static dev.korm.Normalized.Form.NFC;
import static dev.korm.Normalized.Form.NFKC;
import static dev.korm.Normalized.Form.TRIM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Normalized;
import dev.korm.spi.query.ColumnKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FingerprintKeyTest {
    private static final String PREFIX = ColumnSchema.UNIQUE_PREFIX;

    private static FingerprintKey.Part part(String column, Normalized.Form... forms) {
        return new FingerprintKey.Part(column, Set.of(forms));
    }

    @Test
    void a_column_as_it_is_has_the_original_name() {
        assertThat(FingerprintKey.of("email").hidden().name()).isEqualTo(PREFIX + "email");
        assertThat(FingerprintKey.read(PREFIX + "email", List.of("email"))).contains(FingerprintKey.of("email"));
    }

    @Test
    void several_columns_and_their_forms_are_spelt_by_name() {
        FingerprintKey key = new FingerprintKey(List.of(part("tenant"), part("email", IGNORE_CASE, TRIM)));
        assertThat(key.hidden()).isEqualTo(new ColumnSchema(PREFIX + "5emailtc6tenant", ColumnKind.FINGERPRINT));
        assertThat(FingerprintKey.of("a1", Set.of(NFC)).text()).isEqualTo("2a1n");
        assertThat(FingerprintKey.of("a1", Set.of(NFKC)).text()).isEqualTo("2a1k");
    }

    @Test
    void long_names_are_hashed_and_found_again_among_the_columns() {
        List<String> columns = List.of("theCustomersReferenceNumber", "theInternationalBankAccount", "other");
        FingerprintKey key = new FingerprintKey(List.of(part(columns.get(0), TRIM), part(columns.get(1))));
        assertThat(key.hidden().name()).hasSizeLessThanOrEqualTo(63).startsWith(PREFIX + "0");
        assertThat(FingerprintKey.read(key.hidden().name(), columns)).contains(key);
        assertThat(FingerprintKey.read(key.hidden().name(), columns.subList(1, 3)))
                .isEmpty();
    }

    @Test
    void up_to_five_columns_of_any_length_can_be_named() {
        List<FingerprintKey.Part> parts = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            parts.add(part("x".repeat(60) + i, NFKC, TRIM, IGNORE_CASE));
        }
        assertThat(new FingerprintKey(parts).isNameable()).isTrue();
        parts.add(part("y".repeat(60)));
        assertThat(new FingerprintKey(parts).isNameable()).isFalse();
    }

    @Test
    void names_that_say_nothing_are_nobodys() {
        for (String text :
                List.of("", "0", "0zz", "5", "5emai", "5emailx", "99999999999email", "email", "5emailc6tenant")) {
            assertThat(FingerprintKey.read(PREFIX + text, List.of("other"))).isEmpty();
        }
        assertThat(FingerprintKey.read("email", List.of("email"))).isEmpty();
    }

    private static FingerprintKey.Part sealed(String column) {
        return new FingerprintKey.Part(column, Set.of(IGNORE_CASE), FingerprintKey.Content.SEALED);
    }

    @Test
    void another_length_stands_behind_the_name() {
        assertThat(new FingerprintKey(List.of(sealed("city"))).text()).isEqualTo("4citycs");
        assertThat(new FingerprintKey(List.of(sealed("city")), 128).text()).isEqualTo("4citycs");
        String spelt = new FingerprintKey(List.of(sealed("city")), 12).hidden().name();
        assertThat(spelt).isEqualTo(PREFIX + "4citycs_12");
        assertThat(FingerprintKey.read(spelt, List.of("city")).orElseThrow().bits())
                .isEqualTo(12);
        String column = "x".repeat(60);
        FingerprintKey hashed = new FingerprintKey(List.of(sealed(column)), 256);
        assertThat(hashed.hidden().name()).startsWith(PREFIX + "0").endsWith("_256");
        assertThat(FingerprintKey.read(hashed.hidden().name(), List.of(column))).contains(hashed);
        for (String text : List.of(
                "4citycs_",
                "4citycs_7",
                "4citycs_128",
                "4citycs_12_12",
                "4citycs_012",
                "4cityc_12",
                "4citycs_9999999999",
                "4citycs_12s")) {
            assertThat(FingerprintKey.read(PREFIX + text, List.of("city")))
                    .as(text)
                    .isEmpty();
        }
    }

    @Test
    void lengths_that_make_no_sense_are_refused() {
        for (int bits : new int[] {-4, 0, 4, 9, 260}) {
            assertThatThrownBy(() -> new FingerprintKey(List.of(sealed("city")), bits))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new FingerprintKey(List.of(part("city")), 64))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void every_key_is_read_from_its_name() {
        long seed = Long.getLong("korm.seed", System.nanoTime());
        System.out.println("FingerprintKeyTest runs with seed " + seed + "; to repeat it: -Dkorm.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            Set<String> columns = new LinkedHashSet<>();
            int count = 1 + random.nextInt(5);
            while (columns.size() < count) {
                columns.add(name(random));
            }
            FingerprintKey key = new FingerprintKey(columns.stream()
                    .map(column -> new FingerprintKey.Part(column, forms(random)))
                    .toList());
            List<String> there = new ArrayList<>(columns);
            there.add(name(random));
            assertThat(FingerprintKey.read(key.hidden().name(), there)).contains(key);
            assertThat(key.hidden().name()).matches("[A-Za-z_][A-Za-z0-9_]*");
        }
    }

    private static String name(Random random) {
        String characters = "abctnkXYZ_0189";
        StringBuilder name = new StringBuilder("x");
        int length = random.nextInt(20);
        for (int i = 0; i < length; i++) {
            name.append(characters.charAt(random.nextInt(characters.length())));
        }
        return name.toString();
    }

    private static Set<Normalized.Form> forms(Random random) {
        Set<Normalized.Form> forms = EnumSet.noneOf(Normalized.Form.class);
        for (Normalized.Form form : Normalized.Form.values()) {
            if (random.nextInt(4) == 0) {
                forms.add(form);
            }
        }
        return forms;
    }
}
