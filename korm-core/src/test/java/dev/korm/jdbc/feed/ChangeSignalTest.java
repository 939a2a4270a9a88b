package dev.korm.jdbc.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Refusal;
import dev.korm.spi.query.TableName;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangeSignalTest {
    private static final TableName FOLLOWED = TableName.items("garage", "car");
    private static final TableName OTHER = TableName.items("garage", "bill");
    private static final BatchResult APPLIED = new BatchResult.Applied(List.of(1L));

    private final ChangeSignal signal = new ChangeSignal();

    private static Batch batch(TableName... tables) {
        return Batch.of(Stream.of(tables)
                .<Mutation>map(table -> new Mutation.Delete(table, "one", OptionalLong.empty()))
                .toList());
    }

    private static PreparedBatch prepared() {
        return new PreparedBatch() {
            @Override
            public BatchResult result() {
                return APPLIED;
            }

            @Override
            public void commit() {}

            @Override
            public void rollback() {}

            @Override
            public void close() {}
        };
    }

    private long told(Batch batch, BatchResult result) {
        long before = signal.commits();
        assertThat(signal.told(batch, result)).isSameAs(result);
        return signal.commits() - before;
    }

    private long prepared(Batch batch) {
        long before = signal.commits();
        try (PreparedBatch prepared = signal.telling(batch, prepared())) {
            prepared.commit();
        }
        return signal.commits() - before;
    }

    @BeforeEach
    void open() {
        signal.opened();
    }

    @Test
    void a_commit_of_a_followed_table_wakes_the_feeds() {
        signal.follows(FOLLOWED);
        assertThat(told(batch(OTHER, FOLLOWED), APPLIED)).isOne();
        assertThat(prepared(batch(OTHER, FOLLOWED))).isOne();
    }

    @Test
    void a_commit_of_other_tables_wakes_nobody() {
        signal.follows(FOLLOWED);
        assertThat(told(batch(OTHER), APPLIED)).isZero();
        assertThat(prepared(batch(OTHER))).isZero();
    }

    @Test
    void every_commit_wakes_the_feeds_of_who_follows_nothing_here() {
        assertThat(told(batch(OTHER), APPLIED)).isOne();
        assertThat(prepared(batch(OTHER))).isOne();
    }

    @Test
    void what_was_not_applied_wakes_nobody() {
        assertThat(told(batch(OTHER), new BatchResult.Refused(0, new Refusal.Missing())))
                .isZero();
    }

    @Test
    void nobody_is_woken_where_no_feed_is_open() {
        signal.closed();
        assertThat(told(batch(OTHER), APPLIED)).isZero();
        assertThat(prepared(batch(OTHER))).isZero();
    }
}
