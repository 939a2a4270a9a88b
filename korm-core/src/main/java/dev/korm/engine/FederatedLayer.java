package dev.korm.engine;

import dev.korm.ClosedException;
import dev.korm.Rn;
import dev.korm.crypto.Seals;
import dev.korm.query.Hop;
import dev.korm.query.Question;
import dev.korm.query.Tables;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.Condition;
import dev.korm.spi.FingerprintKey;
import dev.korm.spi.Layer;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.RowCursor;
import dev.korm.spi.SchemaMovedException;
import dev.korm.spi.Selection;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import dev.korm.spi.TextPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A layer of an open pool that answers questions, also those that lead to other layers of it. Safe for many threads.
 */
class FederatedLayer implements Tables, AutoCloseable {
    private final Layer layer;
    private final Map<String, ? extends FederatedLayer> pool;
    private final Parallel parallel;
    private final Seals seals;
    private final Residual residual;
    private volatile boolean closed;

    /**
     * @param pool all layers by name, once the pool is open
     * @param parallel asks several of them at once
     * @param seals seals and opens the secrets of its items
     */
    FederatedLayer(Layer layer, Map<String, ? extends FederatedLayer> pool, Parallel parallel, Seals seals) {
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

    /** Asks; what the layer cannot do is done here. */
    RowCursor select(Selection selection) {
        return select(Question.of(selection));
    }

    /** Asks this layer, and the others that the question leads to. */
    RowCursor select(Question question) {
        Layer asked = store();
        Question reduced = reduced(question);
        return reduced.isNear() && residual.isNone(reduced.selection())
                ? asked.select(reduced.selection())
                : residual.select(reduced);
    }

    /**
     * Asks as {@link #select(Question)} does, for whoever asks more while a row is at hand: nothing of any store is held then, so that
     * readers cannot wait for one another. The rows come in portions, each from one moment.
     *
     * @param size how many rows are read first
     */
    RowCursor selectInPortions(Question question, int size) {
        Layer asked = store();
        Question reduced = reduced(question);
        return reduced.isNear() && residual.isNone(reduced.selection())
                ? KeysetCursor.of(asked, reduced.selection(), size)
                : residual.selectInPortions(reduced, size);
    }

    /** The question without what other layers can tell beforehand; they are asked. */
    Question reduced(Question question) {
        Question apart = apart(question);
        return apart.isNear() ? apart : together(new SemiJoins(this, apart).reduced());
    }

    /**
     * The question with joined tables of its own layer, of which something has to be opened, taken for another layer's: so they are
     * asked first, by their own indexes, and what they find is opened instead of every row that refers to them. So are all of them
     * where there are more than the layer joins.
     */
    Question apart(Question question) {
        Set<Integer> joined = question.selection().joinsBySource().keySet();
        Set<Integer> apart = opened(question);
        apart.retainAll(joined);
        if (!residual.joins(question.selection())) {
            apart.addAll(joined);
        }
        if (question.hops().keySet().containsAll(apart)) {
            return question;
        }
        Map<Integer, Hop> hops = new HashMap<>(question.hops());
        apart.forEach(source -> hops.putIfAbsent(source, new Hop(layer(), layer())));
        return new Question(question.selection(), hops);
    }

    /** The sources of what has to be opened. */
    private static Set<Integer> opened(Question question) {
        Set<Integer> sources = new HashSet<>();
        question.selection().where().walk().forEach(condition -> {
            if (condition instanceof Condition.Opened opened) {
                sources.addAll(opened.sealed().sources());
            }
        });
        return sources;
    }

    /** The question with those tables in their layer again, of which nothing is left to open and which are few enough to be joined. */
    Question together(Question question) {
        if (!residual.joins(question.selection())) {
            return question;
        }
        Hop here = new Hop(layer(), layer());
        Set<Integer> opened = opened(question);
        Map<Integer, Hop> hops = new HashMap<>(question.hops());
        hops.entrySet().removeIf(hop -> hop.getValue().equals(here) && !opened.contains(hop.getKey()));
        return new Question(question.selection(), hops);
    }

    /** Whether the layer evaluates all of a question by itself. */
    boolean evaluates(Question question) {
        store();
        return question.isNear() && residual.isNone(question.selection());
    }

    /** The store itself. */
    Layer store() {
        if (closed) {
            throw new ClosedException("The pool of the layer \"" + layer.name() + "\" is closed; open a new one");
        }
        return layer;
    }

    /** Who seals and opens the secrets of its items. */
    Seals seals() {
        return seals;
    }

    @Override
    public List<String> fingerprints(TableName table, FingerprintKey key, String canonicalJson) {
        return seals.blind(table, key).all(canonicalJson);
    }

    @Override
    public Condition.Opening opening(TableName table, FingerprintKey key, List<String> canonicalJson) {
        return new Opening(seals, table, key, canonicalJson);
    }

    @Override
    public Optional<TableShape> shape(TableName table) {
        return store().describe(table);
    }

    @Override
    public List<TableShape> items() {
        List<TableShape> shapes = new ArrayList<>();
        for (TableName table : store().tables()) {
            shape(table).ifPresent(shapes::add);
        }
        return shapes;
    }

    /** The table's shape, which is known to be there. */
    TableShape requireShape(TableName table) {
        return shape(table)
                .orElseThrow(() -> new SchemaMovedException(
                        table, new IllegalStateException("There is no table " + table + " any more")));
    }

    @Override
    public List<TableShape> items(String column, Class<?> type) {
        List<TableShape> shapes = new ArrayList<>();
        for (TableName table : store().tables(column)) {
            known(table, type).or(() -> shape(table)).ifPresent(shapes::add);
        }
        return shapes;
    }

    /** Returns the table as it is known to be for a type, where it cannot change unnoticed. */
    Optional<TableShape> known(TableName table, Class<?> type) {
        return Optional.empty();
    }

    @Override
    public boolean refersTo(TableName holder, String column, String other, TableName target) {
        Condition body = contains(column, "]:" + target.namespace() + ":" + target.kind() + ":");
        return holds(
                holder,
                other.equals(layer())
                        ? body
                        : new Condition.All(List.of(body, contains(column, "[" + Rn.FROM + "::" + other + "]"))));
    }

    @Override
    public List<FederatedLayer> neighbours() {
        return pool.values().stream()
                .filter(other -> other != this)
                .map(FederatedLayer.class::cast)
                .toList();
    }

    /** A layer of the same pool. */
    FederatedLayer neighbour(String name) {
        return Objects.requireNonNull(pool.get(name));
    }

    Parallel parallel() {
        return parallel;
    }

    private static Condition contains(String column, String piece) {
        TextPattern.Part any = new TextPattern.AnyText();
        return new Condition.Matches(
                new Operand.Column(0, column, ColumnKind.RN),
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
