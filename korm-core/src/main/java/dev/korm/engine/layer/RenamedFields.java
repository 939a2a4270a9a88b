package dev.korm.engine.layer;

import dev.korm.engine.observe.SchemaLog;
import dev.korm.model.Model;
import dev.korm.model.row.UnknownField;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Warnings of fields without a column that may be new names of columns which are there. Safe for many threads. */
final class RenamedFields {
    /** So many are told in the life of a layer, since more than that are no mistakes. */
    private static final int MOST = 1_000;

    private final OpenLayer layer;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    RenamedFields(OpenLayer layer) {
        this.layer = layer;
    }

    /** A way to say it. */
    private interface Teller {
        void tell(String field, String column);
    }

    /** Tells of columns that are to be added. */
    void tellOfAdded(Model<?> model, TableSchema actual, TableSchema wanted) {
        eachMissing(
                model,
                actual,
                wanted,
                (field, column) -> SchemaLog.mayBeRenamed(layer.layer(), actual.table(), field, column));
    }

    /** Tells of fields that are read and have no column, once of each. */
    void tellOfMissing(Model<?> model, TableSchema actual) {
        if (model.root().isDynamic() || model.existing().isPresent()) {
            return;
        }
        eachMissing(model, actual, model.wanted(actual.table(), null), (field, column) -> {
            if (told.size() < MOST && told.add(actual.table() + " " + field)) {
                SchemaLog.hasNoColumn(layer.layer(), actual.table(), field, column);
            }
        });
    }

    private static void eachMissing(Model<?> model, TableSchema actual, TableSchema wanted, Teller teller) {
        if (model.root().isDynamic()) {
            return;
        }
        Set<String> named = null;
        for (ColumnSchema column : wanted.columns()) {
            if (column.isHidden() || actual.has(column.name())) {
                continue;
            }
            if (named == null) {
                named = wanted.columns().stream().map(ColumnSchema::name).collect(Collectors.toSet());
            }
            UnknownField.formerColumn(column.name(), column.kind(), actual, named)
                    .ifPresent(old -> teller.tell(column.name(), old));
        }
    }
}
