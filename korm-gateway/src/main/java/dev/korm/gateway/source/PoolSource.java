package dev.korm.gateway.source;

import dev.korm.KormException;
import dev.korm.Pool;
import dev.korm.event.Ping;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.access.Identity;
import dev.korm.gateway.access.Right;
import dev.korm.gateway.access.TableAccess;
import dev.korm.gateway.live.Subscriber;
import dev.korm.gateway.live.Subscriptions;
import dev.korm.gateway.live.Subscriptions.Registration;
import dev.korm.gateway.live.VersionClock;
import dev.korm.gateway.query.CallBuffers;
import dev.korm.gateway.query.QuerySpec;
import dev.korm.gateway.rpc.Calls;
import dev.korm.gateway.rpc.Tables;
import dev.korm.gateway.settings.Limits;
import java.time.Clock;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** Answers from a pool of this process. The pool stays its owner's. */
public final class PoolSource implements RowSource {
    private final Pool pool;
    private final Tables tables;
    private final Calls calls;
    private final VersionClock versions = new VersionClock(Clock.systemUTC());
    private final Subscriptions subscriptions = new Subscriptions(versions);

    public PoolSource(Pool pool, AccessPolicy policy, Limits limits) {
        this.pool = pool;
        tables = new Tables(pool, policy, limits);
        calls = new Calls(tables);
    }

    @Override
    public JsonNode call(Identity client, String method, String table, JsonNode payload) {
        return calls.call(client, method, table, payload);
    }

    /** Answers a call that came in binary form. */
    public JsonNode call(Identity client, CallBuffers.Call call) {
        Calls.requireTenant(client, call.company());
        if (call.query().isEmpty()) {
            return calls.call(client, call.method(), call.table(), call.payload());
        }
        return call.method().equals("GET_DATA")
                ? calls.page(
                        tables.require(client, call.table(), Right.READ),
                        call.query().get())
                : calls.aggregates(
                        client,
                        call.table(),
                        call.payload(),
                        call.query().get().filter().orElse(null));
    }

    @Override
    public Registration follow(Identity client, String table, String hashId, QuerySpec query, Subscriber subscriber) {
        TableAccess access = tables.require(client, table, Right.READ);
        return subscriptions.follow(tables.question(access, query), Tables.names(access), subscriber);
    }

    @Override
    public long newest() {
        return versions.newest();
    }

    @Override
    public boolean isReady(Duration limit) {
        try {
            return pool.ping(limit).stream().allMatch(Ping::isAnswered);
        } catch (KormException failed) {
            return false;
        }
    }

    @Override
    public int questions() {
        return subscriptions.questions();
    }

    @Override
    public void close() {
        subscriptions.close();
    }
}
