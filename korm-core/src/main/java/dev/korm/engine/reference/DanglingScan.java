package dev.korm.engine.reference;

import dev.korm.DanglingReference;
import dev.korm.DanglingReference.Reason;
import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.Rn;
import dev.korm.ScanProgress;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.ExistingIds;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.Pages;
import dev.korm.engine.layer.TableView;
import dev.korm.engine.read.ItemReader;
import dev.korm.model.Models;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Looks up every reference of a pool, a page of items at a time: one question for the page, and one for each collection that it
 * refers to. Holds a page and what was found in it, and between two pages nothing of any store. For one thread.
 */
public final class DanglingScan extends Spliterators.AbstractSpliterator<DanglingReference> {
    private static final int PAGE = 500;

    private final PoolContext pool;
    private final Consumer<ScanProgress> progress;
    private final Iterator<OpenLayer> layers;
    private final Deque<DanglingReference> found = new ArrayDeque<>();
    private @Nullable OpenLayer layer;
    private Iterator<TableSchema> tables = List.<TableSchema>of().iterator();
    private @Nullable TableView<Document> view;
    private String last = "";
    private long items;
    private long findings;

    private DanglingScan(PoolContext pool, Consumer<ScanProgress> progress) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
        this.pool = pool;
        this.progress = progress;
        this.layers = pool.layers().all().iterator();
    }

    public static Stream<DanglingReference> of(PoolContext pool, Consumer<ScanProgress> progress) {
        return StreamSupport.stream(new DanglingScan(pool, progress), false);
    }

    /** The position of a reference. */
    private record Held(Rn<Document> holder, FieldPath path, Rn<?> reference) {}

    @Override
    public boolean tryAdvance(Consumer<? super DanglingReference> action) {
        while (found.isEmpty()) {
            if (!readOn()) {
                return false;
            }
        }
        action.accept(found.remove());
        return true;
    }

    /** Looks at a page more; false at the end of the last table. */
    private boolean readOn() {
        TableView<Document> reading = view;
        OpenLayer at = layer;
        if (reading == null || at == null) {
            return nextTable();
        }
        CollectionHandle<Document> home = pool.documents(at, reading.schema().table());
        List<StoredItem<Document>> page;
        try {
            page = ItemReader.all(reading, home, FederatedSelection.of(Pages.selection(reading, last, PAGE)));
        } catch (SchemaMovedException moved) {
            // A column went, or the table; what is there now is looked at from the item after the last.
            view = at.schema(reading.schema().table())
                    .map(schema -> referring(at, schema))
                    .orElse(null);
            return true;
        }
        look(at, page);
        items += page.size();
        if (!page.isEmpty()) {
            last = page.get(page.size() - 1).rn().id().orElseThrow();
            progress.accept(new ScanProgress(at.layer(), home.collection(), items, findings));
        }
        if (page.size() < PAGE) {
            view = null;
        }
        return true;
    }

    private boolean nextTable() {
        while (!tables.hasNext()) {
            if (!layers.hasNext()) {
                return false;
            }
            layer = layers.next();
            tables = layer.items().iterator();
        }
        OpenLayer at = layer;
        if (at != null) {
            view = referring(at, tables.next());
            last = "";
        }
        return true;
    }

    /** Returns the columns that can hold references; null when there are none. */
    private static @Nullable TableView<Document> referring(OpenLayer layer, TableSchema schema) {
        List<ColumnSchema> columns = schema.columns().stream()
                .filter(column -> column.name().equals(TableName.ID)
                        || column.kind() == ColumnKind.RN
                        || column.kind() == ColumnKind.JSON)
                .toList();
        return columns.size() == 1
                ? null
                : new TableView<>(
                        Models.of(Document.class), new TableSchema(schema.table(), columns, List.of()), layer.store());
    }

    private void look(OpenLayer at, List<StoredItem<Document>> page) {
        Map<String, Map<TableName, List<Held>>> targets = new LinkedHashMap<>();
        List<Held> all = new ArrayList<>();
        for (StoredItem<Document> item : page) {
            ReferenceWalk.everywhere(item.data(), (reference, path) -> {
                if (reference.form() == Rn.Form.ITEM) {
                    Held held = new Held(item.rn(), path, reference);
                    all.add(held);
                    targets.computeIfAbsent(reference.layer().orElse(at.layer()), any -> new LinkedHashMap<>())
                            .computeIfAbsent(
                                    TableName.items(reference.namespace(), reference.kind()), any -> new ArrayList<>())
                            .add(held);
                }
                return reference;
            });
        }
        Map<ItemKey, Reason> missing = new HashMap<>();
        targets.forEach((name, byTable) -> byTable.forEach((table, held) -> missing(name, table, held, missing)));
        for (Held held : all) {
            Reason reason = missing.get(ItemKey.of(held.reference(), at.layer()));
            if (reason != null) {
                findings++;
                found.add(new DanglingReference(at.layer(), held.holder(), held.path(), held.reference(), reason));
            }
        }
    }

    private void missing(String name, TableName table, List<Held> held, Map<ItemKey, Reason> missing) {
        Set<String> ids = new LinkedHashSet<>();
        held.forEach(each -> ids.add(each.reference().id().orElseThrow()));
        boolean known = pool.layers().names().contains(name);
        Set<String> there = known ? ExistingIds.in(pool.layers().layer(name), table, ids) : Set.of();
        for (String id : ids) {
            if (!there.contains(id)) {
                missing.put(new ItemKey(name, table, id), known ? Reason.NO_ITEM : Reason.UNKNOWN_LAYER);
            }
        }
    }
}
