package dev.korm.engine.reference;

import dev.korm.Document;
import dev.korm.Rn;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.Pages;
import dev.korm.engine.layer.TableView;
import dev.korm.engine.read.ItemReader;
import dev.korm.model.Encoded;
import dev.korm.model.Models;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.query.TextPattern;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Has references to a collection name another layer, in every layer of the pool, a page of items at a time. For one thread. */
public final class ReferenceRewrite {
    private static final int PAGE = 200;

    private final CollectionHandle<?> source;
    private final CollectionHandle<?> target;
    private final PoolContext pool;

    public ReferenceRewrite(CollectionHandle<?> source, CollectionHandle<?> target) {
        this.source = source;
        this.target = target;
        this.pool = source.pool();
    }

    /**
     * Once through everything.
     *
     * @param found how many items named the old place
     * @param changed how many of them name the new one now; the others were changed by someone else meanwhile
     */
    public record Pass(long found, long changed) {}

    public Pass pass(LongConsumer done) {
        long found = 0;
        long changed = 0;
        long seen = 0;
        for (OpenLayer layer : pool.layers().all()) {
            for (TableSchema schema : layer.items()) {
                boolean isOld = schema.table().equals(source.table())
                        && layer.layer().equals(source.layer().layer());
                TableView<Document> view = isOld ? null : view(layer, schema);
                String after = "";
                while (view != null) {
                    List<StoredItem<Document>> page = page(layer, view, after);
                    if (page.isEmpty()) {
                        break;
                    }
                    after = page.get(page.size() - 1).rn().id().orElseThrow();
                    List<Mutation> mutations = mutations(layer, view, page);
                    found += mutations.size();
                    changed += apply(layer, mutations);
                    seen += page.size();
                    done.accept(seen);
                }
            }
        }
        return new Pass(found, changed);
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
        Selection page = Pages.selection(view, List.of(), mayRefer(view.schema()), after, PAGE);
        return ItemReader.all(view, home, FederatedSelection.of(page));
    }

    /**
     * Returns the condition that candidate rows satisfy: where all references are columns, only rows that name the
     * collection; JSON has to be read.
     */
    private Condition mayRefer(TableSchema schema) {
        List<Condition> some = new ArrayList<>();
        for (ColumnSchema column : schema.columns()) {
            if (column.kind() == ColumnKind.JSON) {
                return Condition.ALWAYS;
            }
            if (column.kind() == ColumnKind.RN) {
                TextPattern.Part any = new TextPattern.AnyText();
                TextPattern.Part body = new TextPattern.Literal(ReferencePosition.body(source.table()));
                some.add(new Condition.Matches(
                        new Operand.Column(0, column.name(), column.kind()),
                        new TextPattern(List.of(any, body, any), TextPattern.Case.SENSITIVE)));
            }
        }
        return new Condition.Or(some);
    }

    private List<Mutation> mutations(OpenLayer layer, TableView<Document> view, List<StoredItem<Document>> page) {
        List<Mutation> mutations = new ArrayList<>();
        for (StoredItem<Document> item : page) {
            Document renamed = ReferenceWalk.everywhere(item.data(), (reference, path) -> renamed(layer, reference));
            if (!renamed.equals(item.data())) {
                Encoded encoded = view.model().encodeChanges(item.data(), renamed, view.schema(), item.rn());
                OptionalLong revision = view.isRevised() ? OptionalLong.of(item.revision()) : OptionalLong.empty();
                String id = item.rn().id().orElseThrow();
                mutations.add(new Mutation.Update(
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

    private Rn<?> renamed(OpenLayer holder, Rn<?> reference) {
        boolean isOld = !reference.isDepot()
                && reference.namespace().equals(source.table().namespace())
                && reference.kind().equals(source.table().kind())
                && reference
                        .layer()
                        .orElse(holder.layer())
                        .equals(source.layer().layer());
        return isOld ? reference.from(target.layer().layer()) : reference;
    }

    private static long apply(OpenLayer layer, List<Mutation> mutations) {
        if (mutations.isEmpty()) {
            return 0;
        }
        if (layer.applyPass(Batch.of(mutations)) instanceof BatchResult.Applied) {
            return mutations.size();
        }
        long changed = 0;
        for (Mutation mutation : mutations) {
            // One that is refused was changed meanwhile, and is looked at again by the next pass.
            if (layer.applyPass(Batch.of(List.of(mutation))) instanceof BatchResult.Applied) {
                changed++;
            }
        }
        return changed;
    }
}
