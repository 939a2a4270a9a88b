package dev.korm.gateway.kafka;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;
import redis.embedded.RedisServer;

/** A Redis whose program is in a jar; nothing is kept on disk. */
final class TestRedis implements AutoCloseable {
    private final int port;
    private RedisServer server;

    TestRedis() {
        try {
            port = TestBroker.free();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        start();
    }

    void start() {
        try {
            server = RedisServer.newRedisServer()
                    .port(port)
                    .bind("127.0.0.1")
                    .setting("maxmemory 64mb")
                    .setting("save \"\"")
                    .build();
            server.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    void stop() {
        try {
            server.stop();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    CacheSettings settings() {
        // A machine that has much to do at once takes its time for the first connection.
        return CacheSettings.at("127.0.0.1", port).withTimeout(java.time.Duration.ofSeconds(20));
    }

    String get(String key) {
        return ask(connection -> connection.sync().get(key));
    }

    List<String> list(String key) {
        return ask(connection -> connection.sync().lrange(key, 0, -1));
    }

    private <T> T ask(Function<StatefulRedisConnection<String, String>, T> command) {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return command.apply(connection);
        } catch (RedisException away) {
            throw new IllegalStateException(away);
        } finally {
            client.shutdown(java.time.Duration.ZERO, java.time.Duration.ofSeconds(2));
        }
    }

    @Override
    public void close() {
        stop();
    }
}
