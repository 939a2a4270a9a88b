package dev.korm.engine;

import dev.korm.ClosedException;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.crypto.Seals;
import dev.korm.model.Model;
import dev.korm.query.Hop;
import dev.korm.query.Question;
import dev.korm.query.Tables;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A layer of an open pool, with what is known of its tables. Safe for many threads.
 *
 * <p>What was seen of a table is kept only while it has all that a record needs: such a table can change in no way that
 * matters without an error that says so. Everything else is asked of the layer each time.
 */
final class OpenLayer implements Tables, AutoCloseable {
    private record ViewKey(TableName table, Class<?> type) {}

    private final Layer layer;
    private final Map<String, OpenLayer> pool;
    private final Parallel parallel;
    private final Seals seals;
    private final Residual residual;
    private final LayerPolicies policies;
    private final UniqueLocks uniqueLocks = new UniqueLocks(this);
    private final Map<ViewKey, TableView<?>> complete = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * @param pool all layers by name, once the pool is open
     * @param parallel asks several of them at once
     * @param seals seals and opens the secrets of its items
     */
    OpenLayer(Layer layer, Map<String, OpenLayer> pool, Parallel parallel, Seals seals) {
        this.layer = layer;
        this.pool = pool;
        this.parallel = parallel;
        this.seals = seals;
        this.residual = new Residual(this, layer);
        this.policies = new LayerPolicies(layer);
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

    /** The question without what other layers can tell beforehand; they are asked. */
    Question reduced(Question question) {
        Question apart = apart(question);
        return apart.isNear() ? apart : together(new SemiJoins(this, apart).reduced());
    }

    /**
     * The question with joined tables of its own layer, of which something has to be opened, taken for another layer's: so they are
     * asked first, by their own indexes, and what they find is opened instead of every row that refers to them.
     */
    Question apart(Question question) {
        Set<Integer> opened = opened(question);
        opened.retainAll(question.selection().joinsBySource().keySet());
        if (question.hops().keySet().containsAll(opened)) {
            return question;
        }
        Map<Integer, Hop> hops = new HashMap<>(question.hops());
        opened.forEach(source -> hops.putIfAbsent(source, new Hop(layer(), layer())));
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

    /** The question with those tables in their layer again, of which nothing is left to open. */
    Question together(Question question) {
        Hop here = new Hop(layer(), layer());
        Set<Integer> opened = opened(question);
        Map<Integer, Hop> hops = new HashMap<>(question.hops());
        hops.entrySet().removeIf(hop -> hop.getValue().equals(here) && !opened.contains(hop.getKey()));
        return new Question(question.selection(), hops);
    }

    /**
     * Applies all of the batch or nothing. Where the store's answer is lost it is found out what it would have been.
     *
     * @throws StoreException with {@link StoreException.Outcome#UNKNOWN} where that cannot be found out
     */
    BatchResult apply(Batch batch) {
        try {
            return store().apply(batch);
        } catch (StoreException failure) {
            if (failure.outcome() != StoreException.Outcome.UNKNOWN) {
                throw failure;
            }
            return new Aftermath(this, parallel.environment()).settle(batch, failure);
        }
    }

    /** Whether the layer evaluates all of a question by itself. */
    boolean evaluates(Question question) {
        store();
        return question.isNear() && residual.isNone(question.selection());
    }

    /** What those wait for who write the same sealed value with different keys. */
    UniqueLocks uniqueLocks() {
        return uniqueLocks;
    }

    /** What is to happen to references when what they name is deleted. */
    LayerPolicies policies() {
        store();
        return policies;
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
            TableView<?> known = complete.get(new ViewKey(table, type));
            if (known != null) {
                shapes.add(known.shape());
            } else {
                shape(table).ifPresent(shapes::add);
            }
        }
        return shapes;
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
    public List<OpenLayer> neighbours() {
        return pool.values().stream().filter(other -> other != this).toList();
    }

    /** A layer of the same pool. */
    OpenLayer neighbour(String name) {
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

    /** How to read items of a type from a table; empty when there is no table. */
    <T> Optional<TableView<T>> view(Model<T> model, TableName table) {
        TableView<T> known = known(model, table);
        return known != null ? Optional.of(known) : shape(table).map(shape -> keep(model, shape));
    }

    /**
     * The table with all that an item needs; made, or given what it lacks.
     *
     * @param data what is to be stored; null for what every item needs
     * @param check is shown the table as the data wants it before anything is made, and throws when the data cannot be stored
     *     in any: a value that is refused leaves no column behind
     */
    <T> TableView<T> evolved(Model<T> model, TableName table, @Nullable T data, Consumer<TableShape> check) {
        TableView<T> evolved = evolvedAlone(model, table, data, check);
        policies.declare(table, model.type(), model.policies());
        return evolved;
    }

    private <T> TableView<T> evolvedAlone(
            Model<T> model, TableName table, @Nullable T data, Consumer<TableShape> check) {
        TableView<T> known = known(model, table);
        if (known != null) {
            return known;
        }
        TableShape wanted = model.wanted(table, data);
        TableShape actual = shape(table).orElse(null);
        if (actual == null || !TableView.isWritable(actual, wanted)) {
            check.accept(wanted);
            try {
                actual = new Evolution(this)
                        .evolve(wanted, Optional.ofNullable(actual), Evolution.Fingerprints.OF_UNIQUE);
            } finally {
                // Other types that share the table have to look again: a field of theirs may have become unique.
                forget(table);
            }
        }
        return keep(model, actual);
    }

    /** Gives a table all that items want, also what they can be written without. */
    void prepare(Model<?> model, TableName table) {
        TableShape wanted = model.wanted(table, null);
        Optional<TableShape> actual = shape(table);
        if (actual.isEmpty() || !TableView.has(actual.get(), wanted)) {
            try {
                new Evolution(this).evolve(wanted, actual, Evolution.Fingerprints.OF_ALL);
            } finally {
                forget(table);
            }
        }
    }

    /** Forgets what is known of a table, after an error that says that it has changed. */
    void forget(TableName table) {
        complete.keySet().removeIf(key -> key.table().equals(table));
    }

    @Override
    public void close() {
        closed = true;
        layer.close();
    }

    @SuppressWarnings("unchecked") // A view is kept under its model's class.
    private <T> @Nullable TableView<T> known(Model<T> model, TableName table) {
        store();
        return (TableView<T>) complete.get(new ViewKey(table, model.type()));
    }

    private <T> TableView<T> keep(Model<T> model, TableShape shape) {
        TableView<T> view = new TableView<>(model, shape, layer);
        if (view.isComplete()) {
            complete.put(new ViewKey(shape.table(), model.type()), view);
        }
        return view;
    }
}
