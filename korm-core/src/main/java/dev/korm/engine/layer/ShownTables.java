package dev.korm.engine.layer;

import dev.korm.SchemaException;
import dev.korm.model.Model;
import dev.korm.model.Models;
import dev.korm.model.existing.ExistingRecord;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Mutation;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.spi.schema.TableSchema;
import dev.korm.table.Table;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The tables of a layer that korm did not make, as records declare them. Safe for many threads. */
public final class ShownTables {
    private final OpenLayer layer;
    private final Map<String, OpenLayer> pool;
    private final Set<TableName> shown = ConcurrentHashMap.newKeySet();

    ShownTables(OpenLayer layer, Map<String, OpenLayer> pool) {
        this.layer = layer;
        this.pool = pool;
    }

    /** Returns whether the items of a type are rows of a table that korm did not make. */
    static boolean isShown(Class<?> type) {
        return type.isAnnotationPresent(Table.class);
    }

    /** Returns whether a table was shown. */
    public boolean contains(TableName table) {
        return shown.contains(table);
    }

    boolean isAnyOf(List<Mutation> mutations) {
        return !shown.isEmpty() && mutations.stream().anyMatch(mutation -> shown.contains(mutation.table()));
    }

    /**
     * Has the layer show the table of a type, and those that its references lead to.
     *
     * @return the table as it is shown; empty where the layer has none of the name
     * @throws SchemaException when it is not as the record says
     */
    Optional<TableSchema> show(Model<?> model) {
        return show(model, new HashSet<>());
    }

    private Optional<TableSchema> show(Model<?> model, Set<Class<?>> seen) {
        ExistingRecord record = model.existing().orElseThrow();
        seen.add(model.type());
        if (!layer.store().capabilities().has(Capabilities.Feature.EXISTING_TABLES)) {
            return Optional.empty();
        }
        ExistingTable table = pool.size() > 1 ? record.table().from(layer.layer()) : record.table();
        Optional<TableSchema> schema = layer.store().show(table);
        if (schema.isPresent()) {
            shown.add(table.items());
        }
        for (Class<?> target : record.targets()) {
            if (!seen.contains(target)) {
                show(Models.of(target), seen);
            }
        }
        return schema;
    }

    /** @throws SchemaException when there is no such table */
    TableSchema require(Model<?> model) {
        return show(model).orElseThrow(() -> {
            ExistingTable table = model.existing().orElseThrow().table();
            return new SchemaException("There is no table " + table.name() + " in the layer \"" + layer.layer()
                    + "\", which @Table of " + model.type().getSimpleName()
                    + " names; korm does not make it. Correct the name, the schema or the layer, or make the table");
        });
    }

    /** Returns a number for a new row. */
    public long next(Model<?> model) {
        require(model);
        return layer.store().nextKey(model.existing().orElseThrow().table().items());
    }
}
