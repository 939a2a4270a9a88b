package dev.korm.kalam.layer;

import dev.korm.kalam.layer.ledger.RowData;
import dev.korm.kalam.layer.ledger.RowKey;
import dev.korm.kalam.layer.ledger.StoredSchema;
import dev.korm.spi.evaluate.Evaluator;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.evaluate.Values;
import dev.korm.spi.query.Operand;
import dev.korm.spi.schema.IndexSchema;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The unique values of rows of a table: each is a row of its own, whose id is the value and that says who holds it. */
final class UniqueKeys {
    private static final String TABLE = "unique";
    private static final int LONGEST = 200;
    private static final String HOLDER = "holder";

    private final StoredSchema table;

    UniqueKeys(StoredSchema table) {
        this.table = table;
    }

    /** Returns the rows of the values that a row holds; none where a part is null. */
    Map<IndexSchema, RowKey> of(String id, RowData data) {
        Map<IndexSchema, RowKey> keys = new LinkedHashMap<>();
        for (IndexSchema index : table.schema().indexes()) {
            if (index.uniqueness() == IndexSchema.Uniqueness.UNIQUE) {
                String value = value(index, id, data);
                if (value != null) {
                    keys.put(
                            index,
                            new RowKey(
                                    TABLE,
                                    table.schema().table() + "." + index.name() + "."
                                            + Objects.requireNonNull(
                                                    table.numbers().get(index.name())) + "." + value));
                }
            }
        }
        return keys;
    }

    private @Nullable String value(IndexSchema index, String id, RowData data) {
        Evaluator evaluator = new Evaluator("", (name, target) -> null);
        Scope scope = Scope.of(0, new RowView(table).of(id, data));
        List<@Nullable Object> values = new ArrayList<>();
        for (Operand part : index.parts()) {
            Object value = evaluator.value(part).of(scope);
            if (value == null) {
                return null;
            }
            values.add(value);
        }
        String key = Values.key(values);
        return key.length() <= LONGEST ? key : "sha256-" + hash(key);
    }

    private static String hash(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("Every Java has SHA-256", missing);
        }
    }

    static RowData heldBy(String id) {
        return RowData.EMPTY.with(Map.of(HOLDER, id));
    }

    static String holder(RowData value) {
        return String.valueOf(value.stored(HOLDER));
    }
}
