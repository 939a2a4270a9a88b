package dev.korm.testkit.plan;

import static dev.korm.Aggregate.count;
import static dev.korm.Assignment.set;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.DuplicateException;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.jdbc.Sqlite;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ManyTablesTest {
    record Named(String state) {}

    record Numbered(int state) {}

    record Route(Rn<Named> origin) {}

    record Wrapped(Unique<String> code, OptionalInt speed, Optional<String> note) {}

    @Test
    void a_filter_through_a_reference_joins_only_what_is_referred_to() {
        try (Pool pool = Korm.pool().layer("main", Sqlite.memory()).open()) {
            for (int i = 0; i < 70; i++) {
                Korm.item(Named.class, pool)
                        .fromData("kinds", "k" + i, new Named("CA"))
                        .create();
            }
            Korm.item(Numbered.class, pool)
                    .fromData("numbers", "n", new Numbered(5))
                    .create();
            Item<Named> origin = Korm.item(Named.class, pool)
                    .fromData("kinds", "k5", new Named("TX"))
                    .create();
            Korm.item(Route.class, pool)
                    .fromData("routes", "r", new Route(origin.rn()))
                    .create();
            Query<Route> routes = Korm.item(Route.class, pool).fromQuery("routes", "r");
            assertThat(routes.where(eq("origin.state", "TX")).count()).isEqualTo(1);
            assertThat(routes.where(eq("origin", origin)).count()).isEqualTo(1);
            assertThat(routes.where(eq("origin.state", "CA")).count()).isZero();
            assertThat(routes.where(eq("origin.state", "TX")).explain().toString())
                    .contains("__items__kinds__k5")
                    .doesNotContain("__items__kinds__k6");
        }
    }

    @Test
    void filters_and_groups_go_through_references_into_another_layer() {
        try (Pool pool = Korm.pool()
                .layer("near", Sqlite.memory())
                .layer("far", Sqlite.memory())
                .open()) {
            Item<Named> far = Korm.item(Named.class, pool)
                    .fromData("far", "kinds", "k", new Named("TX"))
                    .create();
            Item<Named> near = Korm.item(Named.class, pool)
                    .fromData("near", "kinds", "k", new Named("CA"))
                    .create();
            Korm.item(Route.class, pool)
                    .fromData("near", "routes", "r", new Route(near.rn()))
                    .create();
            Query<Route> routes = Korm.item(Route.class, pool).fromQuery("near", "routes", "r");
            assertThat(routes.where(eq("origin.state", "CA")).count()).isEqualTo(1);
            Korm.item(Route.class, pool)
                    .fromData("near", "routes", "r", new Route(far.rn()))
                    .create();
            assertThat(routes.where(eq("origin.state", "TX")).count()).isEqualTo(1);
            assertThat(routes.where(eq("origin.state", "CA")).count()).isEqualTo(1);
            assertThat(routes.groupBy("origin.state")
                            .orderBy(asc("origin.state"))
                            .select(count()))
                    .extracting(group -> group.key("origin.state"))
                    .containsExactly(Optional.of("CA"), Optional.of("TX"));
            assertThat(routes.where(eq("origin", far))
                            .resolvePaths("origin")
                            .get()
                            .get(0)
                            .data()
                            .origin()
                            .get()
                            .state())
                    .isEqualTo("TX");
        }
    }

    @Test
    void extremes_are_of_the_type_that_the_field_declares() {
        try (Pool pool = Korm.pool().layer("main", Sqlite.memory()).open()) {
            Korm.item(Wrapped.class, pool)
                    .fromData("w", "w", new Wrapped(Unique.of("a"), OptionalInt.of(3), Optional.of("n")))
                    .create();
            Query<Wrapped> all = Korm.item(Wrapped.class, pool).fromQuery("w", "w");
            Unique<String> code = all.max(Wrapped::code).orElseThrow();
            OptionalInt speed = all.min(Wrapped::speed).orElseThrow();
            Optional<String> note = all.min(Wrapped::note).orElseThrow();
            assertThat(code.value()).isEqualTo("a");
            assertThat(speed).hasValue(3);
            assertThat(note).contains("n");
        }
    }

    @Test
    void a_unique_value_is_found_by_the_index_of_its_fingerprints() {
        try (Pool pool = Korm.pool().layer("main", Sqlite.memory()).open()) {
            for (String code : List.of("a", "b")) {
                Korm.item(Wrapped.class, pool)
                        .fromData("w", "w", new Wrapped(Unique.of(code), OptionalInt.empty(), Optional.empty()))
                        .create();
            }
            Query<Wrapped> one =
                    Korm.item(Wrapped.class, pool).fromQuery("w", "w").where(eq("code", "b"));
            assertThat(one.count()).isEqualTo(1);
            assertThat(one.explain().toString()).contains("__korm_u_").doesNotContain("SCAN");
            assertThatThrownBy(() -> Korm.item(Wrapped.class, pool)
                            .fromQuery("w", "w")
                            .where(everything())
                            .updateAll(set("code", "c")))
                    .isInstanceOf(DuplicateException.class)
                    .hasMessageContaining("code");
        }
    }
}
