package dev.korm.testkit.across;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.gt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.jdbc.Sqlite;
import dev.korm.live.LiveQuery;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.live.HeldItems;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Live queries that lead into another layer, in which nobody has followed anything before. */
@NullUnmarked // Tests dereference what they expect to be there.
class LiveAcrossLayersTest {
    /** A patient. */
    @Stored(namespace = "people", kind = "patient")
    record Patient(String name) {}

    /** A visit of a patient. */
    @Stored(namespace = "plan", kind = "visit")
    record Visit(int number, Rn<Patient> patient) {}

    private enum Store {
        SQLITE,
        POSTGRES,
        MARIADB
    }

    private enum Stores {
        SQLITE_TO_SQLITE(Store.SQLITE, Store.SQLITE),
        SQLITE_TO_POSTGRES(Store.SQLITE, Store.POSTGRES),
        POSTGRES_TO_SQLITE(Store.POSTGRES, Store.SQLITE),
        SQLITE_TO_MARIADB(Store.SQLITE, Store.MARIADB),
        MARIADB_TO_SQLITE(Store.MARIADB, Store.SQLITE);

        private final Store from;
        private final Store to;

        Stores(Store from, Store to) {
            this.from = from;
            this.to = to;
        }
    }

    @TempDir
    Path folder;

    private LayerSource open(Store store, String file) {
        return switch (store) {
            case SQLITE -> Sqlite.file(folder.resolve(file)).durability(Sqlite.Durability.NORMAL);
            case POSTGRES -> PostgresServer.in(PostgresServer.newSchema());
            case MARIADB -> MySqlTestServer.in(MySqlTestServer.newDatabase());
        };
    }

    private Pool pool(Stores stores) {
        return Korm.pool()
                .layer("visits", open(stores.from, "visits.sqlite"))
                .layer("people", open(stores.to, "people.sqlite"))
                .home("plan", "visits")
                .home("people", "people")
                .open();
    }

    private static List<String> names(List<Item<Visit>> items) {
        return items.stream().map(item -> item.data().patient().get().name()).toList();
    }

    @ParameterizedTest
    @EnumSource
    void what_is_resolved_is_followed_from_the_first_item_on_that_leads_there(Stores stores) {
        HeldItems<Visit> held = new HeldItems<>();
        try (Pool pool = pool(stores)) {
            Items<Patient> patients = Korm.item(Patient.class, pool);
            Items<Visit> visits = Korm.item(Visit.class, pool);
            visits.prepare();
            LiveQuery<Visit> live = visits.query()
                    .where(gt(Visit::number, 0))
                    .resolvePaths("patient")
                    .live(held);
            held.await(List::isEmpty);
            Item<Patient> ann = patients.fromData(new Patient("Ann")).create();
            visits.fromData(new Visit(1, ann.rn())).create();
            held.await(items -> names(items).equals(List.of("Ann")));
            ann.set(Patient::name, "Bea").commit();
            held.await(items -> names(items).equals(List.of("Bea")));
            assertThat(held.failures()).isEmpty();
            assertThat(live.isClosed()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_resolved_is_followed_where_items_lead_there_already(Stores stores) {
        HeldItems<Visit> held = new HeldItems<>();
        try (Pool pool = pool(stores)) {
            Items<Visit> visits = Korm.item(Visit.class, pool);
            Item<Patient> ann =
                    Korm.item(Patient.class, pool).fromData(new Patient("Ann")).create();
            visits.fromData(new Visit(1, ann.rn())).create();
            LiveQuery<Visit> live = visits.query().resolvePaths("patient").live(held);
            held.await(items -> names(items).equals(List.of("Ann")));
            ann.set(Patient::name, "Bea").commit();
            held.await(items -> names(items).equals(List.of("Bea")));
            assertThat(held.failures()).isEmpty();
            assertThat(live.isClosed()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_filter_follows_a_collection_that_is_made_after_the_query(Stores stores) {
        HeldItems<Visit> held = new HeldItems<>();
        try (Pool pool = pool(stores)) {
            Items<Visit> visits = Korm.item(Visit.class, pool);
            LiveQuery<Visit> live =
                    visits.query().where(eq("patient.name", "Ann")).live(held);
            held.await(List::isEmpty);
            Item<Patient> ann =
                    Korm.item(Patient.class, pool).fromData(new Patient("Ann")).create();
            visits.fromData(new Visit(1, ann.rn())).create();
            held.await(items -> items.size() == 1);
            ann.set(Patient::name, "Bea").commit();
            held.await(List::isEmpty);
            assertThat(held.failures()).isEmpty();
            assertThat(live.isClosed()).isFalse();
        }
    }
}
