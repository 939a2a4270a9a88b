package dev.korm.engine;

import dev.korm.Item;
import dev.korm.NotFoundException;
import dev.korm.Rn;
import dev.korm.ValueException;
import dev.korm.spi.Condition;
import dev.korm.spi.RowCursor;
import dev.korm.spi.SchemaMovedException;
import dev.korm.spi.Selection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** Reads items by their ids, and rows as items. Safe for many threads. */
final class Reader {
    /** Ids in one question; below every store's limit of constants, above it the question is asked in parts. */
    private static final int CHUNK = 500;

    /** What is asked of a table, given how to read it. */
    interface Question<T, R> {
        R ask(TableView<T> view);
    }

    /**
     * Asks a question of a table as it is; once more when it has changed since it was looked at. Empty when there is no
     * table.
     */
    <T, R> Optional<R> ask(Home<T> home, Question<T, R> question) {
        try {
            return home.layer().view(home.model(), home.table()).map(question::ask);
        } catch (SchemaMovedException moved) {
            return askAgain(home, question);
        } catch (ValueException misfit) {
            // A column that another program has replaced since the table was looked at holds values of another kind.
            Optional<TableView<T>> seen = home.layer().view(home.model(), home.table());
            if (seen.map(TableView::shape).equals(home.layer().shape(home.table()))) {
                throw misfit;
            }
            return askAgain(home, question);
        }
    }

    private static <T, R> Optional<R> askAgain(Home<T> home, Question<T, R> question) {
        home.layer().forget(home.table());
        return home.layer().view(home.model(), home.table()).map(question::ask);
    }

    <T> Item<T> get(Home<T> home, Rn<T> rn) {
        return find(home, rn).orElseThrow(() -> missing(home, rn));
    }

    static NotFoundException missing(Home<?> home, Rn<?> rn) {
        return new NotFoundException(
                rn + " is not in the layer \"" + home.layer().layer()
                        + "\"; check the RN, or ask with find() where it may be absent",
                rn);
    }

    <T> Optional<StoredItem<T>> find(Home<T> home, Rn<T> rn) {
        String id = rn.id().orElseThrow();
        return ask(home, view -> {
                    try (RowCursor row = view.byId(id)) {
                        return row.next()
                                ? Optional.of(view.read(row, home, rn.unresolved()))
                                : Optional.<StoredItem<T>>empty();
                    }
                })
                .flatMap(Function.identity());
    }

    /** The items of these ids that exist, by id. */
    <T> Map<String, StoredItem<T>> find(Home<T> home, Collection<String> ids) {
        Map<String, StoredItem<T>> found = new HashMap<>();
        List<String> all = List.copyOf(ids);
        int most =
                Math.max(1, Math.min(CHUNK, home.layer().store().capabilities().parameterLimit()));
        for (int from = 0; from < all.size(); from += most) {
            List<String> chunk = all.subList(from, Math.min(all.size(), from + most));
            for (StoredItem<T> item : read(home, chunk)) {
                found.put(item.rn().id().orElseThrow(), item);
            }
        }
        return found;
    }

    private <T> List<StoredItem<T>> read(Home<T> home, List<String> ids) {
        return ask(home, view -> {
                    Condition where = new Condition.OneOf(TableView.idOperand(), List.copyOf(ids));
                    return all(view, home, view.selection(List.of(), where, List.of(), OptionalLong.empty()));
                })
                .orElse(List.of());
    }

    /** All items of a selection. */
    <T> List<StoredItem<T>> all(TableView<T> view, Home<T> home, Selection selection) {
        List<StoredItem<T>> items = new ArrayList<>();
        try (RowCursor row = home.layer().select(selection)) {
            while (row.next()) {
                items.add(view.read(row, home));
            }
        }
        return items;
    }
}
