package dev.korm.jdbc.existing;

import dev.korm.SchemaException;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.spi.schema.ExistingTable.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The tables of a layer that korm did not make, by the names under which they are shown. Safe for many threads. */
public final class ShownTables implements ShownTable.Known {
    private final Map<TableName, ExistingTable> declared = new ConcurrentHashMap<>();
    private final Map<TableName, ShownTable> seen = new ConcurrentHashMap<>();

    /**
     * Takes note of a table, of which other records may show more fields.
     *
     * @throws SchemaException when it contradicts what is shown already
     */
    public ExistingTable declare(ExistingTable table) {
        return declared.merge(table.items(), table, ShownTables::merged);
    }

    private static ExistingTable merged(ExistingTable before, ExistingTable more) {
        if (before.equals(more)) {
            return before;
        }
        if (!before.schema().equals(more.schema())
                || !before.name().equals(more.name())
                || !before.key().equals(more.key())) {
            throw contradiction(before, "is the table " + more.name() + " with the key " + more.key() + " elsewhere");
        }
        List<Field> fields = new ArrayList<>(before.fields());
        for (Field field : more.fields()) {
            Optional<Field> there = before.field(field.name());
            if (there.isEmpty()) {
                fields.add(field);
            } else if (!there.get().equals(field)) {
                throw contradiction(before, "has the field " + field.name() + " with another type or column elsewhere");
            }
        }
        Optional<String> version = before.version().isPresent() ? before.version() : more.version();
        return new ExistingTable(
                before.items(), before.schema(), before.name(), fields, before.key(), version, before.from());
    }

    private static SchemaException contradiction(ExistingTable table, String what) {
        return new SchemaException("Two records say different things of the rows "
                + table.items().namespace() + ":" + table.items().kind() + ": the table " + table.name() + " " + what
                + ". Let both say the same, or give one of them another namespace or kind in @Stored");
    }

    /** Returns what was declared; null where the table is korm's own. */
    public @Nullable ExistingTable declared(TableName table) {
        return declared.isEmpty() ? null : declared.get(table);
    }

    @Override
    public @Nullable ShownTable of(TableName table) {
        return seen.isEmpty() ? null : seen.get(table);
    }

    /** Returns the tables as they were seen last which are that one of the database, under each of their names. */
    public List<ShownTable> named(String schema, String name) {
        return seen.values().stream()
                .filter(each -> each.table().name().equals(name) && each.home().equals(schema))
                .toList();
    }

    /** Takes note of how a table is now. */
    public void see(ShownTable table) {
        seen.put(table.table().items(), table);
    }

    /** Refuses to alter such a table. */
    public void requireOwn(TableName table) {
        ExistingTable existing = declared(table);
        if (existing != null) {
            throw new SchemaException(
                    "The table " + existing.name() + " of "
                            + table.namespace() + ":" + table.kind()
                            + " was not altered: korm did not make it, and never alters it. Give it what is missing by your own migration");
        }
    }
}
