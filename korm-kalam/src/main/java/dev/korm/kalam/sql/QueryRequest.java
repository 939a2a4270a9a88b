package dev.korm.kalam.sql;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.settings.Timeouts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request for SQL: its text, its bound parameters, and what it says about itself. Its text in errors never holds parameters.
 *
 * <p>The text has at most 1 MiB, a parameter at most 512 KiB, and there are at most 50 parameters. All together has at most 2 MiB as JSON; what is larger is refused by an
 * {@link IllegalArgumentException} when it is to be sent, since the server would refuse it.
 */
public final class QueryRequest {
    private static final int MAX_SQL_BYTES = 1 << 20;

    /** Literals, quoted names and comments. */
    private static final Pattern LITERALS =
            Pattern.compile("'(?:[^']|'')*+'|\"[^\"]*+\"|--[^\\n]*+|/\\*(?:[^*]|\\*(?!/))*+\\*/");

    /** Beginnings of literals that other dialects know, and that end elsewhere than plain ones. */
    private static final Pattern OTHER_LITERALS = Pattern.compile("(?i)(?<!\\w)e\\\\|\\$\\w*\\$");

    private final String sql;
    private final List<@Nullable Object> parameters;
    private final @Nullable String namespace;
    private final @Nullable Duration timeout;
    private final @Nullable String table;
    private final boolean isRead;

    private QueryRequest(
            String sql,
            List<@Nullable Object> parameters,
            @Nullable String namespace,
            @Nullable Duration timeout,
            @Nullable String table) {
        this.sql = sql;
        this.parameters = parameters;
        this.namespace = namespace;
        this.timeout = timeout;
        this.table = table;
        this.isRead = reads(sql);
    }

    /** Returns a request; {@code $1} is the first parameter. */
    public static QueryRequest of(String sql, @Nullable Object... parameters) {
        requireNonNull(sql, "sql");
        requireNonNull(parameters, "parameters");
        if (sql.isBlank()) {
            throw new IllegalArgumentException("The statement is blank");
        }
        if (sql.length() > MAX_SQL_BYTES || sql.getBytes(StandardCharsets.UTF_8).length > MAX_SQL_BYTES) {
            throw new IllegalArgumentException("A statement has at most " + MAX_SQL_BYTES + " bytes");
        }
        Unreadable.refuse(sql);
        return new QueryRequest(sql, Parameters.of(parameters), null, null, null);
    }

    /** Returns this request with a namespace for names that have none. */
    public QueryRequest namespace(String name) {
        requireNonNull(name, "name");
        return new QueryRequest(sql, parameters, Names.namespace(name), timeout, table);
    }

    /** Returns this request with a time limit of its own. */
    public QueryRequest timeout(Duration limit) {
        requireNonNull(limit, "limit");
        return new QueryRequest(sql, parameters, namespace, Timeouts.check(limit), table);
    }

    /** Returns this request with the table that its rows are of, so that their files can be found. */
    public QueryRequest table(String name) {
        requireNonNull(name, "name");
        return new QueryRequest(sql, parameters, namespace, timeout, Names.table(name));
    }

    /** Returns this request, executed as another user. */
    public QueryRequest asUser(String user) {
        requireNonNull(user, "user");
        String inner = withoutComments(sql).strip();
        while (inner.endsWith(";")) {
            inner = inner.substring(0, inner.length() - 1).strip();
        }
        if (inner.isEmpty()) {
            throw new IllegalArgumentException("The statement is blank");
        }
        requireOneStatement(inner);
        String wrapped = "EXECUTE AS USER '" + Names.user(user).replace("'", "''") + "' (" + inner + "\n)";
        return new QueryRequest(wrapped, parameters, namespace, timeout, table);
    }

    /** Returns a statement with a blank for each comment, since the server takes quotes and parentheses of comments for those of the statement. */
    private static String withoutComments(String inner) {
        return LITERALS.matcher(inner)
                .replaceAll(
                        piece -> piece.group().startsWith("--") || piece.group().startsWith("/*")
                                ? " "
                                : Matcher.quoteReplacement(piece.group()));
    }

    /** Refuses what would close the parenthesis around it, so that the rest would not be executed as the other user. */
    private static void requireOneStatement(String inner) {
        // A literal with a backslash leaves that behind, so that one with an E before it is seen, which may end
        // elsewhere.
        String bare = LITERALS.matcher(inner)
                .replaceAll(piece -> piece.group().indexOf('\\') < 0 ? " " : Matcher.quoteReplacement("\\ "));
        if (OTHER_LITERALS.matcher(bare).find()) {
            throw new IllegalArgumentException(
                    "Only plain literals can be executed as another user: this statement has one with escapes or between dollar signs; bind a parameter instead");
        }
        int depth = 0;
        for (int i = 0; i < bare.length(); i++) {
            char c = bare.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth < 0 || c == ';' || c == '\'' || c == '"') {
                throw new IllegalArgumentException(
                        "Only one whole statement can be executed as another user: this one has a ; or an unpaired parenthesis or quote");
            }
        }
        if (depth != 0 || bare.contains("/*")) {
            throw new IllegalArgumentException(
                    "Only one whole statement can be executed as another user: a parenthesis or comment of this one is not closed");
        }
    }

    /** Returns the text. */
    public String sql() {
        return sql;
    }

    /** Returns the parameters as they are sent. */
    public List<@Nullable Object> parameters() {
        return parameters;
    }

    /** Returns the namespace. */
    public Optional<String> namespace() {
        return Optional.ofNullable(namespace);
    }

    /** Returns the time limit. */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /** Returns the table that the rows are of. */
    public Optional<String> table() {
        return Optional.ofNullable(table);
    }

    /** Tells whether the request reads alone, so that it may be repeated. */
    public boolean isRead() {
        return isRead;
    }

    private static boolean reads(String sql) {
        String text = sql.stripLeading();
        int end = 0;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        String first = text.substring(0, end).toUpperCase(java.util.Locale.ROOT);
        boolean isRead =
                first.equals("SELECT") || first.equals("SHOW") || first.equals("DESCRIBE") || first.equals("EXPLAIN");
        int semicolon = text.indexOf(';');
        return isRead && (semicolon < 0 || text.substring(semicolon + 1).isBlank());
    }

    /** Returns the statement's first word, for messages; the rest may hold values. */
    public String title() {
        String text = sql.strip();
        int end = 0;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        return end == 0 ? "A statement" : text.substring(0, end).toUpperCase(java.util.Locale.ROOT);
    }

    @Override
    public String toString() {
        return "QueryRequest[" + title() + ", " + parameters.size() + " parameters]";
    }
}
