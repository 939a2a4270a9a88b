package dev.korm.gateway.source;

import dev.korm.gateway.access.Identity;
import dev.korm.gateway.live.Subscriber;
import dev.korm.gateway.live.Subscriptions.Registration;
import dev.korm.gateway.query.QuerySpec;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** A source of rows that a gateway answers from. Called by many threads; each call holds to what the policy allows the client. */
public interface RowSource extends AutoCloseable {
    /**
     * Answers a call.
     *
     * @param table the table's name in the call itself, empty where it stands in the payload
     * @throws dev.korm.KormException when it is not answered
     */
    JsonNode call(Identity client, String method, String table, JsonNode payload);

    /**
     * Follows a query; the subscriber gets all rows first, then each change.
     *
     * @param hashId the client's name of the query
     * @throws dev.korm.KormException when the query cannot be asked
     */
    Registration follow(Identity client, String table, String hashId, QuerySpec query, Subscriber subscriber);

    /** Returns a version that is at least as great as all that a client can have seen. */
    long newest();

    /** Returns whether what it answers from does answer, within this time. */
    boolean isReady(Duration limit);

    /** Returns how many different queries are followed. */
    int questions();

    /** Ends all that is followed; no thread is left. */
    @Override
    void close();
}
