package dev.korm.engine;

import dev.korm.DuplicateException;
import dev.korm.FieldPath;
import dev.korm.model.Encoded;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.Selection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes of every item that a selection finds. */
final class BulkChange<T> {
    private final Home<T> home;
    private final TableView<T> view;

    BulkChange(Home<T> home, TableView<T> view) {
        this.home = home;
        this.view = view;
    }

    long delete(Selection rows) {
        return apply(new Mutation.DeleteSelected(rows));
    }

    long update(Selection rows, Map<FieldPath, ? extends @Nullable Object> values) {
        Encoded encoded = home.model().encodeAssignments(values, view.shape());
        return apply(new Mutation.UpdateSelected(rows, encoded.columns(), encoded.values()));
    }

    private long apply(Mutation mutation) {
        BatchResult result = home.layer().store().apply(Batch.of(List.of(mutation)));
        if (result instanceof BatchResult.Refused refused) {
            throw duplicate(refused.refusal());
        }
        return ((BatchResult.Applied) result).rows().get(0);
    }

    private RuntimeException duplicate(Refusal refusal) {
        if (refusal instanceof Refusal.Taken taken) {
            return new DuplicateException(
                    "No item of " + home.collection()
                            + " was changed, since a value that must be unique would be held twice",
                    List.of(),
                    Optional.of(home.collection().item(taken.holder())));
        }
        return new IllegalStateException("A change of many items was refused as " + refusal);
    }
}
