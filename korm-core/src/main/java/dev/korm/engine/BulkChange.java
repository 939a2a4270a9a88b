package dev.korm.engine;

import dev.korm.DuplicateException;
import dev.korm.FieldPath;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.model.Encoded;
import dev.korm.query.Question;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Output;
import dev.korm.spi.Refusal;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Changes of every item that a selection finds. */
final class BulkChange<T> {
    private final Home<T> home;
    private final TableView<T> view;

    BulkChange(Home<T> home, TableView<T> view) {
        this.home = home;
        this.view = view;
    }

    long delete(Question question) {
        Question rows = home.layer().reduced(question);
        if (home.layer().evaluates(rows)) {
            return apply(List.of(new Mutation.DeleteSelected(rows.selection())));
        }
        return apply(each(rows, id -> new Mutation.Delete(home.table(), id, OptionalLong.empty())));
    }

    long update(Question question, Map<FieldPath, ? extends @Nullable Object> values) {
        Question rows = home.layer().reduced(question);
        Encoded encoded = home.model().encodeAssignments(values, view.shape());
        if (home.layer().evaluates(rows)) {
            return apply(List.of(new Mutation.UpdateSelected(rows.selection(), encoded.columns(), encoded.values())));
        }
        return apply(each(
                rows,
                id -> new Mutation.Update(
                        home.table(), id, OptionalLong.empty(), encoded.columns(), encoded.values())));
    }

    /** A change of each row, for a layer that cannot find them by itself. */
    private List<Mutation> each(Question question, Function<String, Mutation> change) {
        List<Mutation> changes = new ArrayList<>();
        Selection rows = question.selection();
        Selection ids = new Selection(
                rows.from(),
                rows.joins(),
                List.of(new Output.Value(TableView.idOperand())),
                rows.where(),
                List.of(),
                rows.order(),
                rows.limit());
        try (RowCursor row = home.layer().select(new Question(ids, question.hops()))) {
            while (row.next()) {
                changes.add(change.apply(String.valueOf(row.get(0))));
            }
        }
        return changes;
    }

    private long apply(List<Mutation> mutations) {
        if (mutations.isEmpty()) {
            return 0;
        }
        BatchResult result = home.layer().apply(Batch.of(mutations));
        if (result instanceof BatchResult.Refused refused) {
            throw refusal(refused.refusal());
        }
        long rows = 0;
        for (long changed : ((BatchResult.Applied) result).rows()) {
            rows += changed;
        }
        return rows;
    }

    private RuntimeException refusal(Refusal refusal) {
        if (refusal instanceof Refusal.Taken taken) {
            List<String> fields = view.fieldsOf(taken.index());
            return new DuplicateException(
                    "No item of " + home.collection() + " was changed, since two would hold the same value of "
                            + String.join(" and ", fields) + ", which must be unique",
                    fields,
                    Optional.of(home.collection().item(taken.holder())));
        }
        return new StoreBusyException(
                home.layer().layer(),
                "No item of " + home.collection() + " was changed, since one of them was deleted meanwhile; try again",
                StoreException.Outcome.NOT_APPLIED,
                null);
    }
}
