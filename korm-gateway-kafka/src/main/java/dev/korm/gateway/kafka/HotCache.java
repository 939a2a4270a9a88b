package dev.korm.gateway.kafka;

import dev.korm.StoreException.Outcome;
import dev.korm.gateway.wire.Json;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rows of queries and what changed since, in Redis: {@code snap:}, {@code diff:} and {@code range:} of each routing key. What is written is written whole, by scripts. Safe for
 * many threads; a command that is not answered in time throws {@link TopicException}.
 */
final class HotCache implements AutoCloseable {
    /** Keeps rows and their keys, and drops the changes that are in them. */
    private static final String STORE = """
            local px = tonumber(ARGV[3])
            if px > 0 then redis.call('SET', KEYS[1], ARGV[1], 'PX', px) else redis.call('SET', KEYS[1], ARGV[1]) end
            local all = redis.call('LRANGE', KEYS[2], 0, -1)
            local fence = ARGV[2]
            local gone = 0
            for i, each in ipairs(all) do
              local lsn = string.match(each, '"lsn":"(%d+)"')
              if lsn and (#lsn < #fence or (#lsn == #fence and lsn <= fence)) then gone = i else break end
            end
            if gone > 0 then redis.call('LTRIM', KEYS[2], gone, -1) end
            redis.call('DEL', KEYS[3])
            for i = 4, #ARGV do redis.call('RPUSH', KEYS[3], ARGV[i]) end
            if px > 0 then redis.call('PEXPIRE', KEYS[2], px) redis.call('PEXPIRE', KEYS[3], px) end
            return 1
            """;

    /** Keeps a change once, and the newest alone of many. */
    private static final String ADD = """
            local last = redis.call('LINDEX', KEYS[1], -1)
            if last then
              local known = string.match(last, '"lsn":"(%d+)"')
              local lsn = ARGV[4]
              if known and (#lsn < #known or (#lsn == #known and lsn <= known)) then return 0 end
            end
            redis.call('RPUSH', KEYS[1], ARGV[1])
            redis.call('LTRIM', KEYS[1], -tonumber(ARGV[2]), -1)
            if tonumber(ARGV[3]) > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
            return 1
            """;

    private final CacheSettings settings;
    private final RedisClient client;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable StatefulRedisConnection<String, String> connection;

    HotCache(CacheSettings settings) {
        this.settings = settings;
        RedisURI.Builder uri = RedisURI.builder()
                .withHost(settings.host())
                .withPort(settings.port())
                .withTimeout(settings.timeout());
        settings.password().ifPresent(secret -> uri.withPassword(secret.toCharArray()));
        client = RedisClient.create(uri.build());
        client.setOptions(ClientOptions.builder()
                // A command that waited for a server would be made at a time when nobody awaits it.
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(settings.timeout())
                        .build())
                .timeoutOptions(TimeoutOptions.enabled(settings.timeout()))
                .build());
    }

    /** A change in binary form. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, and never changed.
    record Diff(long lsn, byte[] bytes) {}

    /** The rows of a query, and since when they are what it finds. */
    record Rows(ArrayNode rows, long lsn) {}

    /** Keeps rows, and drops the changes that are in them. */
    void store(String key, ArrayNode rows, List<String> pks, long lsn) {
        ObjectNode snapshot = Json.MAPPER.createObjectNode();
        snapshot.set("rows", rows);
        snapshot.putObject("cursor").put("lsn", Long.toString(lsn));
        snapshot.put("ts", System.currentTimeMillis());
        List<String> arguments = new ArrayList<>();
        arguments.add(snapshot.toString());
        arguments.add(Long.toString(lsn));
        arguments.add(Long.toString(settings.retention().toMillis()));
        arguments.addAll(pks);
        run(commands -> commands.sync()
                .eval(
                        STORE,
                        ScriptOutputType.INTEGER,
                        new String[] {name("snap", key), name("diff", key), name("range", key)},
                        arguments.toArray(String[]::new)));
    }

    /** Keeps a change; one that is not newer than the last is there already. */
    void add(String key, long lsn, byte[] diff) {
        String entry = Json.MAPPER
                .createObjectNode()
                .put("lsn", Long.toString(lsn))
                .put("b64", Base64.getEncoder().encodeToString(diff))
                .toString();
        run(commands -> commands.sync()
                .eval(
                        ADD,
                        ScriptOutputType.INTEGER,
                        new String[] {name("diff", key)},
                        entry,
                        Integer.toString(settings.diffs()),
                        Long.toString(settings.retention().toMillis()),
                        Long.toString(lsn)));
    }

    /** Returns the changes behind a version. */
    List<Diff> after(String key, long fence) {
        List<Diff> found = new ArrayList<>();
        for (String entry : run(commands -> commands.sync().lrange(name("diff", key), 0, -1))) {
            try {
                JsonNode diff = Json.object("diff", entry);
                long lsn = Long.parseLong(String.valueOf(Json.text(diff, "", "lsn")));
                if (lsn > fence) {
                    found.add(new Diff(lsn, Base64.getDecoder().decode(String.valueOf(Json.text(diff, "", "b64")))));
                }
            } catch (dev.korm.KormException | IllegalArgumentException broken) {
                throw new TopicException(
                        "The cache holds a change that is none; delete the keys with the prefix of the gateway",
                        Outcome.NOT_APPLIED,
                        broken);
            }
        }
        return found;
    }

    /** Returns the rows that are kept. */
    Optional<Rows> rows(String key) {
        String text = run(commands -> commands.sync().get(name("snap", key)));
        if (text == null) {
            return Optional.empty();
        }
        try {
            JsonNode snapshot = Json.MAPPER.readTree(text);
            return Optional.of(new Rows(
                    (ArrayNode) snapshot.get("rows"),
                    Long.parseLong(snapshot.get("cursor").get("lsn").asString())));
        } catch (JacksonException | ClassCastException | NullPointerException | NumberFormatException broken) {
            return Optional.empty();
        }
    }

    boolean isReady(Duration limit) {
        try {
            return "PONG".equals(connected().async().ping().get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        } catch (java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException
                | RedisException
                | TopicException away) {
            return false;
        }
    }

    private String name(String what, String key) {
        return settings.prefix() + what + ":" + key;
    }

    private <T> T run(Function<StatefulRedisConnection<String, String>, T> command) {
        try {
            return command.apply(connected());
        } catch (RedisException failed) {
            throw new TopicException(
                    "The cache at " + settings.host() + ":" + settings.port() + " does not answer; look after it",
                    Outcome.UNKNOWN,
                    failed);
        }
    }

    /** Returns the connection, which is made at first use, and makes itself anew. */
    private StatefulRedisConnection<String, String> connected() {
        lock.lock();
        try {
            if (connection == null) {
                connection = client.connect();
            }
            return connection;
        } catch (RedisException failed) {
            throw new TopicException(
                    "The cache at " + settings.host() + ":" + settings.port() + " cannot be reached; look after it",
                    Outcome.NOT_APPLIED,
                    failed);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, settings.timeout());
    }
}
