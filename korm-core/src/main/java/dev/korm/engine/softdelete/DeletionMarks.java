package dev.korm.engine.softdelete;

import dev.korm.crypto.BlindIndex;
import dev.korm.deletion.SoftDelete;
import dev.korm.engine.context.StoreFingerprint;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Deletions of items as changes that mark their rows, in the tables that ask for it. A marked row has the time of its deletion in {@link
 * TableName#DELETED}, and a revision of its own. Where others may have its unique values, their hidden columns hold a tombstone, which is of the
 * item alone and found by nothing: null would be taken for a row that some program has written without its fingerprint. Safe for many threads.
 */
public final class DeletionMarks {
    private static final ColumnSchema DELETED = new ColumnSchema(TableName.DELETED, ColumnKind.INTEGER);
    private static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);

    private static final int DIGITS = 32;

    private final DeletionModes modes;
    private final Environment environment;
    private final Function<TableName, Optional<TableSchema>> schemas;

    /** @param schemas tables as they are, or were a moment ago */
    public DeletionMarks(
            DeletionModes modes, Environment environment, Function<TableName, Optional<TableSchema>> schemas) {
        this.modes = modes;
        this.environment = environment;
        this.schemas = schemas;
    }

    /** Returns whether the deletion of an item keeps its row. */
    public boolean keepsRows(TableName table) {
        return schema(table) != null;
    }

    /** Returns whether a deletion writes into each row what is of that row alone, so that one change cannot mark several. */
    public boolean isRowByRow(TableName table) {
        TableSchema schema = schema(table);
        return schema != null && !freed(schema).isEmpty();
    }

    /** Returns the table where deletions in it mark rows; null where they do not. */
    private @Nullable TableSchema schema(TableName table) {
        TableSchema schema = table.isItems() ? schemas.apply(table).orElse(null) : null;
        return schema != null && schema.has(TableName.DELETED) && modes.of(table) != DeletionMode.ENDED ? schema : null;
    }

    /**
     * Returns mutations with marks in place of deletions, where rows are kept; the same, and at the same positions, otherwise.
     *
     * @throws SchemaMovedException when rows are to be marked together that have to be marked one by one, since the table was changed
     */
    public List<Mutation> marking(List<Mutation> mutations) {
        return marking(mutations, Set.of());
    }

    /**
     * Works as {@link #marking(List)}.
     *
     * @param leaving those that remove a row in any case
     */
    public List<Mutation> marking(List<Mutation> mutations, Set<Mutation> leaving) {
        if (!deletesAny(mutations)) {
            return mutations;
        }
        long now = micros(environment.clock().instant());
        List<Mutation> all = new ArrayList<>(mutations.size());
        for (Mutation mutation : mutations) {
            TableSchema schema =
                    deletesItems(mutation) && !leaving.contains(mutation) ? schema(mutation.table()) : null;
            all.add(schema == null ? mutation : mark(mutation, schema, now));
        }
        return all;
    }

    /** Asks without a stream, since every write does. */
    private static boolean deletesAny(List<Mutation> mutations) {
        for (Mutation mutation : mutations) {
            if (deletesItems(mutation)) {
                return true;
            }
        }
        return false;
    }

    private static boolean deletesItems(Mutation mutation) {
        return (mutation instanceof Mutation.Delete || mutation instanceof Mutation.DeleteSelected)
                && mutation.table().isItems();
    }

    private Mutation mark(Mutation mutation, TableSchema schema, long now) {
        List<ColumnSchema> freed = freed(schema);
        if (mutation instanceof Mutation.DeleteSelected selected) {
            if (!freed.isEmpty()) {
                throw new SchemaMovedException(
                        schema.table(), new IllegalStateException("Its rows are marked one by one by now"));
            }
            return new Mutation.UpdateSelected(selected.selection(), List.of(DELETED), Row.of(now));
        }
        Mutation.Delete delete = (Mutation.Delete) mutation;
        List<ColumnSchema> columns = new ArrayList<>(List.of(DELETED));
        Row values = Row.of(now);
        for (ColumnSchema hidden : freed) {
            columns.add(hidden);
            values = values.with(tombstone(delete.id()));
        }
        return new Mutation.Update(delete.table(), delete.id(), delete.expectedRevision(), columns, values);
    }

    /** Returns the hidden columns of unique values that others may have once an item is deleted. */
    private List<ColumnSchema> freed(TableSchema schema) {
        return modes.of(schema.table()) == DeletionMode.KEPT ? List.of() : unique(schema);
    }

    /** Returns the hidden columns with the fingerprints of unique values. */
    public static List<ColumnSchema> unique(TableSchema schema) {
        return FingerprintKey.in(schema).stream()
                .map(FingerprintKey::hidden)
                .filter(hidden -> schema.indexes().stream()
                        .anyMatch(index -> index.uniqueness() == IndexSchema.Uniqueness.UNIQUE
                                && index.parts().get(0) instanceof Operand.Column column
                                && column.name().equals(hidden.name())))
                .toList();
    }

    /** Returns what stands in the place of a fingerprint in a marked row whose unique values are free. */
    public static String tombstone(String id) {
        return BlindIndex.deleted(StoreFingerprint.sha256(id).substring(0, DIGITS));
    }

    /** Returns whether a hidden column of a row is to have a tombstone, given the time of the row's deletion. */
    public boolean isFreed(TableName table, @Nullable Object deleted) {
        return deleted != null && modes.of(table) != DeletionMode.KEPT;
    }

    /** Returns values for a marked row: with tombstones in place of the fingerprints that others may have. */
    public Row buried(TableSchema schema, String id, List<ColumnSchema> columns, Row values) {
        Set<String> freed = freed(schema).stream().map(ColumnSchema::name).collect(Collectors.toSet());
        @Nullable Object[] all = new @Nullable Object[columns.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = freed.contains(columns.get(i).name()) ? tombstone(id) : values.get(i);
        }
        return Row.of(all);
    }

    /** Returns whether a record's declaration has still to be kept with a table, or the table to be made fit for it. */
    public boolean isNews(TableSchema schema, SoftDelete declared) {
        return !modes.isDeclared(schema.table(), declared) || (!declared.ended() && !schema.has(TableName.DELETED));
    }

    /** Makes a table keep deleted rows as a record declares. */
    public void declare(Layer layer, TableSchema schema, SoftDelete declared) {
        if (!declared.ended() && !schema.has(TableName.DELETED)) {
            ColumnSchema key = new ColumnSchema(schema.table().key(), ColumnKind.ID);
            layer.evolve(new TableSchema(schema.table(), List.of(key, REVISION, DELETED), List.of()), Set.of());
        }
        modes.declare(schema.table(), declared);
    }

    public static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    public static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
