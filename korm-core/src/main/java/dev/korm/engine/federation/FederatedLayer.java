package dev.korm.engine.federation;

import dev.korm.ClosedException;
import dev.korm.Rn;
import dev.korm.crypto.LayerSealer;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.context.Parallel;
import dev.korm.query.CrossLayerJoin;
import dev.korm.query.FederatedSelection;
import dev.korm.query.Tables;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.query.TextPattern;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A layer of an open pool that answers selections, also those that lead to other layers of it. Safe for many threads.
 */
public class FederatedLayer implements Tables, AutoCloseable {
    private final Layer layer;
    private final Map<String, ? extends FederatedLayer> pool;
    private final Parallel parallel;
    private final LayerSealer seals;
    private final Residual residual;
    private volatile boolean closed;

    /**
     * @param pool all layers by name, once the pool is open
     * @param parallel asks several of them at once
     * @param seals seals and opens the secrets of its items
     */
    public FederatedLayer(
            Layer layer, Map<String, ? extends FederatedLayer> pool, Parallel parallel, LayerSealer seals) {
        this.layer = layer;
        this.pool = pool;
        this.parallel = parallel;
        this.seals = seals;
        this.residual = new Residual(this, layer);
    }

    @Override
    public String layer() {
        return layer.name();
    }

    /** Runs a selection; what the layer cannot do is done here. */
    public RowCursor select(Selection selection) {
        return select(FederatedSelection.of(selection));
    }

    /** Runs a selection on this layer, and on the others that it leads to. */
    public RowCursor select(FederatedSelection federated) {
        Layer asked = store();
        FederatedSelection reduced = reduced(federated);
        return reduced.isNear() && residual.isNone(reduced.selection())
                ? asked.select(reduced.selection())
                : residual.select(reduced);
    }

    /**
     * Works as {@link #select(FederatedSelection)}, for callers that ask more while a row is at hand: nothing of any
     * store is held then, so that readers cannot wait for one another. The rows come in portions, each from one moment.
     *
     * @param size how many rows are read first
     */
    public RowCursor selectInPortions(FederatedSelection federated, int size) {
        Layer asked = store();
        FederatedSelection reduced = reduced(federated);
        return reduced.isNear() && residual.isNone(reduced.selection())
                ? KeysetCursor.of(asked, reduced.selection(), size)
                : residual.selectInPortions(reduced, size);
    }

    /** Returns the selection without what other layers can tell beforehand; they are asked. */
    public FederatedSelection reduced(FederatedSelection federated) {
        FederatedSelection apart = apart(shortened(seen(federated)));
        return apart.isNear() ? apart : together(new SemiJoins(this, apart).reduced());
    }

    /**
     * Returns the selection with joined tables of its own layer, of which something has to be opened, taken for another
     * layer's: so they are asked first, by their own indexes, and what they find is opened instead of every row that
     * refers to them. So are all of them where there are more than the layer joins.
     */
    public FederatedSelection apart(FederatedSelection federated) {
        Set<Integer> joined = federated.selection().joinsBySource().keySet();
        if (joined.isEmpty()) {
            return federated;
        }
        Set<Integer> apart = opened(federated);
        apart.retainAll(joined);
        if (!residual.joins(federated.selection())) {
            apart.addAll(joined);
        }
        if (federated.crossLayerJoins().keySet().containsAll(apart)) {
            return federated;
        }
        Map<Integer, CrossLayerJoin> crossLayerJoins = new HashMap<>(federated.crossLayerJoins());
        apart.forEach(source -> crossLayerJoins.putIfAbsent(source, new CrossLayerJoin(layer(), layer())));
        return new FederatedSelection(federated.selection(), crossLayerJoins);
    }

    /** Returns the sources of what has to be opened. */
    private static Set<Integer> opened(FederatedSelection federated) {
        Set<Integer> sources = new HashSet<>();
        federated.selection().where().walk().forEach(condition -> {
            if (condition instanceof Condition.SealedMatch opened) {
                sources.addAll(opened.sealed().sources());
            }
        });
        return sources;
    }

    /**
     * Returns the selection with those tables in their layer again, of which nothing is left to open and which are few
     * enough to be joined.
     */
    public FederatedSelection together(FederatedSelection federated) {
        if (!residual.joins(federated.selection())) {
            return federated;
        }
        CrossLayerJoin here = new CrossLayerJoin(layer(), layer());
        Set<Integer> opened = opened(federated);
        Map<Integer, CrossLayerJoin> crossLayerJoins = new HashMap<>(federated.crossLayerJoins());
        crossLayerJoins
                .entrySet()
                .removeIf(crossLayerJoin ->
                        crossLayerJoin.getValue().equals(here) && !opened.contains(crossLayerJoin.getKey()));
        return new FederatedSelection(federated.selection(), crossLayerJoins);
    }

    /** Returns whether the layer evaluates all of a selection by itself. */
    public boolean evaluates(FederatedSelection federated) {
        store();
        return federated.isNear() && residual.isNone(seen(federated.selection()));
    }

    private FederatedSelection shortened(FederatedSelection federated) {
        Selection asked = federated.selection();
        Condition where = residual.shortened(asked.where());
        return where == asked.where()
                ? federated
                : new FederatedSelection(asked.withWhere(where), federated.crossLayerJoins());
    }

    private FederatedSelection seen(FederatedSelection federated) {
        Selection asked = federated.selection();
        Condition where = seen(asked).where();
        return where.equals(asked.where())
                ? federated
                : new FederatedSelection(asked.withWhere(where), federated.crossLayerJoins());
    }

    /** Returns a selection that selects only what is seen of this layer. */
    protected Selection seen(Selection selection) {
        return selection;
    }

    /** Returns the store itself. */
    public Layer store() {
        if (closed) {
            throw new ClosedException("The pool of the layer \"" + layer.name() + "\" is closed; open a new one");
        }
        return layer;
    }

    /** Returns the sealer of its items' secrets. */
    public LayerSealer seals() {
        return seals;
    }

    @Override
    public List<String> fingerprints(TableName table, FingerprintKey key, String canonicalJson) {
        return seals.blind(table, key).all(canonicalJson);
    }

    @Override
    public Condition.SealedMatcher opening(TableName table, FingerprintKey key, List<String> canonicalJson) {
        return new SealedComparison(seals, table, key, canonicalJson);
    }

    @Override
    public Optional<TableSchema> schema(TableName table) {
        return store().describe(table);
    }

    @Override
    public List<TableSchema> items() {
        List<TableSchema> schemas = new ArrayList<>();
        for (TableName table : store().tables()) {
            schema(table).ifPresent(schemas::add);
        }
        return schemas;
    }

    /** Returns the table's schema, which is known to exist. */
    TableSchema requireSchema(TableName table) {
        return schema(table)
                .orElseThrow(() -> new SchemaMovedException(
                        table, new IllegalStateException("There is no table " + table + " any more")));
    }

    @Override
    public List<TableSchema> items(String column, Class<?> type) {
        List<TableSchema> schemas = new ArrayList<>();
        for (TableName table : store().tables(column)) {
            known(table, type).or(() -> schema(table)).ifPresent(schemas::add);
        }
        return schemas;
    }

    /** Returns the table as it is known to be for a type, where it cannot change unnoticed. */
    protected Optional<TableSchema> known(TableName table, Class<?> type) {
        return Optional.empty();
    }

    @Override
    public boolean refersTo(
            TableName holder, Operand reference, UnaryOperator<Condition> within, String other, TableName target) {
        Condition body = contains(reference, "]:" + target.namespace() + ":" + target.kind() + ":");
        Condition names = other.equals(layer())
                ? body
                : new Condition.And(List.of(body, contains(reference, "[" + Rn.FROM + "::" + other + "]")));
        return holds(holder, within.apply(names));
    }

    @Override
    public List<FederatedLayer> neighbours() {
        return pool.values().stream()
                .filter(other -> other != this)
                .map(FederatedLayer.class::cast)
                .toList();
    }

    /** Returns a layer of the same pool. */
    FederatedLayer neighbour(String name) {
        return Objects.requireNonNull(pool.get(name));
    }

    protected Parallel parallel() {
        return parallel;
    }

    private static Condition contains(Operand reference, String piece) {
        TextPattern.Part any = new TextPattern.AnyText();
        return new Condition.Matches(
                reference,
                new TextPattern(List.of(any, new TextPattern.Literal(piece), any), TextPattern.Case.SENSITIVE));
    }

    private boolean holds(TableName table, Condition condition) {
        List<Output> id = List.of(new Output.Value(ItemIds.operand()));
        try (RowCursor row =
                select(new Selection(table, List.of(), id, condition, List.of(), List.of(), OptionalLong.of(1)))) {
            return row.next();
        }
    }

    @Override
    public void close() {
        closed = true;
        layer.close();
    }
}
