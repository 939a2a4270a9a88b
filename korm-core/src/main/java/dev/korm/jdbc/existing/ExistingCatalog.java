package dev.korm.jdbc.existing;

import dev.korm.SchemaException;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.spi.schema.TableSchema;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Looks at tables that korm did not make. Safe for many threads. */
public final class ExistingCatalog {
    private final ExistingDialect dialect;
    private final ShownTables shown = new ShownTables();
    private final Map<TableName, AtomicLong> given = new ConcurrentHashMap<>();

    public ExistingCatalog(ExistingDialect dialect) {
        this.dialect = dialect;
    }

    public ShownTables shown() {
        return shown;
    }

    public ExistingDialect dialect() {
        return dialect;
    }

    /**
     * Shows a table from now on.
     *
     * @return the table as it is shown; empty where there is none
     * @throws SchemaException when a field has no column, or the key is another
     */
    public Optional<TableSchema> show(Session session, ExistingTable table) throws SQLException {
        ExistingTable whole = shown.declare(table);
        Optional<ExistingDialect.Sort> sort = dialect.sort(session, whole);
        if (sort.isEmpty()) {
            return Optional.empty();
        }
        List<PhysicalColumn> columns = dialect.columns(session, whole);
        ShownTable seen = look(whole, columns, sort.get());
        List<String> lacking = table.fields().stream()
                .filter(field -> !seen.schema().has(field.name()))
                .map(field -> field.columns().isEmpty() ? field.name() : String.join(", ", field.columns()))
                .toList();
        if (!lacking.isEmpty()) {
            throw new SchemaException("The table " + table.name() + " has no column for " + String.join(", ", lacking)
                    + ". It has " + columns.stream().map(PhysicalColumn::name).collect(Collectors.joining(", "))
                    + ". Name the column by @Column, leave the field out, or add the column by your own migration");
        }
        requireKey(table, seen, columns, sort.get());
        shown.see(seen);
        return Optional.of(seen.schema());
    }

    private static void requireKey(
            ExistingTable table, ShownTable seen, List<PhysicalColumn> columns, ExistingDialect.Sort sort) {
        List<String> declared = seen.key().stream().map(ShownTable.Place::name).toList();
        List<String> there = columns.stream()
                .filter(column -> column.keyPart() > 0)
                .map(PhysicalColumn::name)
                .toList();
        boolean same = there.size() == declared.size() && there.containsAll(declared);
        if (sort == ExistingDialect.Sort.TABLE && !same) {
            throw new SchemaException("The table " + table.name() + " has "
                    + (there.isEmpty() ? "no primary key" : "the primary key " + String.join(", ", there))
                    + ", and the record says " + String.join(", ", declared)
                    + ". Write @Id on exactly the fields that are its primary key");
        }
    }

    /** Returns a table as it is now, where korm did not make it and it was shown before. */
    public Optional<TableSchema> read(Session session, ExistingTable table) throws SQLException {
        Optional<ExistingDialect.Sort> sort = dialect.sort(session, table);
        if (sort.isEmpty()) {
            return Optional.empty();
        }
        ShownTable seen = look(table, dialect.columns(session, table), sort.get());
        boolean keyed = table.key().stream().allMatch(field -> seen.schema().has(field));
        if (keyed) {
            shown.see(seen);
        }
        return keyed ? Optional.of(seen.schema()) : Optional.empty();
    }

    private ShownTable look(ExistingTable table, List<PhysicalColumn> columns, ExistingDialect.Sort sort) {
        Map<String, List<ShownTable.Place>> places = new LinkedHashMap<>();
        for (ExistingTable.Field field : table.fields()) {
            List<ShownTable.Place> its = new ArrayList<>();
            List<String> names = field.columns().isEmpty() ? List.of("") : field.columns();
            for (String name : names) {
                find(columns, field, name)
                        .ifPresent(column -> its.add(
                                new ShownTable.Place(column.name(), dialect.form(column, field), column.filling())));
            }
            if (its.size() == names.size()) {
                places.put(field.name(), its);
            }
        }
        return new ShownTable(table, dialect.schema(table), dialect.style(), dialect.revision(sort), places);
    }

    /** @param name empty to look for one like the field's */
    private static Optional<PhysicalColumn> find(List<PhysicalColumn> columns, ExistingTable.Field field, String name) {
        List<String> wanted = name.isEmpty() ? likely(field) : List.of(name);
        for (String one : wanted) {
            Optional<PhysicalColumn> exact = columns.stream()
                    .filter(column -> column.name().equals(one))
                    .findFirst()
                    .or(() -> columns.stream()
                            .filter(column -> column.name().equalsIgnoreCase(one))
                            .findFirst());
            if (exact.isPresent()) {
                return exact;
            }
        }
        return Optional.empty();
    }

    private static List<String> likely(ExistingTable.Field field) {
        String snake = field.name().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
        return field.target().isEmpty()
                ? List.of(field.name(), snake)
                : List.of(field.name(), snake, field.name() + "Id", snake + "_id");
    }

    /** Returns a number for a new row. */
    public long next(Session session, TableName items) throws SQLException {
        ShownTable table = shown.of(items);
        if (table == null) {
            throw new SchemaException("There is no table for " + items.namespace() + ":" + items.kind());
        }
        long next = dialect.next(session, table.table(), table.key().get(0).name());
        // Two that are made before either is stored get two numbers.
        return given.computeIfAbsent(items, any -> new AtomicLong(Long.MIN_VALUE))
                .updateAndGet(last -> Math.max(last == Long.MIN_VALUE ? next : last + 1, next));
    }
}
