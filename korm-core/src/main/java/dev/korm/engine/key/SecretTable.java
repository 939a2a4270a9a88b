package dev.korm.engine.key;

import dev.korm.crypto.BlindIndex;
import dev.korm.crypto.ItemIdentity;
import dev.korm.crypto.LayerSealer;
import dev.korm.engine.context.ItemIds;
import dev.korm.key.KeyUse;
import dev.korm.model.row.SecretRows;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The secrets in the rows of one table as it is, and the fingerprints that are made of them. */
final class SecretTable {
    private static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);
    private static final int FIRST_COLUMN = 2;

    private final TableSchema schema;
    private final LayerSealer seals;
    /** The columns that can hold secrets. */
    private final List<ColumnSchema> secrets;
    /** What has fingerprints of them. */
    private final List<FingerprintKey> keys;
    /** All columns that are read. */
    private final List<ColumnSchema> columns = new ArrayList<>();

    private final Map<String, Integer> places = new HashMap<>();

    /** A row with its secrets sealed anew; {@code update} is null when nothing was. */
    record Renewed(Mutation.@Nullable Update update, int resealed, int unopened) {}

    SecretTable(TableSchema schema, LayerSealer seals) {
        this.schema = schema;
        this.seals = seals;
        this.secrets = schema.columns().stream()
                .filter(column -> !column.isGenerated())
                .filter(column -> column.kind() == ColumnKind.ENCRYPTED || column.kind() == ColumnKind.JSON)
                .toList();
        this.keys = FingerprintKey.in(schema).stream()
                .filter(key -> secrets.stream().anyMatch(column -> key.isOf(column.name())))
                .toList();
        secrets.forEach(this::read);
        for (FingerprintKey key : keys) {
            key.columns().forEach(name -> read(schema.column(name).orElseThrow()));
            read(key.hidden());
        }
    }

    private void read(ColumnSchema column) {
        if (places.putIfAbsent(column.name(), FIRST_COLUMN + columns.size()) == null) {
            columns.add(column);
        }
    }

    TableName table() {
        return schema.table();
    }

    /** Returns whether there can be any. */
    boolean isEmpty() {
        return secrets.isEmpty();
    }

    /** Returns all rows, in no order. */
    Selection all() {
        return selection(Condition.ALWAYS, List.of(), OptionalLong.empty());
    }

    /** Returns the rows of a condition. */
    Selection rows(Condition where) {
        return selection(where, List.of(), OptionalLong.empty());
    }

    /** Returns the next rows behind an id, by id. */
    Selection after(String id, int limit) {
        Condition where = id.isEmpty()
                ? Condition.ALWAYS
                : new Condition.Compare(ItemIds.operand(), Condition.Comparison.GREATER, id);
        SortKey byId =
                new SortKey(new Output.Value(ItemIds.operand()), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST);
        return selection(where, List.of(byId), OptionalLong.of(limit));
    }

    /** Returns the rows at one end of the ids, which no layer reads the whole table for. */
    Selection end(SortKey.Direction direction, int limit) {
        SortKey byId = new SortKey(new Output.Value(ItemIds.operand()), direction, SortKey.Nulls.LAST);
        return selection(Condition.ALWAYS, List.of(byId), OptionalLong.of(limit));
    }

    private Selection selection(Condition where, List<SortKey> order, OptionalLong limit) {
        List<Output> outputs = new ArrayList<>();
        outputs.add(new Output.Value(ItemIds.operand()));
        outputs.add(value(REVISION));
        columns.forEach(column -> outputs.add(value(column)));
        return new Selection(schema.table(), List.of(), outputs, where, List.of(), order, limit);
    }

    private static Output value(ColumnSchema column) {
        return new Output.Value(new Operand.Column(0, column.name(), column.kind()));
    }

    static String id(RowCursor row) {
        return String.valueOf(row.get(0));
    }

    /** Tells of each key that the row at hand needs: by column, for values and for fingerprints. */
    void keyIds(RowCursor row, Uses uses) {
        for (ColumnSchema column : secrets) {
            if (text(row, column) instanceof String text && SecretRows.mayHold(text)) {
                SecretRows.keyIds(text, keyId -> uses.count(keyId, column.name(), KeyUse.Kind.VALUES));
            }
        }
        for (FingerprintKey key : keys) {
            if (key.isSealed() && text(row, key.hidden()) instanceof String fingerprint) {
                String keyId = BlindIndex.keyId(fingerprint);
                if (!keyId.isEmpty()) {
                    uses.count(keyId, String.join(",", key.columns()), KeyUse.Kind.FINGERPRINTS);
                }
            }
        }
    }

    /** Tries to open each sealed value of the row at hand. */
    void open(RowCursor row, SecretRows.Opening each) {
        ItemIdentity owner = seals.item(schema.table(), id(row));
        for (ColumnSchema column : secrets) {
            if (text(row, column) instanceof String text && SecretRows.mayHold(text)) {
                SecretRows.open(text, owner.column(column.name()), each);
            }
        }
    }

    /** Counts the uses of keys. */
    interface Uses {
        void count(String keyId, String column, KeyUse.Kind kind);
    }

    private @Nullable Object text(RowCursor row, ColumnSchema column) {
        return row.get(places.getOrDefault(column.name(), 0));
    }

    /**
     * Returns the row at hand with what is not sealed with the current key sealed with it. No data changes, so the
     * revision stays, and whoever holds the item can go on with it.
     */
    Renewed renewed(RowCursor row, String currentId) {
        String id = id(row);
        ItemIdentity owner = seals.item(schema.table(), id);
        int resealed = 0;
        int unopened = 0;
        Map<ColumnSchema, @Nullable Object> changed = new LinkedHashMap<>();
        for (ColumnSchema column : secrets) {
            if (text(row, column) instanceof String text && SecretRows.mayHold(text)) {
                SecretRows.Renewed renewed = SecretRows.renewed(text, owner.column(column.name()));
                resealed += renewed.resealed();
                unopened += renewed.unopened();
                if (renewed.resealed() > 0) {
                    changed.put(column, renewed.text());
                }
            }
        }
        for (FingerprintKey key : keys) {
            renew(key, row, owner, currentId, changed);
        }
        if (changed.isEmpty()) {
            return new Renewed(null, 0, unopened);
        }
        long revision = row.get(1) instanceof Number number ? number.longValue() : 0;
        changed.put(REVISION, revision);
        Mutation.Update update = new Mutation.Update(
                schema.table(),
                id,
                OptionalLong.of(revision),
                List.copyOf(changed.keySet()),
                Row.of(changed.values().toArray()));
        return new Renewed(update, resealed, unopened);
    }

    private void renew(
            FingerprintKey key,
            RowCursor row,
            ItemIdentity owner,
            String currentId,
            Map<ColumnSchema, @Nullable Object> changed) {
        Object old = text(row, key.hidden());
        if (old instanceof String mark && BlindIndex.isDeleted(mark)) {
            // A deleted item whose values others may have; restoring it makes the fingerprint anew. No unique value is
            // written without one.
            if (changed.keySet().stream().anyMatch(column -> key.isOf(column.name()))) {
                changed.put(key.hidden(), old);
            }
            return;
        }
        boolean current = key.isSealed()
                ? old instanceof String fingerprint
                        && BlindIndex.keyId(fingerprint).equals(currentId)
                : changed.keySet().stream().noneMatch(column -> key.isOf(column.name()));
        boolean written = changed.keySet().stream().anyMatch(column -> key.isOf(column.name()));
        if (current && !written) {
            return;
        }
        Object fresh = current ? old : fingerprint(key, row, owner, changed);
        if (written || !Objects.equals(old, fresh)) {
            changed.put(key.hidden(), fresh);
        }
    }

    private @Nullable Object fingerprint(
            FingerprintKey key, RowCursor row, ItemIdentity owner, Map<ColumnSchema, @Nullable Object> changed) {
        return SecretRows.fingerprint(schema, key, owner, seals, column -> {
            Object now = changed.get(column);
            return now != null ? now : text(row, column);
        });
    }
}
