package dev.korm.engine.observe;

import dev.korm.spi.Layer;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of changes of tables and indexes: what is to be made before it is made, since it may take long, and how long it took. */
public final class SchemaLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.schema");

    private SchemaLog() {}

    /**
     * Has a layer give a table what it lacks, as {@link Layer#evolve} does, and logs it.
     *
     * @param actual the table as it is; empty where there is none
     */
    public static TableSchema evolve(
            Layer layer, Optional<TableSchema> actual, TableSchema wanted, Set<String> replace) {
        if (!LOG.isInfoEnabled()) {
            return layer.evolve(wanted, replace);
        }
        String change = change(actual, wanted, replace);
        if (change.isEmpty()) {
            return layer.evolve(wanted, replace);
        }
        LOG.info("Layer \"{}\", table {}: {}", layer.name(), wanted.table(), change);
        TableSchema evolved = layer.evolve(wanted, replace);
        LOG.info("Layer \"{}\", table {}: done", layer.name(), wanted.table());
        return evolved;
    }

    /**
     * Logs what is about to be lost for good.
     *
     * @param losses counts it
     */
    public static void destroys(String layer, TableName table, Supplier<String> losses) {
        if (LOG.isWarnEnabled()) {
            LOG.warn("Layer \"{}\", table {}: a destructive change loses for good: {}", layer, table, losses.get());
        }
    }

    /** Logs that the values of a field are about to be converted. */
    public static void converts(String layer, TableName table, String field, long values) {
        LOG.info("Layer \"{}\", table {}: convert {} values of {}", layer, table, values, field);
    }

    /** Logs that they are. */
    public static void converted(String layer, TableName table, String field, long values) {
        LOG.info("Layer \"{}\", table {}: {} values of {} are converted", layer, table, values, field);
    }

    /** Logs that a field for which a column is to be added may be one that was renamed. */
    public static void mayBeRenamed(String layer, TableName table, String field, String column) {
        LOG.warn(
                "Layer \"{}\", table {}: a column {} is added, beside a column {} that the record does not have. If the field was renamed, write"
                        + " @Name(\"{}\") on it: else it is empty in the items that are there",
                layer,
                table,
                field,
                column,
                column);
    }

    /** Logs that a field which is read has no column, and may be one that was renamed. */
    public static void hasNoColumn(String layer, TableName table, String field, String column) {
        LOG.warn(
                "Layer \"{}\", table {}: the field {} has no column, and the record has no field for the column {}. If the field was renamed, write"
                        + " @Name(\"{}\") on it: else it is read as if nothing were stored",
                layer,
                table,
                field,
                column,
                column);
    }

    /** Logs that a column has values which the field of its name is not of. */
    public static void doesNotFit(String layer, TableName table, String column, ColumnKind kind) {
        LOG.warn(
                "Layer \"{}\", table {}: the column {} is of {} and its field is of another type, so its items cannot be read and no filter on it finds"
                        + " what it holds. Convert it by convert(\"{}\", …), or give the field a column of its own by @Name",
                layer,
                table,
                column,
                kind,
                column);
    }

    /** Logs that items cannot be read as their record is. */
    public static void cannotBeRead(String layer, TableName table, int failed, int looked, String reason) {
        LOG.warn(
                "Layer \"{}\", table {}: {} of the {} items looked at, the first and the last by id, cannot be read, and no filter shows that. {}",
                layer,
                table,
                failed,
                looked,
                reason);
    }

    /** Logs how far a long change has come. */
    public static void progress(String layer, TableName table, FingerprintKey key, long done, long all) {
        if (LOG.isInfoEnabled()) {
            String total = all == Long.MAX_VALUE ? "" : " of " + all;
            LOG.info("Layer \"{}\", table {}: {}{} rows are filled in for {}", layer, table, done, total, key);
        }
    }

    /** Says what there is to do; empty for nothing. */
    private static String change(Optional<TableSchema> actual, TableSchema wanted, Set<String> replace) {
        List<String> parts = new ArrayList<>();
        List<String> columns = wanted.columns().stream()
                .filter(column -> actual.isEmpty() || !actual.get().has(column.name()))
                .map(ColumnSchema::name)
                .toList();
        if (actual.isEmpty()) {
            parts.add("make it with the columns " + columns);
        } else if (!columns.isEmpty()) {
            parts.add("add the columns " + columns);
        }
        if (!replace.isEmpty()) {
            parts.add("replace the columns " + replace.stream().sorted().toList() + " where their type differs");
        }
        List<String> indexes = wanted.indexes().stream()
                .filter(index -> actual.isEmpty() || !actual.get().hasIndex(index.name()))
                .map(SchemaLog::index)
                .toList();
        if (!indexes.isEmpty()) {
            parts.add("make the indexes " + indexes);
        }
        return String.join(", ", parts);
    }

    /** Says what an index is of, since its name is made of a hash. */
    private static String index(IndexSchema index) {
        String columns = index.parts().stream()
                .map(part -> part instanceof Operand.Column column ? column.name() : "a place inside JSON")
                .collect(Collectors.joining(" and "));
        return (index.uniqueness() == IndexSchema.Uniqueness.REPEATABLE ? "on " : "unique on ") + columns;
    }
}
