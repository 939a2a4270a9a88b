package dev.korm.testkit.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.Assignment;
import dev.korm.ChangeTooLargeException;
import dev.korm.ConfigurationException;
import dev.korm.DeletePolicy;
import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.UniqueTogether;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.poor.PoorLayer;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a change holds in memory has a bound, and beyond it nothing is changed. */
@NullUnmarked // Tests dereference what they expect to be there.
class LargestChangeTest {
    private static final int MOST = 10;

    @Stored(namespace = "shop", kind = "album")
    record Album(int number) {}

    @Stored(namespace = "shop", kind = "review")
    record Review(
            int number,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Album> album,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Review> answers) {}

    @Stored(namespace = "shop", kind = "poster")
    record Poster(@OnDelete(DeletePolicy.SET_NULL) List<Rn<Album>> albums) {}

    @Stored(namespace = "shop", kind = "seat")
    @UniqueTogether({"row", "number"})
    record Seat(int row, int number, int price) {}

    private static Pool pool(LayerSource layer) {
        return Korm.pool().layer("main", layer).largestChange(MOST).open();
    }

    private static <T> Items<T> items(Pool pool, Class<T> type) {
        return Korm.item(type, pool);
    }

    private static void reviews(Pool pool, @Nullable Rn<Album> album, int count) {
        for (int i = 0; i < count; i++) {
            items(pool, Review.class).fromData(new Review(i, album, null)).create();
        }
    }

    @Test
    void a_deletion_takes_along_so_many_or_none() {
        try (Pool pool = pool(Sqlite.memory())) {
            Item<Album> album = items(pool, Album.class).fromData(new Album(1)).create();
            reviews(pool, album.rn(), MOST);

            assertThatExceptionOfType(ChangeTooLargeException.class)
                    .isThrownBy(album::delete)
                    .withMessageContaining("[rn]:shop:album:*")
                    .withMessageContaining("10");

            assertThat(items(pool, Album.class).query().count()).isEqualTo(1);
            assertThat(items(pool, Review.class).query().count()).isEqualTo(MOST);
            items(pool, Review.class).query().where(Filter.eq("number", 0)).deleteAll();
            assertThat(album.delete().cascaded()).containsValue(MOST - 1L);
        }
    }

    @Test
    void a_deletion_goes_along_a_chain_so_far_or_not_at_all() {
        try (Pool pool = pool(Sqlite.memory())) {
            Rn<Review> last = null;
            for (int i = 0; i <= MOST; i++) {
                last = items(pool, Review.class)
                        .fromData(new Review(i, null, last))
                        .create()
                        .rn();
            }

            assertThatExceptionOfType(ChangeTooLargeException.class).isThrownBy(() -> items(pool, Review.class)
                    .query()
                    .where(Filter.eq("number", 0))
                    .deleteAll());
            assertThat(items(pool, Review.class).query().count()).isEqualTo(MOST + 1L);
            assertThat(items(pool, Review.class)
                            .query()
                            .where(Filter.eq("number", 1))
                            .deleteAll())
                    .isEqualTo(1);
            assertThat(items(pool, Review.class).query().count()).isEqualTo(1);
        }
    }

    @Test
    void a_deletion_has_so_many_let_go_or_none() {
        try (Pool pool = pool(Sqlite.memory())) {
            List<Rn<Album>> albums = List.of(
                    items(pool, Album.class).fromData(new Album(1)).create().rn(),
                    items(pool, Album.class).fromData(new Album(2)).create().rn());
            for (int i = 0; i < MOST / 2; i++) {
                items(pool, Poster.class).fromData(new Poster(albums)).create();
            }

            assertThatExceptionOfType(ChangeTooLargeException.class).isThrownBy(() -> items(pool, Album.class)
                    .query()
                    .where(Filter.everything())
                    .deleteAll());
            assertThat(items(pool, Album.class).query().count()).isEqualTo(2);
            assertThat(items(pool, Album.class)
                            .query()
                            .where(Filter.eq("number", 2))
                            .deleteAll())
                    .isEqualTo(1);
        }
    }

    @Test
    void many_can_be_deleted_a_few_at_a_time_where_others_refer_to_them() {
        try (Pool pool = pool(Sqlite.memory())) {
            reviews(pool, null, MOST + 1);

            assertThatExceptionOfType(ChangeTooLargeException.class).isThrownBy(() -> items(pool, Review.class)
                    .query()
                    .where(Filter.everything())
                    .deleteAll());
            assertThat(items(pool, Review.class).query().count()).isEqualTo(MOST + 1L);

            assertThat(items(pool, Review.class)
                            .query()
                            .where(Filter.everything())
                            .limit(MOST)
                            .deleteAll())
                    .isEqualTo(MOST);
        }
    }

    @Test
    void what_a_layer_cannot_find_by_itself_is_changed_a_few_at_a_time() {
        try (Pool pool = pool(PoorLayer.create())) {
            for (int i = 0; i <= MOST; i++) {
                items(pool, Album.class).fromData(new Album(i)).create();
            }

            assertThatExceptionOfType(ChangeTooLargeException.class).isThrownBy(() -> items(pool, Album.class)
                    .query()
                    .where(Filter.gt("number", -1))
                    .updateAll(Assignment.set("number", 7)));
            assertThatExceptionOfType(ChangeTooLargeException.class).isThrownBy(() -> items(pool, Album.class)
                    .query()
                    .where(Filter.gt("number", -1))
                    .deleteAll());
            assertThat(items(pool, Album.class)
                            .query()
                            .where(Filter.eq("number", 7))
                            .count())
                    .isEqualTo(1);
            assertThat(items(pool, Album.class)
                            .query()
                            .where(Filter.gt("number", 0))
                            .updateAll(Assignment.set("number", 7)))
                    .isEqualTo(MOST);
        }
    }

    @Test
    void what_is_unique_together_is_changed_a_few_at_a_time() {
        try (Pool pool = pool(Sqlite.memory())) {
            for (int i = 0; i <= MOST; i++) {
                items(pool, Seat.class).fromData(new Seat(1, i, 5)).create();
            }

            assertThatExceptionOfType(ChangeTooLargeException.class).isThrownBy(() -> items(pool, Seat.class)
                    .query()
                    .where(Filter.everything())
                    .updateAll(Assignment.set("row", 2)));
            assertThat(items(pool, Seat.class)
                            .query()
                            .where(Filter.eq("row", 1))
                            .count())
                    .isEqualTo(MOST + 1L);
            // The store does these by itself.
            assertThat(items(pool, Seat.class)
                            .query()
                            .where(Filter.everything())
                            .updateAll(Assignment.set("price", 6)))
                    .isEqualTo(MOST + 1L);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void no_pool_allows_no_change(int most) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> Korm.pool().largestChange(most));
    }
}
