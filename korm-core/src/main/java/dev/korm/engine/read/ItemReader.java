package dev.korm.engine.read;

import dev.korm.Item;
import dev.korm.NotFoundException;
import dev.korm.Rn;
import dev.korm.ValueException;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.ChangedAgain;
import dev.korm.engine.layer.TableView;
import dev.korm.model.row.FieldReferences;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Condition;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads items by their ids, and rows as items. Safe for many threads. */
public final class ItemReader {
    private ItemReader() {}

    /** An attempt on a table, given the way to read it. */
    public interface Attempt<T, R> {
        R ask(TableView<T> view);
    }

    /**
     * Asks a selection of a table as it is; once more when it has changed since it was looked at. Empty when there is no
     * table.
     */
    public static <T, R> Optional<R> ask(CollectionHandle<T> home, Attempt<T, R> federated) {
        try {
            return home.layer().view(home.model(), home.table()).map(federated::ask);
        } catch (SchemaMovedException moved) {
            return askAgain(home, federated);
        } catch (ValueException misfit) {
            // A column that another program has replaced since the table was looked at holds values of another kind.
            Optional<TableView<T>> seen = home.layer().view(home.model(), home.table());
            if (seen.map(TableView::schema).equals(home.layer().schema(home.table()))) {
                throw misfit;
            }
            return askAgain(home, federated);
        }
    }

    private static <T, R> Optional<R> askAgain(CollectionHandle<T> home, Attempt<T, R> federated) {
        home.layer().forget(home.table());
        return ChangedAgain.attempt(
                home.layer(),
                () -> home.layer().view(home.model(), home.table()).map(federated::ask));
    }

    public static <T> Item<T> get(CollectionHandle<T> home, Rn<T> rn) {
        return find(home, rn).orElseThrow(() -> missing(home, rn));
    }

    public static NotFoundException missing(CollectionHandle<?> home, Rn<?> rn) {
        return new NotFoundException(
                rn + " is not in the layer \"" + home.layer().layer()
                        + "\"; check the RN, or ask with find() where it may be absent",
                rn);
    }

    public static <T> Optional<StoredItem<T>> find(CollectionHandle<T> home, Rn<T> rn) {
        String id = rn.id().orElseThrow();
        return ask(home, view -> {
                    try (RowCursor row = view.byId(id)) {
                        return row.next()
                                ? Optional.of(StoredItem.read(view, row, home, rn.unresolved()))
                                : Optional.<StoredItem<T>>empty();
                    }
                })
                .flatMap(Function.identity());
    }

    /** Returns the items of these ids that exist, by id. */
    public static <T> Map<String, StoredItem<T>> find(CollectionHandle<T> home, Collection<String> ids) {
        Map<String, StoredItem<T>> found = new HashMap<>();
        for (StoredItem<T> item : all(home, List.copyOf(ids))) {
            found.put(item.rn().id().orElseThrow(), item);
        }
        return found;
    }

    /** Returns the items of these ids that exist. */
    static <T> List<StoredItem<T>> all(CollectionHandle<T> home, List<String> ids) {
        List<StoredItem<T>> found = new ArrayList<>(ids.size());
        for (List<String> chunk : ItemIds.chunks(ids, home.layer().store())) {
            found.addAll(read(home, chunk));
        }
        return found;
    }

    private static <T> List<StoredItem<T>> read(CollectionHandle<T> home, List<String> ids) {
        return ask(home, view -> all(view, home, ofIds(view, ids))).orElse(List.of());
    }

    /** Returns all items of an answer. */
    public static <T> List<StoredItem<T>> all(
            TableView<T> view, CollectionHandle<T> home, FederatedSelection federated) {
        return all(view, home, federated, null);
    }

    /** @param references gives fields their references; null for those that are stored */
    static <T> List<StoredItem<T>> all(
            TableView<T> view,
            CollectionHandle<T> home,
            FederatedSelection federated,
            @Nullable FieldReferences references) {
        List<StoredItem<T>> items = new ArrayList<>();
        try (RowCursor row = home.layer().select(federated)) {
            while (row.next()) {
                items.add(StoredItem.read(view, row, home, references));
            }
        }
        return items;
    }

    /**
     * Fills items that are awaited with those of their ids that exist, and returns how many do.
     *
     * @param ids those of the items
     * @param references gives fields their references
     */
    static <T> int fill(
            CollectionHandle<T> home, List<String> ids, IdTable<StoredItem<T>> awaited, FieldReferences references) {
        int found = 0;
        for (List<String> chunk : ItemIds.chunks(ids, home.layer().store())) {
            found += ask(home, view -> fill(home, view, chunk, awaited, references))
                    .orElse(0);
        }
        return found;
    }

    private static <T> int fill(
            CollectionHandle<T> home,
            TableView<T> view,
            List<String> ids,
            IdTable<StoredItem<T>> awaited,
            FieldReferences references) {
        int found = 0;
        try (RowCursor row = home.layer().select(ofIds(view, ids))) {
            while (row.next()) {
                StoredItem<T> item = awaited.get(view.id(row, home.layer().layer()));
                if (item != null) {
                    item.fill(view, row, references);
                    found++;
                }
            }
        }
        return found;
    }

    private static <T> FederatedSelection ofIds(TableView<T> view, List<String> ids) {
        Condition where = new Condition.OneOf(ItemIds.operand(), List.copyOf(ids));
        return FederatedSelection.of(view.selection(List.of(), where, List.of(), OptionalLong.empty()));
    }
}
