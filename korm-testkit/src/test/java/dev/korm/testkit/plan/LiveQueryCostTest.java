package dev.korm.testkit.plan;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.gt;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Stored;
import dev.korm.event.PoolListener;
import dev.korm.event.SentStatement;
import dev.korm.jdbc.Sqlite;
import dev.korm.live.LiveQuery;
import dev.korm.testkit.live.HeldItems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts the questions that changes lead to. */
@NullUnmarked // Tests dereference what they expect to be there.
class LiveQueryCostTest {
    @TempDir
    Path folder;

    /** A row of a board. */
    @Stored(namespace = "live", kind = "row")
    record Row(String board, int number) {}

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final List<LiveQuery<Row>> live = new ArrayList<>();
    private Pool pool;
    private Items<Row> rows;

    @BeforeEach
    void open() {
        pool = Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("rows.sqlite")).durability(Sqlite.Durability.NORMAL))
                .listener(new PoolListener() {
                    @Override
                    public void statement(SentStatement statement) {
                        if (statement.text().startsWith("SELECT")
                                && statement.text().contains("FROM \"__items__live__row\"")) {
                            asked.add(statement.text());
                        }
                    }
                })
                .open();
        rows = Korm.item(Row.class, pool);
        rows.prepare();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private HeldItems<Row> held(Query<Row> query) {
        HeldItems<Row> held = new HeldItems<>();
        live.add(query.live(held));
        held.await(items -> true);
        return held;
    }

    private Item<Row> row(String board, int number) {
        return rows.fromData(new Row(board, number)).create();
    }

    @Test
    void a_change_asks_two_questions_however_many_queries_ask_for_other_values() {
        List<HeldItems<Row>> boards = IntStream.range(0, 300)
                .mapToObj(board -> held(rows.query().where(eq("board", "b" + board))))
                .toList();
        HeldItems<Row> same = held(rows.query().where(eq("board", "b7")));
        Item<Row> first = row("b7", 1);
        boards.get(7).await(items -> items.size() == 1);
        asked.clear();
        Item<Row> moved = first.set(Row::board, "b8").commit();
        boards.get(8).await(items -> items.size() == 1);
        boards.get(7).await(List::isEmpty);
        same.await(List::isEmpty);
        moved.set(Row::number, 2).commit();
        boards.get(8).await(items -> items.get(0).data().number() == 2);
        // The changed rows as far as filters look at them, and the items that are told, for each of the two changes,
        // and once more where a change came while a moment was taken.
        assertThat(asked).hasSizeBetween(2, 8);
        IntStream.range(0, 300)
                .filter(board -> board != 7 && board != 8)
                .forEach(board -> assertThat(boards.get(board).events()).hasSize(1));
    }

    @Test
    void a_change_that_can_alter_no_answer_asks_for_the_changed_row_alone() {
        for (int i = 0; i < 20; i++) {
            row("b", i);
        }
        HeldItems<Row> limited =
                held(rows.query().where(eq("board", "b")).orderBy(asc("number")).limit(5));
        HeldItems<Row> high = held(rows.query().where(gt("number", 100)));
        asked.clear();
        Item<Row> other = row("other", 1);
        other.set(Row::number, 2).commit();
        Item<Row> seen = row("b", -1);
        limited.await(items -> items.get(0).rn().equals(seen.rn()));
        assertThat(asked.stream().filter(shape -> shape.contains("ORDER BY"))).hasSizeBetween(1, 2);
        assertThat(high.events()).hasSize(1);
    }

    @Test
    void equal_queries_are_asked_once() {
        List<HeldItems<Row>> all = IntStream.range(0, 50)
                .mapToObj(i -> held(rows.query()
                        .where(eq("board", "b"))
                        .orderBy(asc("number"))
                        .limit(5)))
                .toList();
        asked.clear();
        row("b", 1);
        all.forEach(each -> each.await(items -> items.size() == 1));
        assertThat(asked.size()).isLessThanOrEqualTo(6);
    }
}
