package dev.korm.micrometer;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.event.CallEnd;
import dev.korm.event.PoolCall;
import dev.korm.event.PoolListener;
import dev.korm.event.SentStatement;
import dev.korm.event.StatementEnd;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Observations of what a program asks of a pool, and of what the pool sends to its stores for it, which Micrometer's bridges turn into spans of OpenTelemetry and others. No key holds a value of an item. Safe for many threads.
 *
 * <pre>{@code
 * Pool pool = Korm.pool().layer("main", …).listener(KormObservations.to(registry)).open();
 * }</pre>
 *
 * <p>Each call is one, named {@code korm.call}: a child of the observation that is current in the calling thread, such as that of an HTTP request, and current itself until the call ends. Its keys are {@code db.operation.name},
 * what is asked for, such as {@code get} or {@code create}; {@code db.collection.name}, the collection as {@code namespace:kind}; {@code korm.layer}; and {@code error.type}, the class of what it has thrown. A call that is about
 * several collections, such as a transaction, has {@code several} in their place.
 *
 * <p>Each statement is one, named {@code korm.statement}, and a child of its call, also where another thread of the pool's sends it: it begins when the call of the driver does, and ends with the last row that is read. Rows that
 * are read one by one, as by a stream, keep it open meanwhile, also when its call has ended. Its keys are {@code korm.layer}; {@code db.operation.name}, the first word of the statement; {@code error.type}, the class and code of
 * what it ended with; and, of high cardinality, {@code db.query.text}, the statement with a placeholder for each value, and {@code db.response.returned_rows}, how many it answered or changed, where somebody counted.
 *
 * <p>Where nothing has failed, {@code error.type} is {@code none}, since the meters that are made of observations need the same keys each time.
 */
public final class KormObservations implements PoolListener {
    /** The name of the observations of calls. */
    public static final String CALL = "korm.call";

    /** The name of the observations of statements. */
    public static final String STATEMENT = "korm.statement";

    private static final String OPERATION = "db.operation.name";
    private static final String LAYER = "korm.layer";
    private static final String ERROR = "error.type";
    private static final String SEVERAL = "several";

    /** A program that writes constants into its statements has them all differ; those above are put together each time. */
    private static final int MOST_SHAPES = 2_000;

    private final ObservationRegistry registry;
    private final KeyValues keys;
    private final Map<PoolCall, Shape> calls = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Shape>> statements = new ConcurrentHashMap<>();

    /** The name and keys that all observations of one call, or of one statement, have in common. */
    private record Shape(String label, KeyValues low, KeyValues high) {}

    private KormObservations(ObservationRegistry registry, KeyValues keys) {
        this.registry = registry;
        this.keys = keys.and(ERROR, "none");
    }

    /**
     * Returns a listener that observes by a registry. A registry that observes nothing costs nothing.
     *
     * @param keys of all observations, of low cardinality, such as the name of the pool where a program has several
     */
    public static KormObservations to(ObservationRegistry registry, KeyValue... keys) {
        requireNonNull(registry, "registry");
        requireNonNull(keys, "keys");
        return new KormObservations(registry, KeyValues.of(keys));
    }

    @Override
    public boolean wantsCalls() {
        return !registry.isNoop();
    }

    @Override
    public CallEnd callBegins(PoolCall call) {
        if (registry.isNoop()) {
            return CallEnd.NOBODY;
        }
        Shape known = calls.get(call);
        Observation observation = begun(CALL, known == null ? calls.computeIfAbsent(call, this::shape) : known);
        if (observation.isNoop()) {
            return CallEnd.NOBODY;
        }
        Observation.Scope scope = observation.openScope();
        return (took, failure) -> {
            scope.close();
            failure.ifPresent(name -> failed(observation, name));
            observation.stop();
        };
    }

    private Shape shape(PoolCall call) {
        String collection = call.collection().isEmpty() ? SEVERAL : call.collection();
        String layer = call.layer().isEmpty() ? SEVERAL : call.layer();
        return new Shape(
                call.operation() + " " + collection,
                keys.and(OPERATION, call.operation(), "db.collection.name", collection, LAYER, layer),
                KeyValues.empty());
    }

    @Override
    public <T extends @Nullable Object> Supplier<T> carried(Supplier<T> work) {
        requireNonNull(work, "work");
        Observation current = registry.isNoop() ? null : registry.getCurrentObservation();
        if (current == null) {
            return work;
        }
        return () -> {
            // The calling thread does some of it itself.
            if (current.equals(registry.getCurrentObservation())) {
                return work.get();
            }
            Observation.Scope scope = current.openScope();
            try {
                return work.get();
            } finally {
                scope.close();
            }
        };
    }

    @Override
    public boolean wantsStatements() {
        return !registry.isNoop();
    }

    @Override
    public StatementEnd statementBegins(String layer, String text) {
        if (registry.isNoop()) {
            return StatementEnd.NOBODY;
        }
        Observation observation = begun(STATEMENT, shape(layer, text));
        return observation.isNoop() ? StatementEnd.NOBODY : statement -> end(observation, statement);
    }

    private Shape shape(String layer, String text) {
        Map<String, Shape> ofLayer = statements.get(layer);
        if (ofLayer == null) {
            ofLayer = statements.computeIfAbsent(layer, any -> new ConcurrentHashMap<>());
        }
        Shape known = ofLayer.get(text);
        if (known == null) {
            String operation = operation(text);
            known = new Shape(
                    operation + " " + layer,
                    keys.and(LAYER, layer, OPERATION, operation),
                    KeyValues.of("db.query.text", text));
            if (ofLayer.size() < MOST_SHAPES) {
                ofLayer.put(text, known);
            }
        }
        return known;
    }

    private Observation begun(String name, Shape shape) {
        Observation observation = Observation.createNotStarted(name, registry);
        return observation.isNoop()
                ? observation
                : observation
                        .contextualName(shape.label())
                        .lowCardinalityKeyValues(shape.low())
                        .highCardinalityKeyValues(shape.high())
                        .start();
    }

    private static void end(Observation observation, SentStatement statement) {
        if (statement.rows() >= 0) {
            observation.highCardinalityKeyValue("db.response.returned_rows", Long.toString(statement.rows()));
        }
        statement.failure().ifPresent(failure -> failed(observation, failure));
        observation.stop();
    }

    private static void failed(Observation observation, String failure) {
        observation.lowCardinalityKeyValue(ERROR, failure);
        observation.error(new Failure(failure));
    }

    /** Returns the first word of a statement. */
    private static String operation(String text) {
        int end = 0;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        return end == 0 ? "other" : text.substring(0, end);
    }

    /** The failure of a statement or a call, without a message that may quote a row. */
    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failure(String failure) {
            super(failure, null, false, false);
        }
    }
}
