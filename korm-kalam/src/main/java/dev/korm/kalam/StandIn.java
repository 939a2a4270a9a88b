package dev.korm.kalam;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.sql.KalamSql;
import dev.korm.kalam.sql.QueryRequest;
import dev.korm.kalam.sql.QueryResponse;

/** A client in the name of another user. */
record StandIn(KalamClient client, String user) implements KalamSql {
    @Override
    public QueryResponse query(QueryRequest request) {
        return client.query(requireNonNull(request, "request").asUser(user));
    }

    @Override
    public KalamSql asUser(String other) {
        return client.asUser(other);
    }
}
