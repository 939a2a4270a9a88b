package dev.korm.engine;

import dev.korm.KormException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.Condition;
import dev.korm.spi.Environment;
import dev.korm.spi.Mutation;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Selection;
import dev.korm.spi.TableName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/**
 * Finds out what became of a batch whose answer was lost on the way back, as when a connection breaks after COMMIT was sent.
 *
 * <p>The batch is applied once more. That waits for a transaction of the first attempt that is still under way, and does nothing
 * twice: an insert finds its id taken, a change and a removal another revision than the one they expect. A refusal is then held
 * against the rows: the first attempt was the one that succeeded when they are as it would have left them, and it can not have
 * been when they are as they were before, or when another change has the revision that it would have made. Only where the
 * rows have moved on since can nothing be said, and the first failure is passed on.
 */
final class Aftermath {
    private static final int ATTEMPTS = 6;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    private enum Verdict {
        APPLIED,
        NOT_APPLIED,
        OPEN
    }

    private final FederatedLayer layer;
    private final Environment environment;

    Aftermath(FederatedLayer layer, Environment environment) {
        this.layer = layer;
        this.environment = environment;
    }

    /**
     * What the answer would have been.
     *
     * @throws StoreException the loss itself, when nothing can be found out
     */
    BatchResult settle(Batch batch, StoreException lost) {
        if (!batch.mutations().stream().allMatch(Aftermath::isRecognisable)) {
            throw lost;
        }
        Duration pause = FIRST_PAUSE;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                BatchResult result = layer.store().apply(batch);
                return result instanceof BatchResult.Applied ? result : explained(batch, result, lost);
            } catch (StoreException again) {
                if (again == lost || !mayPass(again)) {
                    throw lost;
                }
                lost.addSuppressed(again);
            }
            pause(pause, lost);
            pause = pause.multipliedBy(2);
        }
        throw lost;
    }

    /** Whether it can be seen in a row that it was changed: not where any row and any revision was meant. */
    private static boolean isRecognisable(Mutation mutation) {
        if (mutation.table().equals(UniqueLocks.TABLE)) {
            return true;
        }
        if (mutation instanceof Mutation.Update update) {
            return update.expectedRevision().isPresent();
        }
        if (mutation instanceof Mutation.Delete delete) {
            return delete.expectedRevision().isPresent();
        }
        return mutation instanceof Mutation.Insert || mutation instanceof Mutation.RequireNone;
    }

    private static boolean mayPass(StoreException failure) {
        return failure.isRetryable() || failure.outcome() == Outcome.UNKNOWN;
    }

    private void pause(Duration pause, StoreException lost) {
        try {
            environment.sleep(pause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw lost;
        }
    }

    private BatchResult explained(Batch batch, BatchResult refused, StoreException lost) {
        List<Verdict> verdicts = new ArrayList<>();
        try {
            if (batch.marker().isPresent()) {
                return marked(batch, batch.marker().get().id(), refused);
            }
            for (Mutation mutation : batch.mutations()) {
                Verdict verdict = verdict(mutation);
                if (verdict == Verdict.APPLIED) {
                    return new BatchResult.Applied(
                            Collections.nCopies(batch.mutations().size(), 1L));
                }
                verdicts.add(verdict);
            }
        } catch (KormException unseen) {
            lost.addSuppressed(unseen);
            throw lost;
        }
        if (verdicts.contains(Verdict.NOT_APPLIED)) {
            return refused;
        }
        throw lost;
    }

    /** What a marker says; it was inserted with the rows, or not. */
    private BatchResult marked(Batch batch, String marker, BatchResult refused) {
        return new Markers(layer).applied(marker::equals).isEmpty()
                ? refused
                : new BatchResult.Applied(Collections.nCopies(batch.mutations().size(), 1L));
    }

    /** What one row says; one is enough, since a batch is applied whole or not at all. */
    private Verdict verdict(Mutation mutation) {
        if (mutation.table().equals(UniqueLocks.TABLE)) {
            return Verdict.OPEN;
        }
        if (mutation instanceof Mutation.Insert insert) {
            if (holds(insert.table(), insert.id(), values(insert.columns(), insert.values()))) {
                return Verdict.APPLIED;
            }
            return revision(insert.table(), insert.id()).isEmpty() ? Verdict.NOT_APPLIED : Verdict.OPEN;
        }
        if (mutation instanceof Mutation.Update update) {
            long before = update.expectedRevision().orElseThrow();
            long now = revision(update.table(), update.id()).orElse(Long.MAX_VALUE);
            if (now == before) {
                return Verdict.NOT_APPLIED;
            }
            if (now != before + 1) {
                return Verdict.OPEN;
            }
            return holds(update.table(), update.id(), values(update.columns(), update.values()))
                    ? Verdict.APPLIED
                    : Verdict.NOT_APPLIED;
        }
        if (mutation instanceof Mutation.RequireNone) {
            return Verdict.OPEN;
        }
        Mutation.Delete delete = (Mutation.Delete) mutation;
        OptionalLong now = revision(delete.table(), delete.id());
        if (now.isEmpty()) {
            return Verdict.APPLIED;
        }
        return now.getAsLong() == delete.expectedRevision().orElseThrow() ? Verdict.NOT_APPLIED : Verdict.OPEN;
    }

    private static List<Condition> values(List<ColumnShape> columns, Row values) {
        List<Condition> conditions = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            ColumnShape column = columns.get(i);
            Operand operand = new Operand.Column(0, column.name(), column.kind());
            Object value = values.get(i);
            conditions.add(
                    value == null
                            ? new Condition.IsNull(operand)
                            : new Condition.Compare(operand, Condition.Comparison.EQUAL, value));
        }
        return conditions;
    }

    private boolean holds(TableName table, String id, List<Condition> values) {
        List<Condition> all = new ArrayList<>(values);
        all.add(new Condition.Compare(key(table), Condition.Comparison.EQUAL, id));
        try (RowCursor row = layer.select(rows(table, key(table), new Condition.All(all)))) {
            return row.next();
        }
    }

    private OptionalLong revision(TableName table, String id) {
        Operand revision = new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER);
        Condition byId = new Condition.Compare(key(table), Condition.Comparison.EQUAL, id);
        try (RowCursor row = layer.select(rows(table, revision, byId))) {
            return row.next() && row.get(0) instanceof Number number
                    ? OptionalLong.of(number.longValue())
                    : OptionalLong.empty();
        }
    }

    private static Operand key(TableName table) {
        return new Operand.Column(0, table.key(), ColumnKind.ID);
    }

    private static Selection rows(TableName table, Operand output, Condition where) {
        return new Selection(
                table, List.of(), List.of(new Output.Value(output)), where, List.of(), List.of(), OptionalLong.empty());
    }
}
