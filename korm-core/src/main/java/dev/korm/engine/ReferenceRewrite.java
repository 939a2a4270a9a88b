package dev.korm.engine;

import dev.korm.Document;
import dev.korm.Rn;
import dev.korm.model.Encoded;
import dev.korm.model.Models;
import dev.korm.query.Question;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.Condition;
import dev.korm.spi.Mutation;
import dev.korm.spi.Operand;
import dev.korm.spi.Selection;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import dev.korm.spi.TextPattern;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Has references to a collection name another layer, in every layer of the pool, a page of items at a time. For one thread. */
final class ReferenceRewrite {
    private static final int PAGE = 200;

    private final Home<?> source;
    private final Home<?> target;
    private final PoolContext pool;

    ReferenceRewrite(Home<?> source, Home<?> target) {
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
    record Pass(long found, long changed) {}

    Pass pass(LongConsumer done) {
        long found = 0;
        long changed = 0;
        long seen = 0;
        for (OpenLayer layer : pool.layers().all()) {
            for (TableShape shape : layer.items()) {
                boolean isOld = shape.table().equals(source.table())
                        && layer.layer().equals(source.layer().layer());
                TableView<Document> view = isOld ? null : view(layer, shape);
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

    /** The columns that can hold references, and what hangs on them; null when there are none. */
    private static @Nullable TableView<Document> view(OpenLayer layer, TableShape shape) {
        Set<String> names = new HashSet<>();
        for (ColumnShape column : shape.columns()) {
            boolean refers = column.kind() == ColumnKind.RN || column.kind() == ColumnKind.JSON;
            if (refers && !column.isGenerated()) {
                names.add(column.name());
                names.add(ColumnShape.UNIQUE_PREFIX + column.name());
            }
        }
        if (names.isEmpty()) {
            return null;
        }
        names.add(TableName.ID);
        names.add(TableName.REVISION);
        List<ColumnShape> columns = shape.columns().stream()
                .filter(column -> names.contains(column.name()))
                .toList();
        return new TableView<>(
                Models.of(Document.class), new TableShape(shape.table(), columns, List.of()), layer.store());
    }

    private List<StoredItem<Document>> page(OpenLayer layer, TableView<Document> view, String after) {
        Home<Document> home = pool.documents(layer, view.shape().table());
        Selection page = Pages.selection(view, List.of(), mayRefer(view.shape()), after, PAGE);
        return Reader.all(view, home, Question.of(page));
    }

    /** Where all references are columns, only rows that name the collection; what is inside JSON has to be read. */
    private Condition mayRefer(TableShape shape) {
        List<Condition> some = new ArrayList<>();
        for (ColumnShape column : shape.columns()) {
            if (column.kind() == ColumnKind.JSON) {
                return Condition.ALWAYS;
            }
            if (column.kind() == ColumnKind.RN) {
                TextPattern.Part any = new TextPattern.AnyText();
                TextPattern.Part body = new TextPattern.Literal(ReferencePlace.body(source.table()));
                some.add(new Condition.Matches(
                        new Operand.Column(0, column.name(), column.kind()),
                        new TextPattern(List.of(any, body, any), TextPattern.Case.SENSITIVE)));
            }
        }
        return new Condition.Any(some);
    }

    private List<Mutation> mutations(OpenLayer layer, TableView<Document> view, List<StoredItem<Document>> page) {
        List<Mutation> mutations = new ArrayList<>();
        for (StoredItem<Document> item : page) {
            Document renamed = ReferenceWalk.everywhere(item.data(), (reference, path) -> renamed(layer, reference));
            if (!renamed.equals(item.data())) {
                Encoded encoded = view.model().encodeChanges(item.data(), renamed, view.shape(), item.rn());
                OptionalLong revision = view.isRevised() ? OptionalLong.of(item.revision()) : OptionalLong.empty();
                mutations.add(new Mutation.Update(
                        view.shape().table(),
                        item.rn().id().orElseThrow(),
                        revision,
                        encoded.columns(),
                        encoded.values()));
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
        if (layer.store().apply(Batch.of(mutations)) instanceof BatchResult.Applied) {
            return mutations.size();
        }
        long changed = 0;
        for (Mutation mutation : mutations) {
            // One that is refused was changed meanwhile, and is looked at again by the next pass.
            if (layer.store().apply(Batch.of(List.of(mutation))) instanceof BatchResult.Applied) {
                changed++;
            }
        }
        return changed;
    }
}
