package dev.korm.testkit.kalam.data;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Topics: messages and committed offsets in SQLite, and who has claimed what in memory. */
public final class TopicStore {
    private record Group(String topic, String group, int partition) {}

    private static final class Claims {
        private long next = -1;
        /** Ends of claimed ranges and when they are released, by their beginnings. */
        private final TreeMap<Long, long[]> ranges = new TreeMap<>();
    }

    private final Database database;
    private final Accounts accounts;
    private final long visibilityNanos;
    private final Map<Group, Claims> claims = new HashMap<>();

    public TopicStore(Database database, Accounts accounts, Duration visibility) {
        this.database = database;
        this.accounts = accounts;
        this.visibilityNanos = visibility.toNanos();
        database.locked(open -> {
            open.execute("CREATE TABLE IF NOT EXISTS \"/topics\" (name TEXT PRIMARY KEY, partitions INT)");
            open.execute(
                    "CREATE TABLE IF NOT EXISTS \"/sources\" (topic TEXT, source TEXT, op TEXT, is_key INT, PRIMARY KEY (topic, source, op))");
            open.execute(
                    "CREATE TABLE IF NOT EXISTS \"/messages\" (topic TEXT, part INT, pos INT, payload BLOB, key TEXT, at INT, user TEXT,"
                            + " op TEXT, PRIMARY KEY (topic, part, pos)) WITHOUT ROWID");
            open.execute(
                    "CREATE TABLE IF NOT EXISTS \"/ends\" (topic TEXT, part INT, pos INT, PRIMARY KEY (topic, part))");
            open.execute(
                    "CREATE TABLE IF NOT EXISTS \"/offsets\" (topic TEXT, grp TEXT, part INT, pos INT, PRIMARY KEY (topic, grp, part))");
            return true;
        });
    }

    void create(String name, int partitions) {
        if (exists(name)) {
            throw SqlFailure.execution("Topic '" + name + "' already exists");
        }
        database.locked(open -> open.update("INSERT INTO \"/topics\" VALUES (?, ?)", name, partitions));
    }

    public boolean exists(String name) {
        return database.locked(open ->
                !open.rows("SELECT 1 FROM \"/topics\" WHERE name = ?", name).isEmpty());
    }

    private void require(String name) {
        if (!exists(name)) {
            throw SqlFailure.execution("Topic '" + name + "' not found");
        }
    }

    void drop(String name) {
        require(name);
        database.inTransaction(false, open -> {
            for (String table : List.of("sources", "messages", "ends", "offsets")) {
                open.execute("DELETE FROM \"/" + table + "\" WHERE topic = ?", name);
            }
            open.execute("DELETE FROM \"/topics\" WHERE name = ?", name);
            synchronized (claims) {
                claims.keySet().removeIf(group -> group.topic().equals(name));
            }
            return true;
        });
    }

    /** Deletes messages; offsets go on counting. */
    void clear(String name) {
        require(name);
        database.locked(open -> open.update("DELETE FROM \"/messages\" WHERE topic = ?", name));
    }

    void addSource(String name, String table, Write.Kind operation, boolean isKey) {
        require(name);
        int added = database.locked(open -> open.update(
                "INSERT OR IGNORE INTO \"/sources\" VALUES (?, ?, ?, ?)",
                name,
                table,
                operation.name(),
                isKey ? 1 : 0));
        if (added == 0) {
            throw SqlFailure.execution("Source '" + table + "' already exists for topic '" + name + "'");
        }
    }

    /** Writes the messages of changes, in the transaction that makes them. */
    void publish(Database open, List<Change> changes) throws SQLException {
        Map<String, List<@Nullable Object[]>> routes = new HashMap<>();
        for (Change change : changes) {
            String source = change.table().id();
            List<@Nullable Object[]> found = routes.get(source);
            if (found == null) {
                found = open.rows(
                        "SELECT s.topic, s.op, s.is_key, t.partitions FROM \"/sources\" s JOIN \"/topics\" t ON t.name = s.topic"
                                + " WHERE s.source = ?",
                        source);
                routes.put(source, found);
            }
            for (@Nullable Object[] route : found) {
                if (change.kind().name().equals(route[1])) {
                    append(
                            open,
                            String.valueOf(route[0]),
                            ((Number) java.util.Objects.requireNonNull(route[3])).intValue(),
                            "1".equals(String.valueOf(route[2])),
                            change);
                }
            }
        }
    }

    private void append(Database open, String topic, int partitions, boolean isKey, Change change) throws SQLException {
        TableDef table = change.table();
        String key = String.valueOf(change.row().get(table.key().name()));
        int partition = Math.floorMod(key.hashCode(), partitions);
        Map<String, @Nullable Object> payload = new LinkedHashMap<>();
        for (TableDef.Column column : table.columns()) {
            payload.put(column.name(), column.type().json(change.row().get(column.name())));
        }
        payload.put("_seq", String.valueOf(change.row().get("_seq")));
        payload.put("_commit_seq", "0");
        payload.put("_deleted", change.kind() == Write.Kind.DELETE);
        if (!isKey) {
            payload.put("_table", table.topicName());
        }
        String user = !table.isShared() && accounts.exists(change.user()) ? change.user() : null;
        open.execute(
                "INSERT INTO \"/ends\" VALUES (?, ?, 1) ON CONFLICT (topic, part) DO UPDATE SET pos = pos + 1",
                topic,
                partition);
        open.execute(
                "INSERT INTO \"/messages\" SELECT topic, part, pos - 1, ?, ?, ?, ?, ? FROM \"/ends\" WHERE topic = ? AND part = ?",
                JsonMapper.shared().writeValueAsBytes(payload),
                key,
                System.currentTimeMillis(),
                user,
                operation(change.kind()),
                topic,
                partition);
    }

    private static String operation(Write.Kind kind) {
        return kind.name().charAt(0) + kind.name().substring(1).toLowerCase(Locale.ROOT);
    }

    /** Returns the answer to a poll, which claims the range that it returns; a start below 0 is the end, and above the first. */
    public Map<String, @Nullable Object> consume(
            String topic, String group, int partition, @Nullable Long start, int limit) {
        require(topic);
        return database.locked(open -> {
            Claims held = claims.computeIfAbsent(new Group(topic, group, partition), first -> new Claims());
            release(held);
            long from = position(open, held, topic, group, partition, start);
            List<Map<String, @Nullable Object>> messages = new ArrayList<>();
            long next = from;
            long bound = held.ranges.ceilingKey(from) == null ? Long.MAX_VALUE : held.ranges.ceilingKey(from);
            for (@Nullable Object[] row : open.rows(
                    "SELECT pos, payload, key, at, user, op FROM \"/messages\" WHERE topic = ? AND part = ? AND pos >= ? AND pos < ?"
                            + " ORDER BY pos LIMIT ?",
                    topic,
                    partition,
                    from,
                    bound,
                    limit)) {
                Map<String, @Nullable Object> message = new LinkedHashMap<>();
                message.put("topic_id", topic);
                message.put("partition_id", partition);
                message.put("offset", row[0]);
                message.put("payload", Base64.getEncoder().encodeToString((byte[]) row[1]));
                message.put("key", row[2]);
                message.put("timestamp_ms", row[3]);
                if (row[4] != null) {
                    message.put("user", row[4]);
                }
                message.put("op", row[5]);
                messages.add(message);
                next = ((Number) java.util.Objects.requireNonNull(row[0])).longValue() + 1;
            }
            if (!messages.isEmpty()) {
                held.ranges.put(from, new long[] {next, System.nanoTime() + visibilityNanos});
                held.next = next;
            } else if (held.next < 0) {
                held.next = from;
            }
            Map<String, @Nullable Object> answer = new LinkedHashMap<>();
            answer.put("messages", messages);
            answer.put("next_offset", messages.isEmpty() ? 0 : next);
            answer.put("has_more", messages.size() == limit);
            return answer;
        });
    }

    private static void release(Claims held) {
        long now = System.nanoTime();
        long released = -1;
        for (Map.Entry<Long, long[]> range : held.ranges.entrySet()) {
            if (now - range.getValue()[1] >= 0) {
                released = range.getKey();
                break;
            }
        }
        if (released >= 0) {
            held.ranges.values().removeIf(range -> now - range[1] >= 0);
            held.next = released;
        }
    }

    private long position(Database open, Claims held, String topic, String group, int partition, @Nullable Long start)
            throws SQLException {
        long committed = committed(open, topic, group, partition);
        if (held.next >= 0) {
            long next = Math.max(held.next, committed + 1);
            // What others have claimed and not acknowledged is passed over.
            Map.Entry<Long, long[]> range = held.ranges.floorEntry(next);
            while (range != null && range.getValue()[0] > next) {
                next = range.getValue()[0];
                range = held.ranges.floorEntry(next);
            }
            return next;
        }
        if (committed >= 0) {
            return committed + 1;
        }
        if (start == null || start >= 0) {
            return start == null ? 0 : start;
        }
        return open.rows("SELECT pos FROM \"/ends\" WHERE topic = ? AND part = ?", topic, partition).stream()
                .map(row -> ((Number) java.util.Objects.requireNonNull(row[0])).longValue())
                .findFirst()
                .orElse(0L);
    }

    private static long committed(Database open, String topic, String group, int partition) throws SQLException {
        return open
                .rows("SELECT pos FROM \"/offsets\" WHERE topic = ? AND grp = ? AND part = ?", topic, group, partition)
                .stream()
                .map(row -> ((Number) java.util.Objects.requireNonNull(row[0])).longValue())
                .findFirst()
                .orElse(-1L);
    }

    public void ack(String topic, String group, int partition, long offset) {
        require(topic);
        database.locked(open -> {
            open.execute(
                    "INSERT INTO \"/offsets\" VALUES (?, ?, ?, ?) ON CONFLICT (topic, grp, part) DO UPDATE SET pos = max(pos, excluded.pos)",
                    topic,
                    group,
                    partition,
                    offset);
            Claims held = claims.get(new Group(topic, group, partition));
            if (held != null) {
                held.ranges.values().removeIf(range -> range[0] <= offset + 1);
            }
            return true;
        });
    }
}
