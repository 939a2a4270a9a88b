package dev.korm.engine.softdelete;

import dev.korm.SchemaException;
import dev.korm.deletion.SoftDelete;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code __korm_deletions__} of a layer: what a deletion does to the rows of its tables, a row for each table whose record declares
 * other than the default, {@link DeletionMode#FREED}. It is about tables with marks alone. What was read is used for a moment only, since no
 * error tells that another program has declared something; what this pool declares it knows at once. Safe for many threads.
 */
public final class DeletionModes {
    private static final Duration STALE = Duration.ofSeconds(1);
    private static final TableName TABLE = TableName.own("__korm_deletions__", "id");
    private static final ColumnSchema ID = new ColumnSchema(TABLE.key(), ColumnKind.ID);
    private static final ColumnSchema MODE = new ColumnSchema("mode", ColumnKind.TEXT);

    private final Layer layer;
    private final Environment environment;
    private final Map<TableName, SoftDelete> declared = new ConcurrentHashMap<>();
    private volatile @Nullable Seen seen;

    /** @param at in nanoseconds of the environment's */
    private record Seen(Map<String, DeletionMode> modes, long at) {}

    public DeletionModes(Layer layer, Environment environment) {
        this.layer = layer;
        this.environment = environment;
    }

    /** Returns what a deletion does in a table that can hold marked rows. */
    DeletionMode of(TableName table) {
        Seen last = seen;
        long now = environment.nanoTime();
        if (last == null || now - last.at() > STALE.toNanos()) {
            last = new Seen(read(), now);
            seen = last;
        }
        return last.modes().getOrDefault(table.text(), DeletionMode.FREED);
    }

    /** Returns whether this pool has declared as much of a table last. */
    boolean isDeclared(TableName table, SoftDelete declaration) {
        return declaration.equals(declared.get(table));
    }

    /** Keeps what a record declares with the data. */
    void declare(TableName table, SoftDelete declaration) {
        DeletionMode mode = DeletionMode.of(declaration);
        DeletionMode kept = read().get(table.text());
        if (mode != (kept == null ? DeletionMode.FREED : kept)) {
            write(table, mode, kept != null);
        }
        seen = null;
        declared.put(table, declaration);
    }

    /** Keeps what another layer keeps of a table that comes from there. */
    public void adopt(TableName table, DeletionModes other, TableName from) {
        DeletionMode mode = other.of(from);
        DeletionMode kept = read().get(table.text());
        if (mode != (kept == null ? DeletionMode.FREED : kept)) {
            write(table, mode, kept != null);
        }
        seen = null;
    }

    private void write(TableName table, DeletionMode mode, boolean there) {
        Mutation update =
                new Mutation.Update(TABLE, table.text(), OptionalLong.empty(), List.of(MODE), Row.of(mode.name()));
        if (there) {
            layer.apply(Batch.of(List.of(update)));
            return;
        }
        layer.evolve(new TableSchema(TABLE, List.of(ID, MODE), List.of()), Set.of());
        Mutation insert = new Mutation.Insert(TABLE, table.text(), List.of(MODE), Row.of(mode.name()));
        if (layer.apply(Batch.of(List.of(insert))) instanceof BatchResult.Refused) {
            // Another program was first.
            layer.apply(Batch.of(List.of(update)));
        }
    }

    private Map<String, DeletionMode> read() {
        try {
            return layer.describe(TABLE).isEmpty() ? Map.of() : rows();
        } catch (SchemaMovedException moved) {
            return layer.describe(TABLE).isEmpty() ? Map.of() : rows();
        }
    }

    private Map<String, DeletionMode> rows() {
        Map<String, DeletionMode> modes = new HashMap<>();
        List<Output> outputs = List.of(
                new Output.Value(new Operand.Column(0, ID.name(), ID.kind())),
                new Output.Value(new Operand.Column(0, MODE.name(), MODE.kind())));
        // Few rows, and not every layer evaluates conditions.
        Selection all =
                new Selection(TABLE, List.of(), outputs, Condition.ALWAYS, List.of(), List.of(), OptionalLong.empty());
        try (RowCursor row = layer.select(all)) {
            while (row.next()) {
                modes.put(String.valueOf(row.get(0)), mode(String.valueOf(row.get(1))));
            }
        }
        return modes;
    }

    private DeletionMode mode(String text) {
        try {
            return DeletionMode.valueOf(text);
        } catch (IllegalArgumentException unknown) {
            throw new SchemaException(
                    "A row of " + TABLE + " in the layer \"" + layer.name()
                            + "\" says of deletions what this korm does not know, so nothing of its table may be deleted;"
                            + " a newer korm wrote it, or another program. Use the newer korm, or remove the row",
                    unknown);
        }
    }
}
