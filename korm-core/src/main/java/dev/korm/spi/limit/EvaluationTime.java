package dev.korm.spi.limit;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.limit.StatementTimeoutException;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.TableName;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The time that a selection takes which is evaluated in this process, held to the limit of the thread that asks ({@link StatementLimit}). It is looked at between rows; the
 * time in which nobody takes a row does not count. For one thread at a time.
 */
public final class EvaluationTime {
    private final String layer;
    private final TableName table;
    private final long limit;
    private final LongSupplier clock;

    private long spent;
    private long begun;
    private boolean counting;

    private EvaluationTime(String layer, TableName table, Duration limit, LongSupplier clock) {
        this.layer = layer;
        this.table = table;
        this.limit = limit.toNanos();
        this.clock = clock;
    }

    /**
     * Returns the time of a selection that begins now.
     *
     * @param layer the layer's name
     * @param ofLayer the layer's limit; zero for none
     * @param clock tells nanoseconds, such as {@code environment::nanoTime}
     */
    public static EvaluationTime of(String layer, TableName table, Duration ofLayer, LongSupplier clock) {
        return new EvaluationTime(
                requireNonNull(layer, "layer"),
                requireNonNull(table, "table"),
                StatementLimit.longest(ofLayer),
                requireNonNull(clock, "clock"));
    }

    /** Returns a time that has no limit. */
    public static EvaluationTime unlimited(String layer, TableName table) {
        return new EvaluationTime(
                requireNonNull(layer, "layer"), requireNonNull(table, "table"), Duration.ZERO, () -> 0);
    }

    /** Does a part of the work, which counts. */
    public <T extends @Nullable Object> T counted(Supplier<T> work) {
        requireNonNull(work, "work");
        if (limit == 0 || counting) {
            return work.get();
        }
        begun = clock.getAsLong();
        counting = true;
        try {
            return work.get();
        } finally {
            counting = false;
            spent += clock.getAsLong() - begun;
        }
    }

    /**
     * Looks whether the work may go on.
     *
     * @throws StatementTimeoutException when it took longer than its limit
     * @throws OperationInterruptedException when the thread is interrupted meanwhile
     */
    public void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationInterruptedException(attempted(), Outcome.NOT_APPLIED, null);
        }
        if (limit > 0 && spent + (counting ? clock.getAsLong() - begun : 0) > limit) {
            throw new StatementTimeoutException(
                    layer,
                    table.collection().orElse(null),
                    attempted(),
                    Duration.ofNanos(limit),
                    Outcome.NOT_APPLIED,
                    null);
        }
    }

    private String attempted() {
        return "Reading from table " + table + " on layer " + layer;
    }

    /** Returns rows whose coming counts. */
    public RowCursor over(RowCursor rows) {
        requireNonNull(rows, "rows");
        return new RowCursor() {
            @Override
            public boolean next() {
                return counted(rows::next);
            }

            @Override
            public @Nullable Object get(int column) {
                return rows.get(column);
            }

            @Override
            public void close() {
                rows.close();
            }
        };
    }
}
