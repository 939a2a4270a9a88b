package dev.korm.engine.reference;

import dev.korm.Document;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.Pages;
import dev.korm.engine.layer.TableView;
import dev.korm.engine.read.ItemReader;
import dev.korm.model.Models;
import dev.korm.model.row.Encoded;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.Mutation;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** The changes that have references name the new place of what is moved, in every layer of a pool, a page of items at a time. For one thread. */
final class ReferenceUpdates {
    private static final int PAGE = 200;

    private final PoolContext pool;
    private final MovedPlaces places;

    ReferenceUpdates(PoolContext pool, MovedPlaces places) {
        this.pool = pool;
        this.places = places;
    }

    /** The receiver of a page of items. */
    interface Page {
        /**
         * Takes a page.
         *
         * @param changes those that are to be made in the layer
         * @param looked how many items were looked at for that
         */
        void of(OpenLayer layer, Map<ItemKey, Mutation> changes, int looked);
    }

    /** Goes through everything but the tables that are left out. */
    void each(BiPredicate<OpenLayer, TableName> leftOut, Page receiver) {
        for (OpenLayer layer : pool.layers().all()) {
            for (TableSchema schema : layer.items()) {
                TableView<Document> view = leftOut.test(layer, schema.table()) ? null : view(layer, schema);
                String after = "";
                while (view != null) {
                    List<StoredItem<Document>> page = page(layer, view, after);
                    if (page.isEmpty()) {
                        break;
                    }
                    after = page.get(page.size() - 1).rn().id().orElseThrow();
                    receiver.of(layer, mutations(layer, view, page), page.size());
                }
            }
        }
    }

    /** Returns the columns that can hold references, and what hangs on them; null when there are none. */
    private static @Nullable TableView<Document> view(OpenLayer layer, TableSchema schema) {
        Set<String> names = new HashSet<>();
        for (ColumnSchema column : schema.columns()) {
            boolean refers = column.kind() == ColumnKind.RN || column.kind() == ColumnKind.JSON;
            if (refers && !column.isGenerated()) {
                names.add(column.name());
                names.add(ColumnSchema.UNIQUE_PREFIX + column.name());
            }
        }
        if (names.isEmpty()) {
            return null;
        }
        names.add(TableName.ID);
        names.add(TableName.REVISION);
        names.add(TableName.DELETED);
        List<ColumnSchema> columns = schema.columns().stream()
                .filter(column -> names.contains(column.name()))
                .toList();
        // Deleted items that are kept name the new place, too, when they are restored.
        return TableView.withDeleted(
                Models.of(Document.class), new TableSchema(schema.table(), columns, schema.indexes()), layer.all());
    }

    private List<StoredItem<Document>> page(OpenLayer layer, TableView<Document> view, String after) {
        PoolContext all = pool.withDeleted();
        CollectionHandle<Document> home =
                all.documents(all.layers().layer(layer.layer()), view.schema().table());
        Selection page = Pages.selection(view, List.of(), places.mayName(view.schema(), layer), after, PAGE);
        return ItemReader.all(view, home, FederatedSelection.of(page));
    }

    private Map<ItemKey, Mutation> mutations(
            OpenLayer layer, TableView<Document> view, List<StoredItem<Document>> page) {
        Map<ItemKey, Mutation> mutations = new LinkedHashMap<>();
        for (StoredItem<Document> item : page) {
            Document renamed = ReferenceWalk.everywhere(
                    item.data(), (reference, path) -> places.renamed(layer.layer(), reference));
            if (!renamed.equals(item.data())) {
                Encoded encoded = view.model().encodeChanges(item.data(), renamed, view.schema(), item.rn());
                OptionalLong revision = view.isRevised() ? OptionalLong.of(item.revision()) : OptionalLong.empty();
                String id = item.rn().id().orElseThrow();
                ItemKey key = new ItemKey(layer.layer(), view.schema().table(), id);
                mutations.put(
                        key,
                        new Mutation.Update(
                                view.schema().table(),
                                id,
                                revision,
                                encoded.columns(),
                                item.isDeleted()
                                        ? layer.marks().buried(view.schema(), id, encoded.columns(), encoded.values())
                                        : encoded.values()));
            }
        }
        return mutations;
    }
}
