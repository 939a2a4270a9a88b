package dev.korm.model;

import dev.korm.codec.Canonical;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.TableShape;
import dev.korm.spi.FingerprintKey;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What stands for unique values in their hidden column. */
public final class Fingerprint {
    private Fingerprint() {}

    /** A value of a column, in the form in which the column holds it. */
    public record Part(@Nullable Object stored, ColumnKind kind) {}

    /** The values of the columns of a key. */
    public interface Values {
        Part of(String column);
    }

    /**
     * Whether a change of some columns changes fingerprints that are not among them, since other columns count as well.
     *
     * @param shape the table as it is
     */
    public static List<FingerprintKey> unsettled(List<ColumnShape> columns, TableShape shape) {
        return FingerprintKey.in(shape).stream()
                .filter(key ->
                        !columns.contains(key.hidden()) && columns.stream().anyMatch(column -> key.isOf(column.name())))
                .toList();
    }

    /** The fingerprint of a value as its column holds it; null for null. */
    public static @Nullable String of(@Nullable Object stored, ColumnKind kind) {
        return stored == null ? null : Canonical.fingerprint(stored, kind);
    }

    /** The fingerprint of a row's values; null where one of them is. Of several, it is that of a JSON object of them. */
    public static @Nullable String of(FingerprintKey key, Values values) {
        Map<String, String> members = new TreeMap<>();
        for (FingerprintKey.Part part : key.parts()) {
            Part value = values.of(part.column());
            if (value.stored() == null) {
                return null;
            }
            String json = Canonical.json(value.stored(), value.kind(), part.forms());
            if (key.parts().size() == 1) {
                return Canonical.hash("SHA-512", json);
            }
            members.put(part.column(), json);
        }
        return Canonical.hash("SHA-512", Canonical.object(members));
    }
}
