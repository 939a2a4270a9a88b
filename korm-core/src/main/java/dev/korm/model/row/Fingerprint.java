package dev.korm.model.row;

import dev.korm.codec.json.CanonicalJson;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.BlindIndex;
import dev.korm.crypto.LayerSealer;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.TableSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The fingerprint that represents unique values in their hidden column. */
public final class Fingerprint {
    private Fingerprint() {}

    /** A value of a column, in the form in which the column holds it. */
    public record Part(@Nullable Object stored, ColumnKind kind) {}

    /** The values of the columns of a key; of sealed ones, the JSON that is sealed, as kind JSON. */
    public interface Values {
        Part of(FingerprintKey.Part part);
    }

    /**
     * Returns the fingerprints that a change of some columns affects although it does not determine them, since they
     * are also over other columns.
     *
     * @param schema the table as it is
     */
    public static List<FingerprintKey> unsettled(List<ColumnSchema> columns, TableSchema schema) {
        return FingerprintKey.in(schema).stream()
                .filter(key ->
                        !columns.contains(key.hidden()) && columns.stream().anyMatch(column -> key.isOf(column.name())))
                .toList();
    }

    /** Returns the fingerprint of a value as its column holds it; null for null. */
    public static @Nullable String of(@Nullable Object stored, ColumnKind kind) {
        return stored == null ? null : CanonicalJson.fingerprint(stored, kind);
    }

    /**
     * Returns the fingerprint of a row's values; null where one of them is. Of several, it is that of a JSON object of
     * them.
     */
    public static @Nullable String of(FingerprintKey key, Values values) {
        return of(key, values, null);
    }

    /**
     * Works as {@link #of(FingerprintKey, Values)}.
     *
     * @param blind makes fingerprints of what is sealed; null for data without
     */
    public static @Nullable String of(FingerprintKey key, Values values, @Nullable BlindIndex blind) {
        String json = canonical(key, values);
        if (json == null) {
            return null;
        }
        if (!key.isSealed()) {
            return CanonicalJson.hash("SHA-512", json);
        }
        if (blind == null) {
            throw new TypeMismatch("a secret is stored for the one item that it belongs to; set it item by item");
        }
        return blind.current(json);
    }

    /**
     * Returns the fingerprints of a row's sealed values under every key of the ring, by hidden column; empty while it
     * has one.
     *
     * @param keys of which those without sealed values are passed over
     * @param seals null for data without secrets
     */
    public static Map<String, List<String>> underAllKeys(
            List<FingerprintKey> keys, TableName table, Values values, @Nullable LayerSealer seals) {
        Map<String, List<String>> all = Map.of();
        for (FingerprintKey key : keys) {
            if (!key.isSealed() || seals == null || !seals.hasOtherKeys()) {
                continue;
            }
            String json = canonical(key, values);
            if (json != null) {
                all = all.isEmpty() ? new HashMap<>() : all;
                all.put(key.hidden().name(), seals.blind(table, key).all(json));
            }
        }
        return all;
    }

    /** Returns the canonical JSON that a fingerprint is made of; null where a value is. */
    public static @Nullable String canonical(FingerprintKey key, Values values) {
        Map<String, String> members = new TreeMap<>();
        for (FingerprintKey.Part part : key.parts()) {
            Part value = values.of(part);
            if (value.stored() == null) {
                return null;
            }
            String json = CanonicalJson.json(value.stored(), value.kind(), part.forms());
            if (key.parts().size() == 1) {
                return json;
            }
            members.put(part.column(), json);
        }
        return CanonicalJson.object(members);
    }
}
