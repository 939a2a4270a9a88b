package dev.korm.gateway;

import dev.korm.Document;
import dev.korm.Filter;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.access.Identity;
import dev.korm.gateway.access.Right;
import dev.korm.gateway.access.TableRule;
import dev.korm.gateway.settings.Limits;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import java.util.function.UnaryOperator;

/** A gateway over a pool in memory, with one table for each thing that a policy can say. */
final class TestGateway implements AutoCloseable {
    static final Rn<Document> TODOS = Rn.collection("todo", "item");
    static final Rn<Document> OPEN = Rn.collection("todo", "open");

    final Pool pool;
    final Gateway gateway;

    TestGateway(Limits limits, UnaryOperator<Gateway.Builder> settings) {
        this(Sqlite.memory(), limits, settings);
    }

    TestGateway(LayerSource layer) {
        this(layer, Limits.DEFAULT, builder -> builder);
    }

    private TestGateway(LayerSource layer, Limits limits, UnaryOperator<Gateway.Builder> settings) {
        pool = Korm.pool().layer("main", layer).open();
        gateway = settings.apply(Gateway.builder(pool)
                        .authenticator(TestTokens.authenticator())
                        .policy(policy())
                        .limits(limits)
                        .host("127.0.0.1")
                        .port(0))
                .start();
    }

    TestGateway() {
        this(Limits.DEFAULT, builder -> builder);
    }

    private static AccessPolicy policy() {
        return AccessPolicy.builder()
                .table(
                        "todos",
                        TableRule.of(TODOS)
                                .rowsWhere("tenant", Identity::tenant)
                                .anyFields()
                                .hide("secret")
                                .open("tags")
                                .allow(Right.READ, Right.ADD, Right.UPDATE, Right.DELETE))
                .table(
                        "mine",
                        TableRule.of(TODOS)
                                .rows(who -> Filter.eq("owner", who.user()).and(Filter.eq("tenant", who.tenant())))
                                .anyFields()
                                .allow(Right.READ, Right.ADD, Right.UPDATE))
                .table(
                        "strict",
                        TableRule.of(TODOS)
                                .rowsWhere("tenant", Identity::tenant)
                                .fields("text")
                                .allow(Right.READ, Right.ADD, Right.UPDATE))
                .table(
                        "seen",
                        TableRule.of(TODOS)
                                .rowsWhere("tenant", Identity::tenant)
                                .allow(Right.READ))
                .table("nothing", TableRule.of(TODOS).allRows())
                .table(
                        "open",
                        TableRule.of(OPEN)
                                .allRows()
                                .anyFields()
                                .allow(Right.READ, Right.ADD, Right.UPDATE, Right.DELETE, Right.CREATE_TABLE))
                .build();
    }

    TestClient client(String tenant, String user) {
        return TestClient.connect(gateway.port(), "Authorization", "Bearer " + TestTokens.token(tenant, user));
    }

    @Override
    public void close() {
        gateway.close();
        pool.close();
    }
}
