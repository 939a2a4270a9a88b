package dev.korm.micrometer;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.event.PoolListener;
import dev.korm.event.SentStatement;
import dev.korm.event.StatementEnd;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;

/**
 * Observations of what a pool sends to its stores, which Micrometer's bridges turn into spans of OpenTelemetry and others. Each statement is one, named {@code korm.statement}: it begins when the call of the driver does, is a
 * child of the observation that is current in the calling thread, such as that of an HTTP request, and ends with the last row that is read. Rows that are read one by one, as by a stream, keep it open meanwhile. No key holds
 * a value of an item. Safe for many threads.
 *
 * <pre>{@code
 * Pool pool = Korm.pool().layer("main", …).listener(KormObservations.to(registry)).open();
 * }</pre>
 *
 * <p>Its keys are {@code korm.layer}, {@code korm.operation}, the first word of the statement, and {@code error}, the class and code of what it ended with, or {@code none}; and, of high cardinality,
 * {@code db.query.text}, the statement with a placeholder for each value, and {@code korm.rows}, how many it answered or changed, where somebody counted.
 */
public final class KormObservations implements PoolListener {
    /** The name of the observations of statements. */
    public static final String STATEMENT = "korm.statement";

    private static final KeyValue NO_ERROR = KeyValue.of("error", "none");

    private final ObservationRegistry registry;
    private final KeyValues keys;

    private KormObservations(ObservationRegistry registry, KeyValues keys) {
        this.registry = registry;
        this.keys = keys;
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
    public boolean wantsStatements() {
        return !registry.isNoop();
    }

    @Override
    public StatementEnd statementBegins(String layer, String text) {
        if (registry.isNoop()) {
            return StatementEnd.NOBODY;
        }
        String operation = operation(text);
        Observation observation = Observation.createNotStarted(STATEMENT, registry)
                .contextualName(operation + " " + layer)
                .lowCardinalityKeyValues(keys.and("korm.layer", layer, "korm.operation", operation))
                .lowCardinalityKeyValue(NO_ERROR)
                .highCardinalityKeyValue("db.query.text", text)
                .start();
        return statement -> end(observation, statement);
    }

    private static void end(Observation observation, SentStatement statement) {
        if (statement.rows() >= 0) {
            observation.highCardinalityKeyValue("korm.rows", Long.toString(statement.rows()));
        }
        statement.failure().ifPresent(failure -> {
            observation.lowCardinalityKeyValue("error", failure);
            observation.error(new FailedStatement(failure));
        });
        observation.stop();
    }

    /** Returns the first word of a statement. */
    private static String operation(String text) {
        int end = 0;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        return end == 0 ? "other" : text.substring(0, end);
    }

    /** The failure of a statement, without the message of the driver's, which may quote a row. */
    private static final class FailedStatement extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FailedStatement(String failure) {
            super(failure, null, false, false);
        }
    }
}
