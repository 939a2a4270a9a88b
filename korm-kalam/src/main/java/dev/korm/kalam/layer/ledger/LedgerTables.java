package dev.korm.kalam.layer.ledger;

import dev.korm.ClosedException;
import dev.korm.kalam.error.KalamConflictException;
import dev.korm.kalam.error.KalamHttpException;
import dev.korm.kalam.error.KalamProtocolException;
import dev.korm.kalam.error.KalamTimeoutException;
import dev.korm.kalam.sql.KalamSql;
import dev.korm.kalam.sql.QueryRequest;
import dev.korm.kalam.sql.QueryResponse;
import dev.korm.kalam.sql.Row;
import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The two tables of the server: the ledger, a row for each commit, and the rows, one or several for each version of a korm row. Both are only ever
 * inserted into, by single statements with bound parameters.
 */
final class LedgerTables {
    /** So many rows may be asked about in one statement. */
    static final int MOST_ROWS = 20;

    /** The server ends every answer after so many rows, or after fewer where it was set so. */
    private static final int CAP = 1000;

    /** It ends none before so many. */
    private static final int SURELY_ANSWERED = 50;

    private static final int LEAST_PAGE = 10;

    /** A text of so many characters, all of them ASCII, is surely a parameter, and some of them a request. */
    private static final int PART = 200_000;

    private static final int VERSIONS_AT_ONCE = 24;
    /** Less than the 2 MiB of JSON that the server takes, by what the statement itself has. */
    private static final int BYTES_AT_ONCE = 1_900_000;

    static final int CLEANED_AT_ONCE = 500;
    private static final int KEYS_AT_ONCE = 40;
    private static final int PATIENCE = 40;

    private final String layer;
    private final KalamSql sql;
    private final Environment environment;
    private final String namespace;
    private final String ledger;
    private final String rows;
    /** The longest answer so far that was not asked for to be cut: shorter ones are whole. */
    private volatile int longest = SURELY_ANSWERED;

    private volatile boolean closed;

    LedgerTables(String layer, KalamSql sql, String namespace, Environment environment) {
        this.layer = layer;
        this.sql = sql;
        this.environment = environment;
        this.namespace = namespace;
        this.ledger = namespace + ".korm_ledger";
        this.rows = namespace + ".korm_rows";
    }

    /** A version of a row, or a part of one, as it is stored. */
    record Version(String key, @Nullable String text) {}

    /** Makes the tables, by a client that may. */
    void create(KalamSql owner, String kind) {
        try {
            createTables(owner, kind);
        } catch (KalamHttpException missing) {
            send(owner, QueryRequest.of("CREATE NAMESPACE IF NOT EXISTS " + namespace));
            createTables(owner, kind);
        }
    }

    private void createTables(KalamSql owner, String kind) {
        send(
                owner,
                QueryRequest.of(
                        "CREATE " + kind + " TABLE IF NOT EXISTS " + ledger
                                + " (n BIGINT PRIMARY KEY, tx TEXT, merged BIGINT, written_at BIGINT, state TEXT, parts BIGINT, data TEXT)"));
        send(
                owner,
                QueryRequest.of(
                        "CREATE " + kind + " TABLE IF NOT EXISTS " + rows + " (k TEXT PRIMARY KEY, data TEXT)"));
    }

    /**
     * Inserts a commit, unless one of some rows was ever written.
     *
     * @return false when one was
     * @throws KalamConflictException when there is a commit of that number
     */
    boolean append(Commit commit, String text, List<RowKey> absent) {
        int parts = 0;
        String inline = text;
        if (isParted(text)) {
            parts = insertParts(commit.tx(), text);
            inline = null;
        }
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(commit.number());
        parameters.add(commit.tx());
        parameters.add(commit.merged());
        parameters.add(commit.time());
        parameters.add(commit.state().name());
        parameters.add(parts);
        parameters.add(inline);
        String columns = "INSERT INTO " + ledger + " (n, tx, merged, written_at, state, parts, data) ";
        String statement = absent.isEmpty()
                ? columns + "VALUES ($1, $2, $3, $4, $5, $6, $7)"
                : columns + "SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM " + rows + " WHERE "
                        + ranges(absent, parameters) + ")";
        return send(QueryRequest.of(statement, parameters.toArray())).rowCount() == 1;
    }

    static boolean isParted(String text) {
        return text.length() > PART;
    }

    private int insertParts(String tx, String text) {
        RowKey key = new RowKey(RowKey.PARTS, tx);
        int parts = 0;
        Sending sending = new Sending(this::insert);
        for (int at = 0; at < text.length(); at += PART) {
            sending.add(new Version(key.version(parts++, 0), text.substring(at, Math.min(text.length(), at + PART))));
        }
        sending.end();
        return parts;
    }

    private static String ranges(List<RowKey> keys, List<@Nullable Object> parameters) {
        StringBuilder where = new StringBuilder();
        for (RowKey key : keys) {
            parameters.add(key.prefix());
            int from = parameters.size();
            parameters.add(RowKey.behind(key.prefix()));
            where.append(where.length() == 0 ? "" : " OR ")
                    .append("(k > $")
                    .append(from)
                    .append(" AND k < $")
                    .append(from + 1)
                    .append(')');
        }
        return where.toString();
    }

    /**
     * The answer to one request: versions of rows, and the commits behind one.
     *
     * @param isWhole whether there are no more commits
     */
    record Answer(List<Version> versions, List<Commit> commits, boolean isWhole) {}

    /**
     * Commits in order.
     *
     * @param isWhole whether there are no more behind them; there may be where the server ends its answers
     */
    record CommitPage(List<Commit> commits, boolean isWhole) {}

    /** Returns the versions of some rows, and the commits behind a number, in one request where it is not much. */
    Answer read(List<RowKey> keys, long behind) {
        List<@Nullable Object> parameters = new ArrayList<>();
        String ofRows = rows + " WHERE " + ranges(keys, parameters);
        parameters.add(behind);
        String ofLedger = ledger + " WHERE n > $" + parameters.size();
        String statement = "SELECT k, data, 0 AS n, 0 AS merged, 0 AS written_at, '' AS state, -1 AS parts FROM "
                + ofRows
                + " UNION ALL SELECT tx AS k, data, n, merged, written_at, state, parts FROM " + ofLedger + " LIMIT "
                + CAP;
        List<Row> found;
        try {
            found = send(QueryRequest.of(statement, parameters.toArray())).rows();
        } catch (KalamProtocolException tooLarge) {
            return paged(keys, behind);
        }
        if (!isWhole(found.size(), CAP, List.of(ofRows, ofLedger), parameters)) {
            return paged(keys, behind);
        }
        List<Version> versions = new ArrayList<>();
        NavigableMap<Long, Commit> commits = new TreeMap<>();
        for (Row row : found) {
            if (row.getLong("parts") < 0) {
                versions.add(version(row));
            } else {
                Commit commit = commit(row, "k");
                commits.put(commit.number(), commit);
            }
        }
        versions.sort(java.util.Comparator.comparing(Version::key));
        return new Answer(versions, List.copyOf(commits.values()), true);
    }

    /**
     * Returns whether an answer is all that there is. One of fewer rows than were asked for may have been cut by a limit that the server was set to; it was not if
     * the same rows, asked for twice in one answer, are more. So much is learned by it that this is asked seldom.
     */
    private boolean isWhole(int found, int asked, List<String> sources, List<@Nullable Object> parameters) {
        if (found < asked && found < longest) {
            return true;
        }
        longest = Math.max(longest, found);
        if (found >= asked) {
            return false;
        }
        String once = sources.stream()
                .map(source -> "SELECT 1 AS one FROM " + source)
                .collect(java.util.stream.Collectors.joining(" UNION ALL "));
        int twice = send(QueryRequest.of(once + " UNION ALL " + once + " LIMIT " + CAP, parameters.toArray()))
                .rows()
                .size();
        longest = Math.max(longest, twice);
        return twice > found;
    }

    private Answer paged(List<RowKey> keys, long behind) {
        CommitPage commits = commits(behind);
        return new Answer(pages(keys), commits.commits(), commits.isWhole());
    }

    private static Version version(Row row) {
        return new Version(row.getString("k"), row.find("data", String.class).orElse(null));
    }

    private List<Version> pages(List<RowKey> keys) {
        List<Version> versions = new ArrayList<>();
        for (RowKey key : keys) {
            Pages pages = versions(key.prefix(), RowKey.behind(key.prefix()));
            while (pages.hasNext()) {
                versions.addAll(pages.next());
            }
        }
        versions.sort(java.util.Comparator.comparing(Version::key));
        return versions;
    }

    /** Returns the versions of some rows. */
    List<Version> versions(List<RowKey> keys) {
        List<@Nullable Object> parameters = new ArrayList<>();
        String source = rows + " WHERE " + ranges(keys, parameters);
        String statement = "SELECT k, data FROM " + source + " ORDER BY k LIMIT " + CAP;
        List<Row> found;
        try {
            found = send(QueryRequest.of(statement, parameters.toArray())).rows();
        } catch (KalamProtocolException tooLarge) {
            return pages(keys);
        }
        return isWhole(found.size(), CAP, List.of(source), parameters) ? sorted(found) : pages(keys);
    }

    private static List<Version> sorted(List<Row> found) {
        List<Version> versions = new ArrayList<>();
        found.forEach(row -> versions.add(version(row)));
        versions.sort(java.util.Comparator.comparing(Version::key));
        return versions;
    }

    Pages versions(String prefix, String end) {
        return new Pages(prefix, end);
    }

    /** All versions between two keys, asked for page by page behind the last key, since the server cuts what is longer. */
    final class Pages {
        private final String end;
        private String last;
        private int size = CAP;
        private boolean done;

        private Pages(String first, String end) {
            this.last = first;
            this.end = end;
        }

        boolean hasNext() {
            return !done;
        }

        List<Version> next() {
            while (true) {
                try {
                    String source = rows + " WHERE k > $1 AND k < $2";
                    List<Version> page = sorted(send(QueryRequest.of(
                                    "SELECT k, data FROM " + source + " ORDER BY k LIMIT " + size, last, end))
                            .rows());
                    done = isWhole(page.size(), size, List.of(source), List.of(last, end));
                    if (!page.isEmpty()) {
                        last = page.get(page.size() - 1).key();
                    }
                    return page;
                } catch (KalamProtocolException tooLarge) {
                    if (size <= LEAST_PAGE) {
                        throw tooLarge;
                    }
                    size = Math.max(LEAST_PAGE, size / 4);
                }
            }
        }
    }

    /** Returns the number of the newest commit; 0 where there is none. */
    long newest() {
        List<Row> found =
                send(QueryRequest.of("SELECT MAX(n) AS newest FROM " + ledger)).rows();
        return found.isEmpty() ? 0 : found.get(0).find("newest", Long.class).orElse(0L);
    }

    /** Returns the number of the newest commit that was made before a moment, in milliseconds since 1970; 0 where there is none. */
    long newestBefore(long moment) {
        List<Row> found = send(QueryRequest.of(
                        "SELECT MAX(n) AS newest FROM " + ledger + " WHERE written_at < $1", moment))
                .rows();
        return found.isEmpty() ? 0 : found.get(0).find("newest", Long.class).orElse(0L);
    }

    /** Returns a commit without its writes; null where there is none of that number. */
    @Nullable Commit stub(long number) {
        List<Row> found = send(QueryRequest.of(
                        "SELECT n, tx, merged, written_at, state FROM " + ledger + " WHERE n = $1 LIMIT 1", number))
                .rows();
        return found.isEmpty()
                ? null
                : new Commit(
                        found.get(0).getLong("n"),
                        found.get(0).getString("tx"),
                        found.get(0).getLong("merged"),
                        found.get(0).getLong("written_at"),
                        Commit.State.valueOf(found.get(0).getString("state")),
                        Map.of(),
                        List.of());
    }

    /** Returns the commits behind a number, in order, as many as one answer has. */
    CommitPage commits(long behind) {
        int size = CAP;
        while (true) {
            try {
                NavigableMap<Long, Commit> commits = new TreeMap<>();
                String source = ledger + " WHERE n > $1";
                for (Row row : send(QueryRequest.of(
                                "SELECT n, tx, merged, written_at, state, parts, data FROM " + source
                                        + " ORDER BY n LIMIT " + size,
                                behind))
                        .rows()) {
                    Commit commit = commit(row, "tx");
                    commits.put(commit.number(), commit);
                }
                return new CommitPage(
                        List.copyOf(commits.values()), isWhole(commits.size(), size, List.of(source), List.of(behind)));
            } catch (KalamProtocolException tooLarge) {
                if (size <= LEAST_PAGE) {
                    throw tooLarge;
                }
                size = Math.max(LEAST_PAGE, size / 4);
            }
        }
    }

    private Commit commit(Row row, String tx) {
        long parts = row.getLong("parts");
        String id = row.getString(tx);
        Commit.State state = Commit.State.valueOf(row.getString("state"));
        String text = state == Commit.State.CLEARED ? "[]" : parts == 0 ? row.getString("data") : joined(id, parts);
        return new Commit(
                        row.getLong("n"),
                        id,
                        row.getLong("merged"),
                        row.getLong("written_at"),
                        state,
                        Map.of(),
                        List.of())
                .reading(text);
    }

    private String joined(String tx, long parts) {
        String prefix = new RowKey(RowKey.PARTS, tx).prefix();
        Pages pages = versions(prefix, RowKey.behind(prefix));
        StringBuilder text = new StringBuilder();
        int found = 0;
        while (pages.hasNext()) {
            for (Version part : pages.next()) {
                text.append(part.text());
                found++;
            }
        }
        if (found != parts) {
            throw new KalamProtocolException("The parts of a commit are not all there", false, null);
        }
        return text.toString();
    }

    /** Inserts versions of rows; those that are there already stay. */
    void merge(Map<RowWrite, Long> writes) {
        Sending sending = new Sending(this::insertMissing);
        for (Map.Entry<RowWrite, Long> each : writes.entrySet()) {
            RowData data = each.getKey().data();
            String text = data == null ? null : data.text();
            int length = text == null ? 0 : text.length();
            int part = 0;
            for (int at = 0; at == 0 || at < length; at += PART) {
                String piece = text == null ? null : text.substring(at, Math.min(length, at + PART));
                sending.add(new Version(each.getKey().row().version(each.getValue(), part++), piece));
            }
        }
        sending.end();
    }

    /** Versions that are inserted by as few requests as the server takes them in. */
    private static final class Sending {
        private final Consumer<List<Version>> request;
        private final List<Version> pending = new ArrayList<>();
        private int size;

        Sending(Consumer<List<Version>> request) {
            this.request = request;
        }

        void add(Version version) {
            int own = jsonLength(version.key()) + (version.text() == null ? 0 : jsonLength(version.text()));
            if (pending.size() == VERSIONS_AT_ONCE || size + own > BYTES_AT_ONCE) {
                end();
            }
            pending.add(version);
            size += own;
        }

        void end() {
            if (!pending.isEmpty()) {
                request.accept(List.copyOf(pending));
                pending.clear();
                size = 0;
            }
        }
    }

    /** Returns how long a text is as JSON, of which all is ASCII and nothing a control character. */
    private static int jsonLength(String text) {
        int length = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            length += c == '"' || c == '\\' ? 1 : 0;
        }
        return length;
    }

    private void insertMissing(List<Version> versions) {
        List<Version> missing = versions;
        for (int attempt = 0; !missing.isEmpty(); attempt++) {
            try {
                insert(missing);
                return;
            } catch (KalamConflictException taken) {
                // Another program writes the same, since all take it from the ledger.
                if (attempt == PATIENCE) {
                    throw taken;
                }
                Set<String> there = there(missing);
                missing = missing.stream()
                        .filter(version -> !there.contains(version.key()))
                        .toList();
            }
        }
    }

    private Set<String> there(List<Version> versions) {
        List<@Nullable Object> parameters = new ArrayList<>();
        StringBuilder where = new StringBuilder();
        for (Version version : versions) {
            parameters.add(version.key());
            where.append(where.length() == 0 ? "k = $" : " OR k = $").append(parameters.size());
        }
        Set<String> keys = new HashSet<>();
        send(QueryRequest.of("SELECT k FROM " + rows + " WHERE " + where + " LIMIT " + CAP, parameters.toArray()))
                .rows()
                .forEach(row -> keys.add(row.getString("k")));
        return keys;
    }

    private void insert(List<Version> versions) {
        StringBuilder values = new StringBuilder();
        List<@Nullable Object> parameters = new ArrayList<>();
        for (Version version : versions) {
            parameters.add(version.key());
            parameters.add(version.text());
            values.append(values.length() == 0 ? "($" : ", ($")
                    .append(parameters.size() - 1)
                    .append(", $")
                    .append(parameters.size())
                    .append(')');
        }
        send(QueryRequest.of("INSERT INTO " + rows + " (k, data) VALUES " + values, parameters.toArray()));
    }

    /** Empties commits that are in the rows; their numbers stay taken. */
    void clear(long behind, long upTo) {
        for (Row row : send(QueryRequest.of(
                        "SELECT n, tx FROM " + ledger + " WHERE n > $1 AND n <= $2 AND parts > 0 ORDER BY n LIMIT "
                                + CAP,
                        behind,
                        upTo))
                .rows()) {
            deleteParts(row.getString("tx"));
        }
        send(QueryRequest.of(
                "UPDATE " + ledger + " SET state = $1, data = NULL, parts = 0 WHERE n > $2 AND n <= $3",
                Commit.State.CLEARED.name(),
                behind,
                upTo));
    }

    /** Deletes the parts of a commit that is in the rows, or never was one. */
    void deleteParts(String tx) {
        String prefix = new RowKey(RowKey.PARTS, tx).prefix();
        send(QueryRequest.of("DELETE FROM " + rows + " WHERE k > $1 AND k < $2", prefix, RowKey.behind(prefix)));
    }

    /**
     * Some parts.
     *
     * @param words of the commits that they are of
     * @param next behind which the next are; null where these are the last
     */
    record PartPage(Set<String> words, @Nullable String next) {}

    /** Returns the parts behind a key, as many as are looked at together. */
    PartPage parts(String behind) {
        List<Version> page = new ArrayList<>();
        for (Row row : send(QueryRequest.of(
                        "SELECT k FROM " + rows + " WHERE k > $1 AND k < $2 ORDER BY k LIMIT " + KEYS_AT_ONCE,
                        behind,
                        RowKey.behind(RowKey.prefix(RowKey.PARTS))))
                .rows()) {
            page.add(new Version(row.getString("k"), null));
        }
        page.sort(java.util.Comparator.comparing(Version::key));
        Set<String> words = new LinkedHashSet<>();
        page.forEach(part -> words.add(RowKey.parse(RowKey.prefixOf(part.key())).id()));
        return new PartPage(
                words,
                page.size() < KEYS_AT_ONCE ? null : page.get(page.size() - 1).key());
    }

    /** Returns those words that are of commits which have parts. */
    Set<String> withParts(Set<String> words) {
        List<@Nullable Object> parameters = List.copyOf(words);
        StringBuilder where = new StringBuilder();
        for (int i = 1; i <= parameters.size(); i++) {
            where.append(i == 1 ? "tx = $" : " OR tx = $").append(i);
        }
        Set<String> found = new HashSet<>();
        send(QueryRequest.of(
                        "SELECT n, tx FROM " + ledger + " WHERE parts > 0 AND (" + where + ") LIMIT " + CAP,
                        parameters.toArray()))
                .rows()
                .forEach(row -> found.add(row.getString("tx")));
        return found;
    }

    /**
     * Some versions.
     *
     * @param isLast whether there are none behind them
     */
    record VersionPage(List<Version> versions, boolean isLast) {}

    /** Returns some versions behind a key, without their values. */
    VersionPage page(String behind) {
        List<Version> versions = new ArrayList<>();
        String source = rows + " WHERE k > $1";
        for (Row row : send(QueryRequest.of("SELECT k FROM " + source + " ORDER BY k LIMIT " + CLEANED_AT_ONCE, behind))
                .rows()) {
            versions.add(new Version(row.getString("k"), null));
        }
        versions.sort(java.util.Comparator.comparing(Version::key));
        return new VersionPage(versions, isWhole(versions.size(), CLEANED_AT_ONCE, List.of(source), List.of(behind)));
    }

    /** Deletes versions; should a flush bring them back, they are as superseded as before. */
    void delete(List<String> keys) {
        for (int i = 0; i < keys.size(); i += KEYS_AT_ONCE) {
            List<String> some = keys.subList(i, Math.min(keys.size(), i + KEYS_AT_ONCE));
            StringBuilder where = new StringBuilder();
            for (int k = 1; k <= some.size(); k++) {
                where.append(k == 1 ? "k = $" : " OR k = $").append(k);
            }
            send(QueryRequest.of("DELETE FROM " + rows + " WHERE " + where, some.toArray()));
        }
    }

    /** Returns the server's time in microseconds since 1970. */
    long time() {
        return send(QueryRequest.of("SELECT CAST(NOW() AS TIMESTAMP(6)) AS micros"))
                .rows()
                .get(0)
                .json("micros")
                .asLong();
    }

    /** Refuses all requests from now on. */
    void close() {
        closed = true;
    }

    private ClosedException closed(@Nullable Throwable cause) {
        ClosedException told = new ClosedException("The layer \"" + layer + "\" is closed");
        if (cause != null) {
            told.initCause(cause);
        }
        return told;
    }

    private QueryResponse send(QueryRequest request) {
        return send(sql, request);
    }

    /** Sends a request, again when the server takes no more of them within this second: it has not looked at it then. */
    private QueryResponse send(KalamSql by, QueryRequest request) {
        for (int attempt = 0; ; attempt++) {
            if (closed) {
                throw closed(null);
            }
            try {
                return by.query(request);
            } catch (IllegalStateException ended) {
                throw closed ? closed(ended) : ended;
            } catch (KalamHttpException refused) {
                if (refused.status() != Failures.TOO_MANY || attempt == PATIENCE) {
                    throw refused;
                }
                try {
                    environment.sleep(
                            Duration.ofMillis(100 + environment.random().nextInt(200)));
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                    throw new KalamTimeoutException(request.title() + " was interrupted", false, stop);
                }
            }
        }
    }
}
