package dev.korm.engine;

import dev.korm.KeyUse;
import dev.korm.crypto.Blind;
import dev.korm.crypto.Owner;
import dev.korm.crypto.Seals;
import dev.korm.model.SecretRows;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.Condition;
import dev.korm.spi.FingerprintKey;
import dev.korm.spi.Mutation;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Selection;
import dev.korm.spi.SortKey;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
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
    private static final ColumnShape REVISION = new ColumnShape(TableName.REVISION, ColumnKind.INTEGER);
    private static final int FIRST_COLUMN = 2;

    private final TableShape shape;
    private final Seals seals;
    /** The columns that can hold secrets. */
    private final List<ColumnShape> secrets;
    /** What has fingerprints of them. */
    private final List<FingerprintKey> keys;
    /** All columns that are read. */
    private final List<ColumnShape> columns = new ArrayList<>();

    private final Map<String, Integer> places = new HashMap<>();

    /** A row with its secrets sealed anew; {@code update} is null when nothing was. */
    record Renewed(Mutation.@Nullable Update update, int resealed, int unopened) {}

    SecretTable(TableShape shape, Seals seals) {
        this.shape = shape;
        this.seals = seals;
        this.secrets = shape.columns().stream()
                .filter(column -> !column.isGenerated())
                .filter(column -> column.kind() == ColumnKind.ENCRYPTED || column.kind() == ColumnKind.JSON)
                .toList();
        this.keys = FingerprintKey.in(shape).stream()
                .filter(key -> secrets.stream().anyMatch(column -> key.isOf(column.name())))
                .toList();
        secrets.forEach(this::read);
        for (FingerprintKey key : keys) {
            key.columns().forEach(name -> read(shape.column(name).orElseThrow()));
            read(key.hidden());
        }
    }

    private void read(ColumnShape column) {
        if (places.putIfAbsent(column.name(), FIRST_COLUMN + columns.size()) == null) {
            columns.add(column);
        }
    }

    TableName table() {
        return shape.table();
    }

    /** Whether there can be any. */
    boolean isEmpty() {
        return secrets.isEmpty();
    }

    /** All rows, in no order. */
    Selection all() {
        return selection(Condition.ALWAYS, List.of(), OptionalLong.empty());
    }

    /** The rows of a condition. */
    Selection rows(Condition where) {
        return selection(where, List.of(), OptionalLong.empty());
    }

    /** The next rows behind an id, by id. */
    Selection after(String id, int limit) {
        Condition where = id.isEmpty()
                ? Condition.ALWAYS
                : new Condition.Compare(ItemIds.operand(), Condition.Comparison.GREATER, id);
        SortKey byId =
                new SortKey(new Output.Value(ItemIds.operand()), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST);
        return selection(where, List.of(byId), OptionalLong.of(limit));
    }

    private Selection selection(Condition where, List<SortKey> order, OptionalLong limit) {
        List<Output> outputs = new ArrayList<>();
        outputs.add(new Output.Value(ItemIds.operand()));
        outputs.add(value(REVISION));
        columns.forEach(column -> outputs.add(value(column)));
        return new Selection(shape.table(), List.of(), outputs, where, List.of(), order, limit);
    }

    private static Output value(ColumnShape column) {
        return new Output.Value(new Operand.Column(0, column.name(), column.kind()));
    }

    static String id(RowCursor row) {
        return String.valueOf(row.get(0));
    }

    /** Tells of each key that the row at hand needs: by column, for values and for fingerprints. */
    void keyIds(RowCursor row, Uses uses) {
        for (ColumnShape column : secrets) {
            if (text(row, column) instanceof String text && SecretRows.mayHold(text)) {
                SecretRows.keyIds(text, keyId -> uses.count(keyId, column.name(), KeyUse.Kind.VALUES));
            }
        }
        for (FingerprintKey key : keys) {
            if (key.isSealed() && text(row, key.hidden()) instanceof String fingerprint) {
                String keyId = Blind.keyId(fingerprint);
                if (!keyId.isEmpty()) {
                    uses.count(keyId, String.join(",", key.columns()), KeyUse.Kind.FINGERPRINTS);
                }
            }
        }
    }

    /** Counts the uses of keys. */
    interface Uses {
        void count(String keyId, String column, KeyUse.Kind kind);
    }

    private @Nullable Object text(RowCursor row, ColumnShape column) {
        return row.get(places.getOrDefault(column.name(), 0));
    }

    /**
     * The row at hand with what is not sealed with the current key sealed with it. No data changes, so the revision stays, and
     * whoever holds the item can go on with it.
     */
    Renewed renewed(RowCursor row, String currentId) {
        String id = id(row);
        Owner owner = seals.item(shape.table(), id);
        int resealed = 0;
        int unopened = 0;
        Map<ColumnShape, @Nullable Object> changed = new LinkedHashMap<>();
        for (ColumnShape column : secrets) {
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
                shape.table(),
                id,
                OptionalLong.of(revision),
                List.copyOf(changed.keySet()),
                Row.of(changed.values().toArray()));
        return new Renewed(update, resealed, unopened);
    }

    private void renew(
            FingerprintKey key,
            RowCursor row,
            Owner owner,
            String currentId,
            Map<ColumnShape, @Nullable Object> changed) {
        Object old = text(row, key.hidden());
        boolean current = key.isSealed()
                ? old instanceof String fingerprint && Blind.keyId(fingerprint).equals(currentId)
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
            FingerprintKey key, RowCursor row, Owner owner, Map<ColumnShape, @Nullable Object> changed) {
        return SecretRows.fingerprint(shape, key, owner, seals, column -> {
            Object now = changed.get(column);
            return now != null ? now : text(row, column);
        });
    }
}
