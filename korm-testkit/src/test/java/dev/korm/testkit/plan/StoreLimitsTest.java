package dev.korm.testkit.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.SchemaException;
import dev.korm.ValueException;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits of databases, as the page on limits has them: what fits, and what a user is told of what does not. */
class StoreLimitsTest {
    private enum Store {
        SQLITE(1_990, 2_000, 1_990, Optional.empty()) {
            @Override
            LayerSource empty() {
                return Sqlite.memory();
            }
        },
        POSTGRES(1_000, 1_600, 400, Optional.of(1_590)) {
            @Override
            LayerSource empty() {
                return PostgresServer.in(PostgresServer.newSchema());
            }
        },
        MYSQL(700, 1_017, 190, Optional.of(200)) {
            @Override
            LayerSource empty() {
                return MySqlTestServer.in(MySqlTestServer.newDatabase());
            }
        };

        final int fits;
        final int limit;
        final int textsThatFit;
        final Optional<Integer> longTextsOfOneRow;

        Store(int fits, int limit, int textsThatFit, Optional<Integer> longTextsOfOneRow) {
            this.fits = fits;
            this.limit = limit;
            this.textsThatFit = textsThatFit;
            this.longTextsOfOneRow = longTextsOfOneRow;
        }

        abstract LayerSource empty();
    }

    private static Document numbers(int members) {
        Map<String, Object> data = new LinkedHashMap<>();
        for (long i = 0; i < members; i++) {
            data.put("c" + i, i);
        }
        return Document.of(data);
    }

    private static Document texts(int members) {
        Map<String, Object> data = new LinkedHashMap<>();
        for (int i = 0; i < members; i++) {
            data.put(
                    "c" + i,
                    (UUID.nameUUIDFromBytes(new byte[] {(byte) i, (byte) (i >> 8)}) + "....").substring(0, 40));
        }
        return Document.of(data);
    }

    @ParameterizedTest
    @EnumSource
    void as_many_columns_as_the_page_says_and_no_more(Store store) {
        try (Pool pool = Korm.pool().layer("main", store.empty()).open()) {
            Items<Document> items = Korm.item(Document.class, pool);
            items.fromData("wide", "fits", numbers(store.fits)).create();
            items.fromData("wide", "texts", texts(store.textsThatFit)).create();
            assertThatThrownBy(items.fromData("wide", "fits", texts(store.limit + store.fits))::create)
                    .isInstanceOf(SchemaException.class);
            assertThatThrownBy(items.fromData("wide", "new", numbers(store.limit))::create)
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("__items__wide__new")
                    .hasMessageContaining("holds " + store.limit)
                    .hasMessageContaining("nested record");
            assertThat(items.fromQuery("wide", "fits").count()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_item_that_no_row_holds_is_told_from_a_value_that_is_too_long(Store store) {
        if (store.longTextsOfOneRow.isEmpty()) {
            return; // SQLite's rows go on in other pages.
        }
        try (Pool pool = Korm.pool().layer("main", store.empty()).open()) {
            assertThatThrownBy(Korm.item(Document.class, pool)
                            .fromData("wide", "row", texts(store.longTextsOfOneRow.get()))::create)
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining("more")
                    .hasMessageContaining("8 KiB")
                    .hasMessageContaining("one column");
        }
    }

    @Test
    void a_text_that_the_server_does_not_take_at_once_is_refused_before_it_is_sent() {
        int most = Integer.parseInt(MySqlTestServer.ask("mysql", "SELECT @@max_allowed_packet"));
        try (Pool pool = Korm.pool().layer("main", Store.MYSQL.empty()).open()) {
            Items<Document> items = Korm.item(Document.class, pool);
            Item<Document> kept = items.fromData("large", "text", Document.of(Map.of("text", "short")))
                    .create();
            String large = "x".repeat(most);
            for (ThrowingCallable storing : List.<ThrowingCallable>of(
                    items.fromData("large", "text", Document.of(Map.of("text", large)))::create,
                    kept.set("text", large)::commit)) {
                assertThatThrownBy(storing)
                        .isInstanceOf(ValueException.class)
                        .hasMessageContaining("max_allowed_packet")
                        .hasMessageContaining("nothing was sent");
            }
            kept.set("text", "longer").commit();
            assertThat(items.fromQuery("large", "text").count()).isEqualTo(1);
        }
    }
}
