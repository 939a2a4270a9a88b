package dev.korm.testkit.sqlite;

import static dev.korm.Filter.gte;
import static dev.korm.Filter.or;

import dev.korm.Filter;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.LargeQueryContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteLargeQueryTest extends LargeQueryContract {
    @TempDir
    Path folder;

    @Override
    protected LayerSource source() {
        return Sqlite.file(folder.resolve("items.sqlite")).readers(1).readerTimeout(Duration.ofSeconds(5));
    }

    /** Their text is longer than SQLite compiles by default. */
    @Test
    void as_many_comparisons_as_a_filter_may_make_are_answered_or_refused() {
        storeThings();
        Filter[] comparisons = IntStream.range(0, MOST)
                .mapToObj(i -> gte("inner.number", 5 + i))
                .toArray(Filter[]::new);
        isAnsweredOrRefused(or(comparisons), 3);
    }
}
