package dev.korm.testkit.kalam.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A runner of requests: statements one after another, transactions within one request, results merged as the real server does. */
public final class SqlRunner {
    private static final int MAX_LENGTH = 1 << 20;
    private static final int MAX_PARAMETERS = 50;
    private static final int MAX_PARAMETER_BYTES = 1 << 19;
    private static final Pattern FILE = Pattern.compile("(?:FILE|file|File)\\((?:\"([^\"]*)\"|'([^']*)')\\)");
    private static final Set<String> QUERIES = Set.of("SELECT", "WITH", "VALUES");

    private final Database database;
    private final Tables tables;
    private final Selects selects;
    private final Ddl ddl;
    private final Accounts accounts;
    private final TopicStore topics;
    private final Subscribers hub;
    private final FileStore files;

    public SqlRunner(
            Database database,
            Tables tables,
            Selects selects,
            Ddl ddl,
            Accounts accounts,
            TopicStore topics,
            Subscribers hub,
            FileStore files) {
        this.database = database;
        this.tables = tables;
        this.selects = selects;
        this.ddl = ddl;
        this.accounts = accounts;
        this.topics = topics;
        this.hub = hub;
        this.files = files;
    }

    /** The state of one request. */
    private final class Run {
        private final List<SqlResult> results = new ArrayList<>();
        private final int[] counts = new int[3];
        private final boolean isBatch;
        private final @Nullable Object[] parameters;
        private @Nullable List<Write> transaction;

        Run(boolean isBatch, @Nullable Object[] parameters) {
            this.isBatch = isBatch;
            this.parameters = parameters;
        }

        void statement(Statement statement, Caller caller) {
            if (statement.begins("EXECUTE", "AS", "USER")) {
                standIn(statement, caller);
                return;
            }
            String first = statement.tokens().get(0).text().toUpperCase(java.util.Locale.ROOT);
            if (first.equals("BEGIN") || statement.begins("START", "TRANSACTION")) {
                if (transaction != null) {
                    throw SqlFailure.execution("Conflict: a transaction is already open");
                }
                transaction = new ArrayList<>();
                results.add(SqlResult.done("Transaction started (tx-1)", caller));
            } else if (first.equals("COMMIT") || first.equals("ROLLBACK")) {
                end(first.equals("COMMIT"), caller);
            } else if (WritePlan.isWrite(statement)) {
                write(statement, caller);
            } else if (QUERIES.contains(first)) {
                results.add(query(statement, caller));
            } else {
                if (transaction != null) {
                    throw SqlFailure.execution("DDL is not allowed inside a transaction");
                }
                results.add(java.util.Objects.requireNonNull(ddl.run(statement, caller)));
            }
        }

        private SqlResult query(Statement statement, Caller caller) {
            List<Write> pending = transaction;
            return pending == null || pending.isEmpty()
                    ? selects.run(statement, caller, parameters)
                    : seeing(pending, () -> selects.run(statement, caller, parameters));
        }

        private void end(boolean isCommit, Caller caller) {
            List<Write> writes = transaction;
            if (writes == null) {
                throw SqlFailure.execution("There is no open transaction");
            }
            transaction = null;
            if (isCommit && !writes.isEmpty()) {
                boolean hasShared =
                        writes.stream().anyMatch(write -> write.table().isShared());
                if (hasShared
                        && writes.stream().anyMatch(write -> !write.table().isShared())) {
                    throw SqlFailure.execution(
                            "failed to commit transaction 'tx-1': writes of more than one data raft group");
                }
                try {
                    apply(writes, true);
                } catch (SqlFailure e) {
                    throw SqlFailure.execution("failed to commit transaction 'tx-1': " + e.getMessage());
                }
            }
            results.add(SqlResult.done(
                    isCommit ? "Transaction committed (tx-1)" : "Transaction rolled back (tx-1)", caller));
        }

        private void write(Statement statement, Caller caller) {
            List<Write> pending = transaction;
            WritePlan plan = new WritePlan(database, tables, caller, parameters, pending != null);
            List<Write> planned = pending == null || pending.isEmpty()
                    ? plan.of(statement)
                    : seeing(pending, () -> plan.of(statement));
            if (pending != null) {
                pending.addAll(planned);
            } else {
                apply(planned, false);
            }
            int kind = statement.begins("INSERT") ? 0 : statement.begins("UPDATE") ? 1 : 2;
            if (isBatch) {
                counts[kind] += planned.size();
            } else {
                results.add(SqlResult.written(
                        List.of("Inserted", "Updated", "Deleted").get(kind), planned.size(), caller));
            }
        }

        private void standIn(Statement statement, Caller caller) {
            List<Token> tokens = statement.tokens();
            if (tokens.size() < 6
                    || !tokens.get(4).is("(")
                    || !tokens.get(tokens.size() - 1).is(")")) {
                throw new SqlFailure(400, "INVALID_INPUT", "EXECUTE AS USER is malformed");
            }
            String target = tokens.get(3).kind() == Token.Kind.STRING
                    ? tokens.get(3).string()
                    : tokens.get(3).text();
            if (target.isBlank()) {
                throw new SqlFailure(400, "INVALID_INPUT", "EXECUTE AS USER needs a user");
            }
            statement(statement.between(5, tokens.size() - 1), caller.standingInFor(target, accounts.roleOf(target)));
        }

        List<SqlResult> finish(Caller caller) {
            if (transaction != null) {
                throw SqlFailure.execution(
                        "Request completed with an open explicit transaction; rolled back automatically");
            }
            String[] verbs = {"Inserted", "Updated", "Deleted"};
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] > 0) {
                    results.add(SqlResult.written(verbs[i], counts[i], caller));
                }
            }
            return results;
        }
    }

    /** Runs something while the writes of a transaction are laid over the tables, and takes them away again. */
    private <T> T seeing(List<Write> pending, java.util.function.Supplier<T> work) {
        return database.locked(open -> {
            open.execute("SAVEPOINT pending");
            try {
                for (Write write : pending) {
                    tables.preview(open, write);
                }
                return work.get();
            } finally {
                open.execute("ROLLBACK TO pending");
                open.execute("RELEASE pending");
            }
        });
    }

    private void apply(List<Write> writes, boolean isTransaction) {
        if (writes.isEmpty()) {
            return;
        }
        List<Change> applied = new ArrayList<>();
        boolean isDone = false;
        // Until the changes are with their subscribers no other is applied, so that events of a row keep their order.
        hub.lock().lock();
        try {
            tables.apply(
                    writes,
                    isTransaction,
                    open -> {
                        topics.publish(open, applied);
                        return true;
                    },
                    applied);
            isDone = true;
        } finally {
            if (isDone) {
                hub.publish(applied);
            }
            hub.lock().unlock();
        }
    }

    public List<SqlResult> run(
            Caller caller, String sql, @Nullable Object[] parameters, Map<String, FileStore.Upload> uploads) {
        check(sql, parameters);
        List<Path> stored = new ArrayList<>();
        String text = withFiles(caller, sql, uploads, stored);
        boolean isDone = false;
        try {
            List<Statement> statements = Statement.split(text);
            if (statements.size() > 1 && (parameters.length > 0 || !uploads.isEmpty())) {
                throw new SqlFailure(400, "PARAMS_WITH_BATCH", "Parameters are not supported with several statements");
            }
            statements.forEach(SqlRunner::classify);
            Run run = new Run(statements.size() > 1, parameters);
            for (int i = 0; i < statements.size(); i++) {
                try {
                    run.statement(statements.get(i), caller);
                } catch (SqlFailure e) {
                    throw e.ofStatement(i + 1);
                } catch (IndexOutOfBoundsException e) {
                    throw SqlFailure.invalid("The statement is incomplete");
                }
            }
            List<SqlResult> results = run.finish(caller);
            isDone = true;
            return results;
        } finally {
            if (!isDone) {
                stored.forEach(path -> path.toFile().delete());
            }
        }
    }

    private static void check(String sql, @Nullable Object[] parameters) {
        if (sql.length() > MAX_LENGTH) {
            throw SqlFailure.invalid("SQL is too long");
        }
        if (parameters.length > MAX_PARAMETERS) {
            throw new SqlFailure(400, "INVALID_PARAMETER", "More than " + MAX_PARAMETERS + " parameters");
        }
        for (Object parameter : parameters) {
            if (parameter instanceof String given && given.length() > MAX_PARAMETER_BYTES) {
                throw new SqlFailure(400, "INVALID_PARAMETER", "A parameter is too large");
            }
        }
    }

    private static void classify(Statement statement) {
        String first = statement.tokens().get(0).text().toUpperCase(java.util.Locale.ROOT);
        if (!QUERIES.contains(first)
                && !Set.of(
                                "INSERT",
                                "UPDATE",
                                "DELETE",
                                "BEGIN",
                                "START",
                                "COMMIT",
                                "ROLLBACK",
                                "EXECUTE",
                                "CREATE",
                                "DROP",
                                "CLEAR",
                                "ALTER",
                                "STORAGE",
                                "DESCRIBE",
                                "SHOW")
                        .contains(first)) {
            throw SqlFailure.invalid("Unsupported statement type");
        }
    }

    private String withFiles(Caller caller, String sql, Map<String, FileStore.Upload> uploads, List<Path> stored) {
        Matcher placeholder = FILE.matcher(sql);
        if (!placeholder.find()) {
            return sql;
        }
        if (uploads.isEmpty()) {
            throw new SqlFailure(400, "INVALID_INPUT", "FILE placeholders require a multipart request");
        }
        Statement statement = Statement.split(sql).get(0);
        Caller owner = caller;
        if (statement.begins("EXECUTE", "AS", "USER")) {
            Token named = statement.tokens().get(3);
            owner = caller.standingInFor(named.kind() == Token.Kind.STRING ? named.string() : named.text(), "user");
            statement = statement.between(5, statement.tokens().size() - 1);
        }
        int at = statement.begins("INSERT") ? 2 : 1;
        if (!statement.isAt(at + 1, ".")) {
            throw new SqlFailure(400, "TABLE_NOT_FOUND", "Requested table is not available");
        }
        TableDef table = tables.find(
                        statement.tokens().get(at).name(),
                        statement.tokens().get(at + 2).name())
                .orElseThrow(() -> new SqlFailure(400, "TABLE_NOT_FOUND", "Requested table is not available"));
        if (table.kind() == TableDef.Kind.STREAM) {
            throw new SqlFailure(400, "INVALID_INPUT", "FILE is not supported for STREAM tables");
        }
        String user = owner.user();
        return placeholder.reset().replaceAll(found -> {
            FileStore.Upload upload = uploads.get(found.group(1) == null ? found.group(2) : found.group(1));
            if (upload == null) {
                return Matcher.quoteReplacement(found.group());
            }
            FileStore.Stored file = files.store(table, user, upload);
            stored.add(file.path());
            return Matcher.quoteReplacement("'" + file.reference().replace("'", "''") + "'");
        });
    }

    public static boolean exists(Path path) {
        return Files.isRegularFile(path);
    }
}
