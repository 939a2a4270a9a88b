package dev.korm.engine.layer;

import dev.korm.engine.context.ItemIds;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The rows of items that a batch was to write, as they are now: what they say about whether it did. Used by one thread. */
final class BatchTraces {
    private static final int CHUNK = 500;

    private final OpenLayer layer;
    private final Batch batch;
    private final Map<TableName, Map<String, Mutation>> byId = new LinkedHashMap<>();
    private final List<TableName> bySelection = new ArrayList<>();
    private final Map<TableName, Map<String, Trace>> found = new HashMap<>();
    private long selected;

    /** The verdict of the rows on a batch. */
    enum Verdict {
        /** All of the batch was applied. */
        APPLIED,
        /** Nothing of it was applied so far. */
        NOT_APPLIED,
        /** Nothing yet, but what a late batch writes can still come. */
        UNSEEN,
        /** Nothing, and nothing can come any more. */
        NEVER_KNOWN
    }

    /** A row as it is. */
    private record Trace(long revision, @Nullable Object token) {}

    /** @param batch with a token */
    BatchTraces(OpenLayer layer, Batch batch) {
        this.layer = layer;
        this.batch = batch;
        for (Mutation mutation : batch.mutations()) {
            if (!mutation.table().isItems()) {
                continue;
            }
            if (mutation instanceof Mutation.UpdateSelected) {
                bySelection.add(mutation.table());
            } else {
                id(mutation).ifPresent(id -> byId.computeIfAbsent(mutation.table(), any -> new LinkedHashMap<>())
                        .putIfAbsent(id, mutation));
            }
        }
    }

    private static Optional<String> id(Mutation mutation) {
        if (mutation instanceof Mutation.Insert insert) {
            return Optional.of(insert.id());
        }
        if (mutation instanceof Mutation.Update update) {
            return Optional.of(update.id());
        }
        return mutation instanceof Mutation.Delete delete ? Optional.of(delete.id()) : Optional.empty();
    }

    private static OptionalLong expected(Mutation mutation) {
        if (mutation instanceof Mutation.Update update) {
            return update.expectedRevision();
        }
        return mutation instanceof Mutation.Delete delete ? delete.expectedRevision() : OptionalLong.empty();
    }

    /** Looks at the rows as they are now. */
    Verdict look() {
        Verdict verdict = Verdict.NEVER_KNOWN;
        found.clear();
        for (Map.Entry<TableName, Map<String, Mutation>> ofTable : byId.entrySet()) {
            Map<String, Trace> rows =
                    read(ofTable.getKey(), List.copyOf(ofTable.getValue().keySet()));
            found.put(ofTable.getKey(), rows);
            for (Mutation mutation : ofTable.getValue().values()) {
                Verdict one = verdict(mutation, rows.get(id(mutation).orElseThrow()));
                if (one == Verdict.APPLIED) {
                    return one;
                }
                verdict = one.compareTo(verdict) < 0 ? one : verdict;
            }
        }
        for (TableName table : bySelection) {
            selected = countWritten(table);
            if (selected > 0) {
                return Verdict.APPLIED;
            }
            verdict = verdict == Verdict.NEVER_KNOWN ? Verdict.UNSEEN : verdict;
        }
        return verdict;
    }

    /** Returns how many rows a change of selected rows has written that nobody has changed since. */
    long selected() {
        return selected;
    }

    private Verdict verdict(Mutation mutation, @Nullable Trace row) {
        if (row == null) {
            return mutation instanceof Mutation.Insert ? Verdict.UNSEEN : Verdict.NEVER_KNOWN;
        }
        if (row.token() instanceof Number token
                && token.longValue() == batch.token().orElseThrow()) {
            return Verdict.APPLIED;
        }
        OptionalLong expected = expected(mutation);
        if (expected.isEmpty()) {
            return mutation instanceof Mutation.Insert ? Verdict.NEVER_KNOWN : Verdict.UNSEEN;
        }
        boolean before = row.revision() == expected.getAsLong();
        // The batch would have made this revision itself, with its own token.
        boolean another = row.revision() == expected.getAsLong() + 1;
        return before || another ? Verdict.NOT_APPLIED : Verdict.NEVER_KNOWN;
    }

    /**
     * Returns whether the rows, as they were looked at last, are a reason for a refusal, as far as it is about one of
     * them.
     */
    boolean explain(BatchResult.Refused refused) {
        if (refused.mutation() < 0 || refused.mutation() >= batch.mutations().size()) {
            return true;
        }
        Mutation mutation = batch.mutations().get(refused.mutation());
        Optional<String> id = id(mutation);
        if (id.isEmpty() || !mutation.table().isItems()) {
            return true;
        }
        Trace row = found.getOrDefault(mutation.table(), Map.of()).get(id.get());
        if (refused.refusal() instanceof Refusal.Exists) {
            return row != null;
        }
        if (refused.refusal() instanceof Refusal.Missing) {
            return row == null;
        }
        return !(refused.refusal() instanceof Refusal.Stale)
                || row == null
                || row.revision() != expected(mutation).orElse(row.revision() + 1);
    }

    private Map<String, Trace> read(TableName table, List<String> ids) {
        Map<String, Trace> rows = new HashMap<>();
        TableSchema schema = layer.schema(table).orElse(null);
        if (schema == null) {
            return rows;
        }
        List<Output> outputs = new ArrayList<>();
        outputs.add(new Output.Value(ItemIds.operand()));
        outputs.add(new Output.Value(new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER)));
        // Without the column nothing was written with a token.
        boolean tokens = schema.has(TableName.TOKEN);
        if (tokens) {
            outputs.add(new Output.Value(token()));
        }
        int most = Math.max(1, Math.min(CHUNK, layer.store().capabilities().parameterLimit()));
        for (int from = 0; from < ids.size(); from += most) {
            List<String> some = ids.subList(from, Math.min(ids.size(), from + most));
            Condition where = new Condition.OneOf(ItemIds.operand(), List.copyOf(some));
            try (RowCursor row = layer.allRows().select(selection(table, outputs, where))) {
                while (row.next()) {
                    long revision = row.get(1) instanceof Number number ? number.longValue() : 0;
                    rows.put(String.valueOf(row.get(0)), new Trace(revision, tokens ? row.get(2) : null));
                }
            }
        }
        return rows;
    }

    private long countWritten(TableName table) {
        if (layer.schema(table).filter(schema -> schema.has(TableName.TOKEN)).isEmpty()) {
            return 0;
        }
        Condition ours = new Condition.Compare(
                token(), Condition.Comparison.EQUAL, batch.token().orElseThrow());
        try (RowCursor row = layer.allRows().select(selection(table, List.of(new Output.Count()), ours))) {
            return row.next() && row.get(0) instanceof Number count ? count.longValue() : 0;
        }
    }

    private static Operand token() {
        return new Operand.Column(0, TableName.TOKEN, ColumnKind.INTEGER);
    }

    private static Selection selection(TableName table, List<Output> outputs, Condition where) {
        return new Selection(table, List.of(), outputs, where, List.of(), List.of(), OptionalLong.empty());
    }
}
