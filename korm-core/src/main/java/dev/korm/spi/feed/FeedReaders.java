package dev.korm.spi.feed;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.ChangeFeed.Position;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Condition.Comparison;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The readers of a layer's change feed that are known by name: the table {@code __korm_readers__}, in which each has a row with its position. What all of them have read can be forgotten. Safe for many threads.
 */
public final class FeedReaders {
    private static final int LONGEST_NAME = 200;
    private static final int ATTEMPTS = 100;
    private static final TableName TABLE = TableName.own("__korm_readers__", "id");
    private static final ColumnSchema ID = new ColumnSchema(TABLE.key(), ColumnKind.ID);
    private static final ColumnSchema POSITION = new ColumnSchema("position", ColumnKind.TEXT);
    private static final ColumnSchema SEEN = new ColumnSchema("seen", ColumnKind.INTEGER);

    /** Grows with everybody who opens the reader. */
    private static final ColumnSchema EPOCH = new ColumnSchema("epoch", ColumnKind.INTEGER);

    private static final TableSchema SCHEMA = new TableSchema(TABLE, List.of(ID, POSITION, SEEN, EPOCH), List.of());

    private final Layer layer;
    private final Environment environment;

    private FeedReaders(Layer layer, Environment environment) {
        this.layer = layer;
        this.environment = environment;
    }

    /** Returns the readers of a layer that tells of changes. */
    public static FeedReaders of(Layer layer) {
        return of(layer, Environment.system());
    }

    /** Returns the readers of a layer that tells of changes, with the clocks of an environment. */
    public static FeedReaders of(Layer layer, Environment environment) {
        return new FeedReaders(requireNonNull(layer, "layer"), requireNonNull(environment, "environment"));
    }

    private record Kept(FeedReaderState state, long epoch) {}

    /**
     * Opens a reader where it was, or at the end of the feed where nobody has read under this name. Follow the tables before.
     *
     * @param name of 1 to 200 characters
     */
    public FeedReader open(String name) {
        requireNonNull(name, "name");
        if (name.isBlank() || name.length() > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "The name of a reader has from 1 to " + LONGEST_NAME + " characters, and not blanks alone");
        }
        layer.evolve(SCHEMA, Set.of());
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Kept> kept = kept(name);
            if (kept.isEmpty()) {
                Position begin = end();
                if (insert(name, begin)) {
                    return new FeedReader(this, name, 1, true, begin);
                }
                continue;
            }
            long epoch = kept.get().epoch() + 1;
            Position from = kept.get().state().position();
            if (update(name, kept.get().epoch(), List.of(SEEN, EPOCH), Row.of(now(), epoch))) {
                // Whoever had it may have acknowledged more before it was taken.
                Position last = kept(name).map(each -> each.state().position()).orElse(from);
                return new FeedReader(this, name, epoch, false, last);
            }
        }
        throw new IllegalStateException(
                "The reader \"" + name + "\" of the layer \"" + layer.name() + "\" was opened by others each of "
                        + ATTEMPTS + " times; let one program at a time read under a name");
    }

    /** Returns all readers, in the order of their names. */
    public List<FeedReaderState> list() {
        return rows(Condition.ALWAYS).stream()
                .map(Kept::state)
                .sorted(Comparator.comparing(FeedReaderState::name))
                .toList();
    }

    /** Forgets a reader, for whose sake nothing is kept any more; false where there is none of this name. */
    public boolean forget(String name) {
        requireNonNull(name, "name");
        try {
            BatchResult result = layer.apply(Batch.of(List.of(new Mutation.Delete(TABLE, name, OptionalLong.empty()))));
            return result instanceof BatchResult.Applied;
        } catch (SchemaMovedException none) {
            return false;
        }
    }

    /** Forgets the changes that need not be kept: those of a certain age which all readers have read that were not away for too long. */
    public void prune(FeedRetention retention) {
        requireNonNull(retention, "retention");
        Instant now = time();
        Instant away = before(now, retention.absence());
        List<Position> needed = list().stream()
                .filter(reader -> reader.seen().isAfter(away))
                .map(FeedReaderState::position)
                .toList();
        layer.forgetChanges(before(now, retention.age()), needed);
    }

    /** Returns a moment so long before; the beginning of time where it would be earlier. */
    private static Instant before(Instant now, Duration length) {
        return length.compareTo(Duration.between(Instant.EPOCH, now)) > 0 ? Instant.EPOCH : now.minus(length);
    }

    long nanoTime() {
        return environment.nanoTime();
    }

    String layer() {
        return layer.name();
    }

    ChangeFeed changes(Position from) {
        return layer.changes(Optional.of(from));
    }

    /** Keeps a position; false where somebody else has taken over the reader. */
    boolean keep(String name, long epoch, Position position) {
        try {
            return update(name, epoch, List.of(POSITION, SEEN), Row.of(position.text(), now()));
        } catch (SchemaMovedException gone) {
            return false;
        }
    }

    private Position end() {
        try (ChangeFeed feed = layer.changes(Optional.empty())) {
            return feed.position();
        }
    }

    private long now() {
        return time().toEpochMilli();
    }

    private Instant time() {
        return layer.capabilities().has(Feature.FENCES)
                ? layer.time()
                : environment.clock().instant();
    }

    private boolean insert(String name, Position begin) {
        Row row = Row.of(begin.text(), now(), 1L);
        Mutation insert = new Mutation.Insert(TABLE, name, List.of(POSITION, SEEN, EPOCH), row);
        return layer.apply(Batch.of(List.of(insert))) instanceof BatchResult.Applied;
    }

    private boolean update(String name, long epoch, List<ColumnSchema> columns, Row values) {
        Condition mine =
                new Condition.And(List.of(is(name), new Condition.Compare(operand(EPOCH), Comparison.EQUAL, epoch)));
        Selection rows = new Selection(TABLE, List.of(), List.of(), mine, List.of(), List.of(), OptionalLong.empty());
        BatchResult result = layer.apply(Batch.of(List.of(new Mutation.UpdateSelected(rows, columns, values))));
        return result instanceof BatchResult.Applied applied && applied.rows().get(0) > 0;
    }

    private static Condition is(String name) {
        return new Condition.Compare(operand(ID), Comparison.EQUAL, name);
    }

    private static Operand operand(ColumnSchema column) {
        return new Operand.Column(0, column.name(), column.kind());
    }

    private Optional<Kept> kept(String name) {
        return rows(is(name)).stream().findFirst();
    }

    private List<Kept> rows(Condition where) {
        List<Kept> found = new ArrayList<>();
        List<Output> outputs = SCHEMA.columns().stream()
                .<Output>map(column -> new Output.Value(operand(column)))
                .toList();
        Selection all = new Selection(TABLE, List.of(), outputs, where, List.of(), List.of(), OptionalLong.empty());
        try (RowCursor row = layer.select(all)) {
            while (row.next()) {
                found.add(new Kept(
                        new FeedReaderState(
                                String.valueOf(row.get(0)),
                                new Position(String.valueOf(row.get(1))),
                                Instant.ofEpochMilli(whole(row.get(2)))),
                        whole(row.get(3))));
            }
        } catch (SchemaMovedException none) {
            if (layer.describe(TABLE).isPresent()) {
                throw none;
            }
        }
        return found;
    }

    private static long whole(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
