package dev.korm.model.row;

import dev.korm.Normalized;
import dev.korm.SealException;
import dev.korm.codec.StoredSecrets;
import dev.korm.codec.json.CanonicalJson;
import dev.korm.crypto.BlindIndex;
import dev.korm.crypto.ItemIdentity;
import dev.korm.crypto.LayerSealer;
import dev.korm.crypto.SecretLocation;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.TableSchema;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Secrets as they stand in rows, whatever record the rows belong to. */
public final class SecretRows {
    private static final int DIGEST_DIGITS = 32;

    private SecretRows() {}

    /**
     * A column's text with its secrets sealed anew.
     *
     * @param text the same text where none was
     * @param resealed how many were
     * @param unopened how many should have been, and do not open
     */
    public record Renewed(String text, int resealed, int unopened) {}

    /** The cells of a row, by column. */
    public interface Cells {
        @Nullable Object in(ColumnSchema column);
    }

    /** Returns whether a column's text may hold a secret; cheap. */
    public static boolean mayHold(String text) {
        return StoredSecrets.mayHold(text);
    }

    /** Tells the id of the key of each sealed value in a column's text. */
    public static void keyIds(String text, Consumer<String> each) {
        StoredSecrets.keyIds(text, each);
    }

    /** Is told of each sealed value whether it opens. */
    public interface Opening {
        /**
         * @param keyId the key that it says it was sealed with
         * @param closed why it does not open; null when it does
         */
        void tried(String keyId, @Nullable SealException closed);
    }

    /** Tries to open each sealed value in a column's text, and keeps nothing of what it opens. */
    public static void open(String text, SecretLocation column, Opening each) {
        StoredSecrets.open(text, column, each::tried);
    }

    /**
     * Returns a column's text with everything that is not sealed with the current key sealed with it; what does not
     * open stays.
     */
    public static Renewed renewed(String text, SecretLocation column) {
        StoredSecrets.Renewed renewed = StoredSecrets.renewed(text, column);
        return new Renewed(renewed.text(), renewed.resealed(), renewed.unopened());
    }

    /**
     * Returns the canonical JSON of the value that is sealed in a column.
     *
     * @param forms what a text is normalised to
     * @throws SealException when it does not open
     */
    public static String canonical(String sealed, SecretLocation column, Set<Normalized.Form> forms) {
        return CanonicalJson.json(StoredSecrets.open(sealed, column), ColumnKind.JSON, forms);
    }

    /**
     * Returns the fingerprint of a row that is stored. For a sealed value that does not open it is one that nothing is
     * found by.
     *
     * @param owner the row's item
     */
    public static @Nullable String fingerprint(
            TableSchema schema, FingerprintKey key, ItemIdentity owner, LayerSealer seals, Cells cells) {
        try {
            return Fingerprint.of(
                    key,
                    part -> {
                        ColumnSchema column = schema.column(part.column()).orElseThrow();
                        Object value = cells.in(column);
                        return part.content() == FingerprintKey.Content.SEALED && value instanceof String text
                                ? new Fingerprint.Part(
                                        StoredSecrets.open(text, owner.column(column.name())), ColumnKind.JSON)
                                : new Fingerprint.Part(value, column.kind());
                    },
                    seals.blind(schema.table(), key));
        } catch (SealException closed) {
            return BlindIndex.unopened(
                    CanonicalJson.hash("SHA-256", owner.toString()).substring(0, DIGEST_DIGITS));
        }
    }
}
