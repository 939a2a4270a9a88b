package dev.korm.testkit.contract;

import static dev.korm.Assignment.add;
import static dev.korm.Assignment.append;
import static dev.korm.Assignment.remove;
import static dev.korm.Assignment.set;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.gte;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Assignment;
import dev.korm.Default;
import dev.korm.Document;
import dev.korm.DuplicateException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.PathException;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.ValueException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Changes by what an item has: the same on every layer. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class AssignmentContract extends PoolContract {
    @Stored(namespace = "web", kind = "page")
    record Page(
            String name,
            @Nullable Integer views,
            @Nullable BigDecimal price,
            @Nullable Double weight,
            @Default("5") int rank,
            @Nullable List<String> tags,
            @Nullable Set<Integer> years,
            @Nullable Unique<Long> number) {
        static Page of(String name, @Nullable Integer views) {
            return new Page(name, views, null, null, 5, null, null, null);
        }
    }

    private Items<Page> pages() {
        return Korm.item(Page.class, pool());
    }

    private Query<Page> all() {
        return pages().query().where(everything());
    }

    private Page only() {
        return pages().query().first().orElseThrow().data();
    }

    @Test
    void numbers_are_added_to_and_entries_appended_and_removed() {
        Item<Page> page = pages().fromData(new Page(
                        "a", 1, new BigDecimal("0.10"), 0.5, 1, List.of("x", "y", "x"), Set.of(1), Unique.of(7L)))
                .create();
        pages().fromData(Page.of("b", 10)).create();
        assertThat(pages().query()
                        .where(eq("name", "a"))
                        .updateAll(
                                add(Page::views, 2),
                                add("price", 0.2),
                                add("weight", 1),
                                add("rank", -1),
                                remove(Page::tags, "x"),
                                append("years", 2),
                                add("number", 1)))
                .isEqualTo(1);
        Item<Page> changed = page.reload();
        assertThat(changed.data())
                .isEqualTo(new Page("a", 3, new BigDecimal("0.30"), 1.5, 0, List.of("y"), Set.of(1, 2), Unique.of(8L)));
        assertThat(changed.revision()).isEqualTo(page.revision() + 1);
        assertThat(pages().query().where(gte("views", 3)).updateAll(append("tags", "z"), set("name", "c")))
                .isEqualTo(2);
        assertThat(pages().query().where(eq("name", "c")).count()).isEqualTo(2);
        assertThat(page.reload().data().tags()).containsExactly("y", "z");
        assertThat(page.reload()
                        .apply(add("views", 1), append(Page::tags, "!"))
                        .commit()
                        .reload()
                        .data()
                        .tags())
                .containsExactly("y", "z", "!");
    }

    @Test
    void a_null_stays_null_but_for_a_list_that_gets_an_entry_and_a_default_is_added_to() {
        pages().fromData(Page.of("a", null)).create();
        all().updateAll(
                        add("views", 1),
                        add("price", 1),
                        append("tags", "t"),
                        remove("years", 3),
                        add("rank", 1),
                        add("number", 1));
        assertThat(only()).isEqualTo(new Page("a", null, null, null, 6, List.of("t"), null, null));
    }

    @Test
    void a_result_that_does_not_fit_changes_nothing_and_names_the_item() {
        pages().fromData(Page.of("a", 1)).create();
        Item<Page> full = pages().fromData(Page.of("b", Integer.MAX_VALUE)).create();
        assertThatThrownBy(() -> all().updateAll(add("views", 1)))
                .isInstanceOf(ValueException.class)
                .hasMessageContainingAll(full.rn().toString(), "views")
                .hasMessageNotContaining("2147483647");
        for (Assignment unfit : List.of(
                add("views", 0.5),
                add("views", Double.NaN),
                add("name", 1),
                append("views", 1),
                remove("name", "a"),
                append("years", "x"),
                append("tags", 7))) {
            assertThatThrownBy(() -> all().updateAll(unfit))
                    .as(unfit.toString())
                    .isInstanceOf(ValueException.class);
        }
        assertThatThrownBy(() -> all().updateAll(add("nope", 1))).isInstanceOf(PathException.class);
        assertThatThrownBy(() -> all().updateAll(add("views", 1), set("views", 1)))
                .isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> pages().query().updateAll(add("views", 1))).isInstanceOf(QueryException.class);
        assertThat(pages().query().where(eq("views", 1)).count()).isEqualTo(1);
        assertThat(full.reload().revision()).isEqualTo(full.revision());
    }

    @Test
    void unique_numbers_move_only_where_they_stay_so() {
        pages().fromData(new Page("a", 1, null, null, 1, null, null, Unique.of(1L)))
                .create();
        pages().fromData(new Page("b", 1, null, null, 1, null, null, Unique.of(2L)))
                .create();
        assertThatThrownBy(() -> pages().query().where(eq("name", "a")).updateAll(add("number", 1)))
                .isInstanceOf(DuplicateException.class);
        assertThat(pages().query().where(eq("name", "b")).updateAll(add("number", 1)))
                .isEqualTo(1);
        assertThat(pages().query().where(eq("number", 3)).count()).isEqualTo(1);
    }

    @Test
    void documents_and_transactions_have_them_too() {
        Item<Page> page = pages().fromData(Page.of("a", 1)).create();
        Items<Document> documents = Korm.item(Document.class, pool());
        Query<Document> found = documents.fromQuery("web", "page").where(eq("name", "a"));
        assertThat(found.updateAll(add("views", 1), append("tags", "t"))).isEqualTo(1);
        pool().runTransaction(tx -> {
            assertThat(pages().query().where(eq("views", 2)).updateAll(add("views", 1), remove("tags", "t")))
                    .isEqualTo(1);
            assertThat(pages().query().where(eq("views", 3)).count()).isEqualTo(1);
        });
        assertThat(page.reload().data().views()).isEqualTo(3);
        assertThat(page.reload().data().tags()).isEmpty();
    }

    @Test
    void nothing_that_several_add_at_once_is_lost() throws Exception {
        pages().fromData(Page.of("a", 0)).create();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                running.add(threads.submit(() -> {
                    for (int j = 0; j < 10; j++) {
                        all().updateAll(add("views", 1));
                    }
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(only().views()).isEqualTo(30);
    }

    @Test
    void random_changes_come_out_as_in_memory() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        pages().fromData(new Page("a", 0, BigDecimal.ZERO, null, 0, List.of(), null, null))
                .create();
        int views = 0;
        BigDecimal price = BigDecimal.ZERO;
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int amount = random.nextInt(-1000, 1000);
            BigDecimal more = BigDecimal.valueOf(random.nextInt(), random.nextInt(20));
            String tag = "t" + random.nextInt(3);
            boolean appends = random.nextBoolean();
            views += amount;
            price = price.add(more);
            if (appends) {
                tags.add(tag);
            } else {
                tags.removeIf(tag::equals);
            }
            all().updateAll(
                            add("views", amount),
                            add("price", more),
                            appends ? append("tags", tag) : remove("tags", tag));
        }
        Page page = only();
        assertThat(page.views()).as("seed " + seed).isEqualTo(views);
        assertThat(page.price()).as("seed " + seed).isEqualByComparingTo(price);
        assertThat(page.tags()).as("seed " + seed).isEqualTo(tags);
    }
}
