package dev.korm.testkit.kalam.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Statements about namespaces, tables, users and topics. */
public final class Ddl {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");
    private static final Set<String> RESERVED = Set.of(
            "_seq",
            "_deleted",
            "_id",
            "_row_id",
            "_rowid",
            "_key",
            "_updated",
            "_created",
            "_timestamp",
            "_version",
            "_hash");
    private static final Set<String> RESERVED_NAMESPACES = Set.of(
            "system",
            "sys",
            "root",
            "kalamdb",
            "kalam",
            "main",
            "default",
            "sql",
            "admin",
            "internal",
            "information_schema",
            "pg_catalog",
            "datafusion");

    private final Tables tables;
    private final Accounts accounts;
    private final TopicStore topics;

    public Ddl(Tables tables, Accounts accounts, TopicStore topics) {
        this.tables = tables;
        this.accounts = accounts;
        this.topics = topics;
    }

    /** Returns the result of a statement of these kinds, or null for any other. */
    @Nullable SqlResult run(Statement statement, Caller caller) {
        if (statement.begins("CREATE", "NAMESPACE") || statement.begins("DROP", "NAMESPACE")) {
            return namespace(statement, caller);
        }
        if (statement.begins("CREATE", "TOPIC")
                || statement.begins("DROP", "TOPIC")
                || statement.begins("CLEAR", "TOPIC")
                || statement.begins("ALTER", "TOPIC")) {
            caller.requireAdmin("Topics");
            return topic(statement, caller);
        }
        if ((statement.begins("CREATE", "USER") && !statement.isAt(2, "TABLE"))
                || statement.begins("ALTER", "USER")
                || (statement.begins("DROP", "USER") && !statement.isAt(2, "TABLE"))) {
            caller.requireAdmin("Managing users");
            return user(statement, caller);
        }
        if (statement.begins("CREATE")) {
            return createTable(statement, caller);
        }
        if (statement.begins("DROP")) {
            return dropTable(statement, caller);
        }
        if (statement.begins("ALTER", "TABLE")) {
            return alter(statement, caller);
        }
        if (statement.begins("STORAGE", "FLUSH", "TABLE")) {
            caller.requireAdmin("STORAGE FLUSH");
            TableDef table = tableAt(statement, 3, caller);
            tables.flush(table);
            return SqlResult.done("Storage flush started for table '" + table.id() + "'. Job ID: FL-1", caller);
        }
        if (statement.begins("DESCRIBE", "TABLE")) {
            return describe(tableAt(statement, 2, caller), caller);
        }
        if (statement.begins("SHOW", "NAMESPACES")) {
            return SqlResult.of(
                    caller,
                    List.of("name"),
                    tables.namespaces().stream()
                            .sorted()
                            .map(name -> List.<@Nullable Object>of(name))
                            .toList());
        }
        if (statement.begins("SHOW", "TABLES")) {
            return SqlResult.of(
                    caller,
                    List.of("namespace_id", "table_name", "table_type"),
                    tables.all().stream()
                            .map(table -> List.<@Nullable Object>of(
                                    table.namespace(),
                                    table.name(),
                                    table.kind().name().toLowerCase(Locale.ROOT)))
                            .toList());
        }
        return null;
    }

    private SqlResult namespace(Statement statement, Caller caller) {
        caller.requireAdmin("Namespaces");
        boolean isCreate = statement.begins("CREATE");
        int at = statement.isAt(2, "IF", "NOT", "EXISTS") ? 5 : statement.isAt(2, "IF", "EXISTS") ? 4 : 2;
        String name = statement.tokens().get(at).name();
        if (!isCreate) {
            if (at == 2 && !tables.namespaces().contains(name)) {
                throw SqlFailure.execution("Namespace '" + name + "' not found");
            }
            tables.dropNamespace(name);
            return SqlResult.done("Namespace '" + name + "' dropped successfully", caller);
        }
        if (!NAME.matcher(name).matches() || RESERVED_NAMESPACES.contains(name)) {
            throw SqlFailure.execution("Invalid namespace name '" + name + "'");
        }
        if (at == 2 && tables.namespaces().contains(name)) {
            throw SqlFailure.execution("Namespace '" + name + "' already exists");
        }
        tables.createNamespace(name);
        return SqlResult.done("Namespace '" + name + "' created successfully", caller);
    }

    private TableDef tableAt(Statement statement, int at, Caller caller) {
        List<Token> tokens = statement.tokens();
        return at + 2 < tokens.size() && tokens.get(at + 1).is(".")
                ? tables.get(tokens.get(at).name(), tokens.get(at + 2).name())
                : tables.get(caller.namespace(), tokens.get(at).name());
    }

    private SqlResult createTable(Statement statement, Caller caller) {
        int at = 1;
        String kind = "";
        for (TableDef.Kind each : TableDef.Kind.values()) {
            if (statement.isAt(at, each.name())) {
                kind = each.name();
                at++;
                break;
            }
        }
        if (!statement.isAt(at++, "TABLE")) {
            throw SqlFailure.invalid("Unsupported statement type");
        }
        boolean isLenient = statement.isAt(at, "IF", "NOT", "EXISTS");
        at += isLenient ? 3 : 0;
        List<Token> tokens = statement.tokens();
        boolean isQualified = tokens.get(at + 1).is(".");
        String namespace = isQualified ? tokens.get(at).name() : caller.namespace();
        String name = tokens.get(isQualified ? at + 2 : at).name();
        at += isQualified ? 3 : 1;
        requireName("table", name);
        int close = closing(tokens, at);
        List<TableDef.Column> columns = new ColumnParser(statement, at + 1, close).columns();
        Map<String, String> options = options(statement, close + 1);
        String type =
                options.getOrDefault("TYPE", kind.isEmpty() ? "SHARED" : kind).toUpperCase(Locale.ROOT);
        if (!kind.isEmpty() && !kind.equals(type)) {
            throw SqlFailure.execution("TYPE does not agree with the statement");
        }
        if (type.equals("SHARED") && !caller.isService()) {
            if (!namespace.equals(caller.user())) {
                throw SqlFailure.denied("SHARED tables may not be created by role user");
            }
            type = "USER";
        }
        boolean isStream = type.equals("STREAM");
        if (isStream != options.containsKey("TTL_SECONDS")) {
            throw SqlFailure.execution("TTL_SECONDS is required for STREAM tables and forbidden otherwise");
        }
        long keys = columns.stream().filter(TableDef.Column::isKey).count();
        if (keys > 1) {
            throw SqlFailure.execution("Composite PRIMARY KEYs are not supported yet");
        }
        if (keys == 0 && !isStream) {
            throw SqlFailure.execution("A PRIMARY KEY is required");
        }
        if (!tables.namespaces().contains(namespace)) {
            throw SqlFailure.execution("Namespace '" + namespace + "' not found");
        }
        TableDef table = new TableDef(
                namespace,
                name,
                TableDef.Kind.valueOf(type),
                options.getOrDefault("ACCESS_LEVEL", "PRIVATE").toUpperCase(Locale.ROOT),
                Long.parseLong(options.getOrDefault("TTL_SECONDS", "0")),
                columns);
        if (tables.find(namespace, name).isPresent()) {
            if (!isLenient) {
                throw SqlFailure.execution("Table '" + table.id() + "' already exists");
            }
        } else {
            tables.create(table);
        }
        return SqlResult.done(
                "CREATE TABLE via Raft consensus: " + type + " table " + table.id() + " created successfully", caller);
    }

    private static void requireName(String what, String name) {
        if (!NAME.matcher(name).matches() || RESERVED.contains(name)) {
            throw SqlFailure.execution("Invalid " + what + " name '" + name + "'");
        }
    }

    private static int closing(List<Token> tokens, int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            depth += tokens.get(i).is("(") ? 1 : tokens.get(i).is(")") ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw SqlFailure.invalid("A parenthesis is not closed");
    }

    private static Map<String, String> options(Statement statement, int at) {
        Map<String, String> options = new TreeMap<>();
        if (statement.isAt(at, "WITH", "(")) {
            for (int i = at + 2; i + 2 < statement.tokens().size() && !statement.isAt(i, ")"); i += 4) {
                Token value = statement.tokens().get(i + 2);
                String name = statement.tokens().get(i).text().toUpperCase(Locale.ROOT);
                if (!Set.of(
                                "TYPE",
                                "STORAGE_ID",
                                "USE_USER_STORAGE",
                                "FLUSH_POLICY",
                                "DELETED_RETENTION_HOURS",
                                "TTL_SECONDS",
                                "ACCESS_LEVEL")
                        .contains(name)) {
                    throw SqlFailure.execution("Unknown table option '" + name + "'");
                }
                options.put(name, value.kind() == Token.Kind.STRING ? value.string() : value.text());
            }
        }
        return options;
    }

    private SqlResult dropTable(Statement statement, Caller caller) {
        int at = statement.isAt(1, "TABLE") ? 2 : statement.isAt(2, "TABLE") ? 3 : -1;
        if (at < 0) {
            throw SqlFailure.invalid("Unsupported statement type");
        }
        caller.requireAdmin("DROP TABLE");
        boolean isLenient = statement.isAt(at, "IF", "EXISTS");
        at += isLenient ? 2 : 0;
        List<Token> tokens = statement.tokens();
        boolean isQualified = at + 2 < tokens.size();
        java.util.Optional<TableDef> table = tables.find(
                isQualified ? tokens.get(at).name() : caller.namespace(),
                tokens.get(isQualified ? at + 2 : at).name());
        if (table.isEmpty() && !isLenient) {
            throw SqlFailure.execution("Table not found");
        }
        table.ifPresent(tables::drop);
        return SqlResult.done("Table dropped successfully. Cleanup job: CL-1", caller);
    }

    private SqlResult alter(Statement statement, Caller caller) {
        TableDef table = tableAt(statement, 2, caller);
        if (!caller.isAdmin() && (table.isShared() ? !caller.isService() : false)) {
            throw SqlFailure.denied("ALTER TABLE requires another role");
        }
        int at = statement.isAt(3, ".") ? 5 : 3;
        List<TableDef.Column> columns = new ArrayList<>(table.columns());
        List<Token> tokens = statement.tokens();
        if (statement.isAt(at, "ADD", "COLUMN")) {
            TableDef.Column added =
                    new ColumnParser(statement, at + 2, tokens.size()).columns().get(0);
            requireName("column", added.name());
            columns.add(added);
            tables.alter(
                    table.with(columns),
                    "ADD COLUMN " + TableDef.quote(added.name()) + " "
                            + added.type().sqlite());
        } else if (statement.isAt(at, "DROP", "COLUMN")) {
            TableDef.Column dropped = table.column(tokens.get(at + 2).name());
            if (dropped.isKey()) {
                throw SqlFailure.execution(
                        "The real server would drop the primary key and lose the table; this one refuses");
            }
            columns.remove(dropped);
            tables.alter(table.with(columns), "DROP COLUMN " + TableDef.quote(dropped.name()));
        } else if (statement.isAt(at, "SET", "ACCESS", "LEVEL")) {
            tables.alter(table.withAccess(tokens.get(at + 3).text().toUpperCase(Locale.ROOT)));
        } else {
            throw SqlFailure.invalid("Unsupported ALTER TABLE");
        }
        return SqlResult.done("Table " + table.id() + " altered successfully", caller);
    }

    private static SqlResult describe(TableDef table, Caller caller) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (TableDef.Column column : table.columns()) {
            List<@Nullable Object> row = new ArrayList<>();
            row.add(column.name());
            row.add(String.valueOf(rows.size() + 1));
            row.add(column.type().name());
            row.add(String.valueOf(!column.isNotNull() && !column.isKey()));
            row.add(String.valueOf(column.isKey()));
            row.add(column.defaultValue());
            rows.add(row);
        }
        return SqlResult.of(
                caller,
                List.of(
                        "column_name",
                        "ordinal_position",
                        "data_type",
                        "is_nullable",
                        "is_primary_key",
                        "column_default"),
                rows);
    }

    private SqlResult user(Statement statement, Caller caller) {
        boolean isLenient = statement.isAt(2, "IF", "EXISTS");
        Token named = statement.tokens().get(isLenient ? 4 : 2);
        String name = named.kind() == Token.Kind.STRING ? named.string() : named.text();
        int password = statement.indexOf("PASSWORD", 0);
        int role = statement.indexOf("ROLE", 0);
        String newRole =
                role < 0 ? null : statement.tokens().get(role + 1).text().toLowerCase(Locale.ROOT);
        String newPassword =
                password < 0 ? null : statement.tokens().get(password + 1).string();
        if (statement.begins("CREATE")) {
            accounts.create(name, newPassword == null ? "" : newPassword, newRole == null ? "user" : newRole);
            return SqlResult.done("User '" + name + "' created", caller);
        }
        if (statement.begins("DROP")) {
            accounts.drop(name, isLenient);
            return SqlResult.done("User '" + name + "' dropped", caller);
        }
        accounts.alter(name, newPassword, newRole);
        return SqlResult.done("User '" + name + "' altered", caller);
    }

    /** Runs a statement about topics, whose text is cut at white space, so that quotes stay part of a name. */
    private SqlResult topic(Statement statement, Caller caller) {
        String[] words = statement.text().trim().split("\\s+");
        String name = words[2];
        String verb = words[0].toUpperCase(Locale.ROOT);
        switch (verb) {
            case "CREATE" -> {
                int dot = name.indexOf('.');
                if (dot < 0) {
                    throw SqlFailure.execution("Topic name must be namespace-qualified");
                }
                if (!tables.namespaces().contains(name.substring(0, dot))) {
                    throw SqlFailure.execution("Namespace '" + name.substring(0, dot) + "' not found");
                }
                int partitions =
                        words.length > 4 && words[3].equalsIgnoreCase("PARTITIONS") ? Integer.parseInt(words[4]) : 1;
                topics.create(name, partitions);
                return SqlResult.done("Created topic '" + name + "' with " + partitions + " partition(s)", caller);
            }
            case "DROP" -> topics.drop(name);
            case "CLEAR" -> topics.clear(name);
            default -> {
                int on = java.util.Arrays.asList(
                                statement.text().toUpperCase(Locale.ROOT).trim().split("\\s+"))
                        .indexOf("ON");
                if (words.length < 8 || on != 6) {
                    throw SqlFailure.invalid("ALTER TOPIC … ADD SOURCE … ON … is malformed");
                }
                String table = words[5].contains(".") ? words[5] : "default." + words[5];
                boolean isKey = statement.text().toLowerCase(Locale.ROOT).matches("(?s).*payload\\s*=\\s*'key'.*");
                topics.addSource(name, table, Write.Kind.valueOf(words[7].toUpperCase(Locale.ROOT)), isKey);
                return SqlResult.done("Added source " + table + " ON " + words[7] + " to topic '" + name + "'", caller);
            }
        }
        return SqlResult.done("Topic '" + name + "' " + (verb.equals("DROP") ? "dropped" : "cleared"), caller);
    }
}
