package dev.korm.engine.federation;

import dev.korm.query.CrossLayerJoin;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.evaluate.Evaluator;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Answers what one layer cannot answer alone, because it can do less or because other layers hold a part: what of the condition
 * the layer can evaluate is asked of it, the rest is evaluated here over the rows that come through, some at a time. Rows are
 * held only where the selection orders by what the layer does not have, or groups. Where something is looked up for them they are
 * read in portions, with nothing of the store held in between: whoever waits for a connection must not hold another.
 */
final class Residual {
    /** Constants that are kept free for going on behind a row. */
    private static final int RESERVED = 64;

    private final FederatedLayer home;
    private final Layer layer;

    Residual(FederatedLayer home, Layer layer) {
        this.home = home;
        this.layer = layer;
    }

    /** Asked each time: a layer that holds what a transaction has not written yet can do less than one that holds nothing. */
    private Capabilities capabilities() {
        return layer.capabilities();
    }

    /** Returns whether the layer does all of it. */
    boolean isNone(Selection selection) {
        return canJoin(selection)
                && joins(selection)
                && isPushable(selection.where())
                && constants(selection.where()) <= capabilities().parameterLimit()
                && isShort(selection.where());
    }

    /** Returns whether there are no more joins than the layer makes in one selection. */
    boolean joins(Selection selection) {
        return selection.joins().size() <= capabilities().joinLimit() && joins(selection.where());
    }

    private boolean joins(Condition condition) {
        for (Condition inner : condition.conditions()) {
            if (!joins(inner)) {
                return false;
            }
        }
        return condition.joins().size() <= capabilities().joinLimit();
    }

    private boolean isShort(Condition where) {
        return Alternatives.count(where) <= capabilities().conditionLimit();
    }

    /** Returns the condition with fewer parts that means the same, where there are more than the layer takes. */
    Condition shortened(Condition where) {
        return isShort(where) ? where : Alternatives.joined(where);
    }

    private static long constants(Condition condition) {
        long constants = ownConstants(condition);
        for (Condition inner : condition.conditions()) {
            constants += constants(inner);
        }
        return constants;
    }

    private static int ownConstants(Condition condition) {
        if (condition instanceof Condition.OneOf oneOf) {
            return oneOf.values().size();
        }
        if (condition instanceof Condition.RefersTo refers) {
            return refers.ids().size();
        }
        return condition instanceof Condition.Compare || condition instanceof Condition.Matches ? 1 : 0;
    }

    /** Returns the answer, with the residual evaluated here. */
    RowCursor select(FederatedSelection federated) {
        Selection selection = federated.selection();
        int size = RowBatches.first(selection.limit());
        // What rows refer to is looked up while more of them are to come.
        return selection.joinsBySource().isEmpty()
                ? select(federated, size, layer::select)
                : select(federated, size, rows -> KeysetCursor.of(layer, rows, size));
    }

    /** Returns the answer, with nothing held while a row is at hand; see {@link FederatedLayer#selectInPortions}. */
    RowCursor selectInPortions(FederatedSelection federated, int size) {
        return select(federated, size, rows -> KeysetCursor.of(layer, rows, size));
    }

    private RowCursor select(FederatedSelection federated, int size, Function<Selection, RowCursor> source) {
        Selection selection = federated.selection();
        Map<Pruning.LayerTable, Set<String>> columns = Pruning.columns(federated, home.layer());
        FetchedRows found = new FetchedRows(home, columns);
        Evaluator evaluator = new Evaluator(
                home.layer(),
                join -> {
                    CrossLayerJoin crossLayerJoin = federated.crossLayerJoins().get(join.source());
                    return crossLayerJoin == null
                            ? new Evaluator.EvaluatedJoin(home.layer(), home.layer())
                            : new Evaluator.EvaluatedJoin(crossLayerJoin.holder(), crossLayerJoin.layer());
                },
                found);
        boolean inOrder = isNear(selection.order()) && !selection.isGrouped();
        TableColumns own = new TableColumns(
                home.requireSchema(selection.from()),
                columns.getOrDefault(new Pruning.LayerTable(home.layer(), selection.from()), Set.of()));
        RowCursor rows = source.apply(new Selection(
                selection.from(),
                List.of(),
                own.outputs(),
                Weakening.of(selection.where(), new Able()),
                List.of(),
                inOrder ? selection.order() : List.of(),
                OptionalLong.empty()));
        Selection rest = inOrder ? selection.withOrder(List.of()) : selection;
        try {
            RowBatches batches = new RowBatches(rows, own, found, new Probe(evaluator, selection), size);
            Stream<Scope> scopes = StreamSupport.stream(
                    Spliterators.spliteratorUnknownSize(batches, Spliterator.ORDERED | Spliterator.NONNULL), false);
            return new StreamCursor(evaluator.select(rest, scopes), rows::close);
        } catch (RuntimeException | Error failed) {
            rows.close();
            throw failed;
        }
    }

    /** Conditions that the layer can be asked, until there are as many constants as it takes. */
    private final class Able implements Predicate<Condition> {
        private int left = capabilities().parameterLimit()
                - Math.min(RESERVED, capabilities().parameterLimit() / 2);

        /** A portion that goes on behind a row has conditions of its own. */
        private int conditionsLeft = Math.max(
                1,
                capabilities().conditionLimit()
                        - Math.min(RESERVED, capabilities().conditionLimit() / 2));

        @Override
        public boolean test(Condition leaf) {
            long constants = constants(leaf);
            long conditions = Alternatives.count(leaf);
            if (constants > left || conditions > conditionsLeft || !readsOnly(leaf) || !isPushable(leaf)) {
                return false;
            }
            left -= (int) constants;
            conditionsLeft -= (int) conditions;
            return true;
        }
    }

    /** Returns whether rows can come from the layer in an order. */
    private static boolean isNear(List<SortKey> order) {
        return order.stream().allMatch(key -> key.output() instanceof Output.Value value && readsOnly(value.operand()));
    }

    private boolean canJoin(Selection selection) {
        return capabilities().has(Capabilities.Feature.JOINS)
                || selection.joinsBySource().isEmpty();
    }

    private boolean isPushable(Condition condition) {
        if (condition instanceof Condition.Connective connective) {
            return connective.conditions().stream().allMatch(this::isPushable);
        }
        return !opens(condition) && capabilities().pushdown().test(condition);
    }

    /** Returns whether something has to be opened for a leaf, which no layer can do. */
    private static boolean opens(Condition leaf) {
        return leaf.walk().anyMatch(Condition.SealedMatch.class::isInstance);
    }

    /** Returns whether a condition reads the selection's own table alone, and so can be asked without its joins. */
    private static boolean readsOnly(Condition condition) {
        if (condition instanceof Condition.AnyElement any) {
            return readsOnly(any.container())
                    && any.walk().allMatch(inner -> inner.joins().isEmpty());
        }
        return condition.operands().stream().allMatch(Residual::readsOnly)
                && condition.conditions().stream().allMatch(Residual::readsOnly);
    }

    private static boolean readsOnly(Operand operand) {
        return operand.sources().stream().allMatch(source -> source == 0);
    }

    /** Evaluates a row as far as finding out what has to be looked up for it. */
    static final class Probe {
        private final List<UnaryOperator<Scope>> joins;
        private final Evaluator.RowTest where;
        private final List<Evaluator.RowValue> values;

        Probe(Evaluator evaluator, Selection selection) {
            this.joins = selection.joins().stream().map(evaluator::join).toList();
            this.where = evaluator.test(selection.where());
            this.values = selection.withWhere(Condition.ALWAYS).operands().stream()
                    .map(evaluator::value)
                    .toList();
        }

        void look(Scope row) {
            Scope scope = row;
            for (UnaryOperator<Scope> join : joins) {
                scope = join.apply(scope);
            }
            if (where.test(scope).isTrue()) {
                for (Evaluator.RowValue value : values) {
                    value.of(scope);
                }
            }
        }
    }
}
