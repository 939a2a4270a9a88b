package dev.korm.model;

import static dev.korm.Normalized.Form.IGNORE_CASE;
import static dev.korm.Normalized.Form.NFC;
import static dev.korm.Normalized.Form.NFKC;
import static dev.korm.Normalized.Form.TRIM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Encrypted;
import dev.korm.ModelException;
import dev.korm.Name;
import dev.korm.Normalized;
import dev.korm.Searchable;
import dev.korm.Unique;
import dev.korm.UniqueTogether;
import dev.korm.codec.json.CanonicalJson;
import dev.korm.codec.text.NormalText;
import dev.korm.model.row.Fingerprint;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeclaredKeysTest {
    private static final TableName TABLE = TableName.items("people", "members");

    @UniqueTogether({"tenant", "mail"})
    @UniqueTogether({"number", "tenant"})
    record Member(
            String tenant,
            @Name("mail") @Normalized({IGNORE_CASE, TRIM}) String email,
            @Normalized(NFC) Optional<Unique<String>> nick,
            long number) {}

    @Test
    void a_compound_has_one_hidden_column_and_one_index_named_after_its_fields() {
        TableSchema schema = Models.of(Member.class).wanted(TABLE, null);
        assertThat(schema.columns())
                .extracting(ColumnSchema::name)
                .containsExactly(
                        "rnId",
                        "tenant",
                        "mail",
                        "nick",
                        "__korm_unique__4nickn",
                        "number",
                        "__korm_unique__4mailtc6tenant",
                        "__korm_unique__6number6tenant",
                        "__korm_unique____korm_rev__");
        assertThat(schema.indexes())
                .extracting(IndexSchema::name)
                .contains("__korm_u_"
                        + CanonicalJson.hash("SHA-256", "__items__people__members:4mailtc6tenant")
                                .substring(0, 24));
    }

    @Test
    void the_fingerprint_of_a_compound_is_that_of_an_object_of_its_normalised_values() {
        FingerprintKey key = new FingerprintKey(List.of(
                new FingerprintKey.Part("tenant", Set.of()),
                new FingerprintKey.Part("email", Set.of(TRIM, IGNORE_CASE))));
        Map<String, Fingerprint.Part> row = Map.of(
                "tenant", new Fingerprint.Part(7L, ColumnKind.INTEGER),
                "email", new Fingerprint.Part(" Fred ", ColumnKind.TEXT));
        assertThat(Fingerprint.of(key, part -> row.get(part.column())))
                .isEqualTo(CanonicalJson.hash("SHA-512", "{\"email\":\"fred\",\"tenant\":7}"));
    }

    @Test
    void a_single_field_that_is_not_normalised_has_the_original_fingerprint() {
        Fingerprint.Part value = new Fingerprint.Part("VF7NCD5FS9A123456", ColumnKind.TEXT);
        assertThat(Fingerprint.of(FingerprintKey.of("vin"), column -> value))
                .isEqualTo(Fingerprint.of(value.stored(), value.kind()));
        assertThat(Fingerprint.of(FingerprintKey.of("vin", Set.of(TRIM)), column -> value))
                .isEqualTo(Fingerprint.of(value.stored(), value.kind()));
    }

    @Test
    void texts_are_composed_stripped_and_folded() {
        assertThat(NormalText.of(" \u00C9 ", Set.of(TRIM))).isEqualTo("\u00C9");
        assertThat(NormalText.of("E\u0301", Set.of(NFC))).isEqualTo("\u00C9");
        assertThat(NormalText.of("E\u0301", Set.of(NFC, IGNORE_CASE))).isEqualTo("\u00E9");
        assertThat(NormalText.of("\u00A0\uFB01", Set.of(NFKC, TRIM))).isEqualTo("fi");
        assertThat(NormalText.of("\uFB01", Set.of(NFC))).isEqualTo("\uFB01");
        // The fold of capital I with a dot is an i and a dot above, which stay apart; that of J with a caron composes.
        assertThat(NormalText.of("\u01F0", Set.of(NFC, IGNORE_CASE)))
                .isEqualTo(NormalText.of("J\u030C", Set.of(NFC, IGNORE_CASE)));
        assertThat(NormalText.of(" As It Is ", Set.of())).isEqualTo(" As It Is ");
    }

    @UniqueTogether("tenant")
    record One(String tenant) {}

    @UniqueTogether({"tenant", "tenant"})
    record Twice(String tenant) {}

    @UniqueTogether({"tenant", "address.city"})
    record Nested(String tenant, Map<String, String> address) {}

    @UniqueTogether({"tenant", "email"})
    @UniqueTogether({"email", "tenant"})
    record Same(String tenant, String email) {}

    record Idle(@Normalized(TRIM) String email) {}

    record Number(@Normalized(TRIM) Unique<Long> email) {}

    record Both(@Normalized({NFC, NFKC}) Unique<String> email) {}

    @Test
    void what_cannot_be_unique_is_refused_with_the_reason() {
        refused(One.class, "fewer than two");
        refused(Twice.class, "twice");
        refused(Nested.class, "address.city");
        refused(Same.class, "same fields");
        refused(Idle.class, "@UniqueTogether");
        refused(Number.class, "texts");
        refused(Both.class, "NFKC");
    }

    record TooShort(@Searchable(bits = 4) Encrypted<String> name) {}

    record Odd(@Searchable(bits = 13) Encrypted<String> name) {}

    record UniqueByChance(
            @Searchable(unique = true, bits = 64) Encrypted<String> name) {}

    @Test
    void a_length_of_fingerprints_that_cannot_be_kept_is_refused() {
        refused(TooShort.class, "from 8 to 256");
        refused(Odd.class, "steps of 4");
        refused(UniqueByChance.class, "128 bits or more");
    }

    private static void refused(Class<?> type, String reason) {
        assertThatThrownBy(() -> Models.of(type))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(type.getSimpleName())
                .hasMessageContaining(reason);
    }
}
