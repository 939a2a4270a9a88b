package dev.korm.testkit.kalam.data;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** All tables: their definitions, and the rows, which are changed here alone. */
public final class Tables {
    private final Database database;
    private final Snowflake ids;
    private final Behaviour behaviour;
    private final Map<String, TableDef> definitions = new ConcurrentHashMap<>();
    private final Set<String> namespaces = ConcurrentHashMap.newKeySet();

    public Tables(Database database, Snowflake ids, Behaviour behaviour) {
        this.database = database;
        this.ids = ids;
        this.behaviour = behaviour;
        database.locked(open -> {
            open.execute("CREATE TABLE IF NOT EXISTS \"/tables\" (id TEXT PRIMARY KEY, definition TEXT)");
            open.execute("CREATE TABLE IF NOT EXISTS \"/namespaces\" (name TEXT PRIMARY KEY)");
            for (Object[] row : open.rows("SELECT id, definition FROM \"/tables\"")) {
                TableDef table = JsonMapper.shared().readValue((String) row[1], new TypeReference<TableDef>() {});
                definitions.put(table.id(), table);
                for (Object[] newest : open.rows("SELECT max(_seq) FROM " + table.hot())) {
                    if (newest[0] != null) {
                        ids.above(((Number) newest[0]).longValue());
                    }
                }
            }
            for (Object[] row : open.rows("SELECT name FROM \"/namespaces\"")) {
                namespaces.add((String) row[0]);
            }
            namespaces.add("default");
            return true;
        });
    }

    Set<String> namespaces() {
        return namespaces;
    }

    List<TableDef> all() {
        return definitions.values().stream()
                .sorted(java.util.Comparator.comparing(TableDef::id))
                .toList();
    }

    TableDef get(String namespace, String name) {
        return find(namespace, name)
                .orElseThrow(() -> SqlFailure.execution(
                        "Error during planning: table 'kalam." + namespace + "." + name + "' not found"));
    }

    public java.util.Optional<TableDef> find(String namespace, String name) {
        return java.util.Optional.ofNullable(definitions.get(namespace + "." + name));
    }

    void createNamespace(String name) {
        database.locked(open -> open.update("INSERT OR IGNORE INTO \"/namespaces\" VALUES (?)", name));
        namespaces.add(name);
    }

    void dropNamespace(String name) {
        all().stream().filter(table -> table.namespace().equals(name)).forEach(this::drop);
        database.locked(open -> open.update("DELETE FROM \"/namespaces\" WHERE name = ?", name));
        namespaces.remove(name);
    }

    void create(TableDef table) {
        database.inTransaction(false, open -> {
            String columns = table.columns().stream()
                    .map(column ->
                            TableDef.quote(column.name()) + " " + column.type().sqlite())
                    .collect(Collectors.joining(", "));
            String owner = table.isShared() ? "" : "_user, ";
            String key = table.columns().stream().anyMatch(TableDef.Column::isKey)
                    ? ", PRIMARY KEY (" + owner + TableDef.quote(table.key().name()) + ")"
                    : "";
            for (String name : List.of(table.hot(), table.cold())) {
                open.execute("CREATE TABLE " + name + " (" + columns + ", _seq BIGINT, _deleted BOOLEAN, _user TEXT"
                        + key + ")");
            }
            save(open, table);
            return true;
        });
        definitions.put(table.id(), table);
    }

    private static void save(Database open, TableDef table) throws SQLException {
        open.execute(
                "INSERT OR REPLACE INTO \"/tables\" VALUES (?, ?)",
                table.id(),
                JsonMapper.shared().writeValueAsString(table));
    }

    void drop(TableDef table) {
        database.inTransaction(false, open -> {
            open.execute("DROP TABLE " + table.hot());
            open.execute("DROP TABLE " + table.cold());
            open.execute("DELETE FROM \"/tables\" WHERE id = ?", table.id());
            return true;
        });
        definitions.remove(table.id());
    }

    /** Replaces a definition, after statements that change SQLite's tables accordingly. */
    void alter(TableDef changed, String... changesOfColumns) {
        database.inTransaction(false, open -> {
            for (String change : changesOfColumns) {
                open.execute("ALTER TABLE " + changed.hot() + " " + change);
                open.execute("ALTER TABLE " + changed.cold() + " " + change);
            }
            save(open, changed);
            return true;
        });
        definitions.put(changed.id(), changed);
    }

    /** Copies rows to where flushed rows are; those deleted after an earlier flush come back, when the trap is set. */
    void flush(TableDef table) {
        String key = TableDef.quote(table.key().name());
        String columns = table.columnList() + ", _seq, _deleted, _user";
        database.inTransaction(false, open -> {
            if (behaviour.bringsDeletedBack()) {
                open.execute("INSERT OR REPLACE INTO " + table.hot() + " (" + columns + ") SELECT " + columns + " FROM "
                        + table.cold()
                        + " AS cold WHERE EXISTS (SELECT 1 FROM " + table.hot() + " AS hot WHERE hot." + key
                        + " = cold." + key
                        + " AND hot._user IS cold._user AND hot._deleted = 1)");
                open.execute("DELETE FROM " + table.hot() + " WHERE _deleted = 1");
            } else {
                open.execute("DELETE FROM " + table.cold());
            }
            open.execute("INSERT OR REPLACE INTO " + table.cold() + " (" + columns + ") SELECT " + columns + " FROM "
                    + table.hot() + " WHERE _deleted = 0");
            return true;
        });
    }

    /** Applies writes by primary key; of a transaction, only duplicate keys are found before the first write. */
    List<Change> apply(
            List<Write> writes, boolean isTransaction, Database.Work<Boolean> beforeCommit, List<Change> applied) {
        boolean keepsHalf = isTransaction && behaviour.keepsHalfCommits();
        return database.inTransaction(keepsHalf, open -> {
            if (isTransaction) {
                checkKeys(open, writes);
            }
            for (Write write : writes) {
                applied.add(apply(open, write, isTransaction));
            }
            beforeCommit.run(open);
            return applied;
        });
    }

    /** Writes a row of a transaction that is not committed, for the transaction's own eyes. */
    void preview(Database open, Write write) throws SQLException {
        if (write.kind() == Write.Kind.INSERT || !read(open, write).isEmpty()) {
            apply(open, write, true);
        }
    }

    private void checkKeys(Database open, List<Write> writes) throws SQLException {
        Set<List<Object>> keys = new LinkedHashSet<>();
        for (Write write : writes) {
            if (write.kind() == Write.Kind.INSERT && !write.overwrites()) {
                if (!keys.add(List.of(write.table().id(), write.user(), write.key()))) {
                    throw duplicate(write, true, "hot storage");
                }
                refuseDuplicate(open, write, true);
            }
        }
    }

    private void refuseDuplicate(Database open, Write write, boolean isTransaction) throws SQLException {
        String condition = condition(write.table());
        for (Object[] row : open.rows("SELECT _deleted FROM " + write.table().hot() + condition, address(write))) {
            if (((Number) row[0]).intValue() == 0) {
                throw duplicate(write, isTransaction, "hot storage");
            }
        }
        if (!open.rows("SELECT 1 FROM " + write.table().cold() + condition, address(write))
                .isEmpty()) {
            throw duplicate(write, isTransaction, "cold storage: batch-0.parquet");
        }
    }

    private static SqlFailure duplicate(Write write, boolean isTransaction, String where) {
        return SqlFailure.execution("Failed to insert batch" + (isTransaction ? " row" : "")
                + ": Already exists: Primary key violation: value '" + write.key() + "' already exists in column '"
                + write.table().key().name() + "'" + (isTransaction ? " (" + where + ")" : ""));
    }

    private static String condition(TableDef table) {
        return " WHERE " + TableDef.quote(table.key().name()) + " = ? AND _user IS ?";
    }

    private static @Nullable Object[] address(Write write) {
        return new Object[] {write.key(), owner(write)};
    }

    private static @Nullable String owner(Write write) {
        return write.table().isShared() ? null : write.user();
    }

    private Change apply(Database open, Write write, boolean isTransaction) throws SQLException {
        TableDef table = write.table();
        if (write.kind() == Write.Kind.INSERT) {
            if (!write.overwrites() && !isTransaction) {
                refuseDuplicate(open, write, false);
            }
            Map<String, @Nullable Object> row = new LinkedHashMap<>(write.values());
            row.put("_seq", ids.next());
            store(open, table, row, false, owner(write));
            return new Change(table, write.user(), write.kind(), row, Map.of());
        }
        Map<String, @Nullable Object> before = read(open, write);
        if (before.isEmpty()) {
            throw SqlFailure.execution("Failed to update row: row '" + write.key() + "' was deleted");
        }
        Map<String, @Nullable Object> row = new LinkedHashMap<>(before);
        row.putAll(write.values());
        row.put("_seq", ids.next());
        boolean isDelete = write.kind() == Write.Kind.DELETE;
        if (!isDelete) {
            for (TableDef.Column column : table.columns()) {
                if (column.isNotNull() && row.get(column.name()) == null) {
                    throw SqlFailure.execution("NOT NULL constraint violation: column '" + column.name() + "'");
                }
            }
        }
        store(open, table, row, isDelete, owner(write));
        return new Change(table, write.user(), write.kind(), row, before);
    }

    private Map<String, @Nullable Object> read(Database open, Write write) throws SQLException {
        TableDef table = write.table();
        List<@Nullable Object[]> rows = open.rows(
                "SELECT " + table.columnList() + ", _seq FROM " + table.hot() + condition(table) + " AND _deleted = 0",
                address(write));
        return rows.isEmpty() ? Map.of() : named(table, rows.get(0));
    }

    static Map<String, @Nullable Object> named(TableDef table, @Nullable Object[] values) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int i = 0; i < table.columns().size(); i++) {
            row.put(table.columns().get(i).name(), values[i]);
        }
        row.put("_seq", values[table.columns().size()]);
        return row;
    }

    private static void store(
            Database open, TableDef table, Map<String, @Nullable Object> row, boolean isDeleted, @Nullable String owner)
            throws SQLException {
        List<@Nullable Object> values = new ArrayList<>();
        table.columns().forEach(column -> values.add(row.get(column.name())));
        values.add(row.get("_seq"));
        values.add(isDeleted ? 1L : 0L);
        values.add(owner);
        String marks = Stream.generate(() -> "?").limit(values.size()).collect(Collectors.joining(", "));
        open.execute(
                "INSERT OR REPLACE INTO " + table.hot() + " (" + table.columnList()
                        + ", _seq, _deleted, _user) VALUES (" + marks + ")",
                values.toArray());
    }
}
