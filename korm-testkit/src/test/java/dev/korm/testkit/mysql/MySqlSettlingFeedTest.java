package dev.korm.testkit.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spi.Batch;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.ChangeFeed.RowChange;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Row;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Numbers that transactions on MySQL have drawn and not committed: they are looked for while one may still commit them, and no longer. */
class MySqlSettlingFeedTest {
    private static final TableName THINGS = TableName.items("settling", "thing");
    private static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);

    private static Batch insert(String id) {
        return Batch.of(List.of(new Mutation.Insert(THINGS, id, List.of(REVISION), Row.of(1L))));
    }

    @Test
    void a_number_is_settled_when_nobody_can_commit_it_any_more() throws Exception {
        try (Layer layer = MySqlTestServer.in(MySqlTestServer.newDatabase()).open("main", Environment.system())) {
            layer.follow(THINGS);
            try (ChangeFeed feed = layer.changes(Optional.empty())) {
                layer.prepare(insert("rolled back")).rollback();
                PreparedBatch open = layer.prepare(insert("open"));
                layer.apply(insert("later"));
                assertThat(feed.next(Duration.ofSeconds(30)).map(RowChange::id)).contains("later");
                // Longer than a number is waited for before somebody tries to settle it.
                assertThat(feed.next(Duration.ofSeconds(4))).isEmpty();
                assertThat(feed.position().text()).endsWith(";1-2");
                open.commit();
                assertThat(feed.next(Duration.ofSeconds(30)).map(RowChange::id)).contains("open");
                assertThat(feed.next(Duration.ofSeconds(4))).isEmpty();
                assertThat(feed.position().text()).endsWith("3;");
            }
        }
    }
}
