package dev.korm.spi;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A row that decides, in the store itself, whether a transaction takes effect there. A batch inserts its marker before its mutations,
 * and in the same transaction; whoever wants to be sure that a batch never will be applied inserts the same id as {@link
 * State#FORBIDDEN}. So a second attempt, a first one that comes late, and a recovery that forbids it all meet on one key: the store
 * lets one of them through, and tells the others which it was.
 *
 * @param id the transaction's id, unique for ever
 * @param pool the id of the pool that wrote it
 * @param time when the transaction began, or was forbidden
 * @param state which of the two it says
 * @param layers the names of all layers that it changes, the one that decides first; none where it changes one
 */
public record TransactionMarker(String id, String pool, Instant time, State state, List<String> layers) {
    /**
     * The table of markers: {@code id} TEXT, {@code pool} TEXT, {@code time} INTEGER in milliseconds since 1970, {@code state}
     * TEXT, {@code applied} or {@code forbidden}; null means {@code applied}. {@code layers} TEXT, names in the encoding of forms with commas between
     * them; null means one.
     */
    public static final TableName TABLE = TableName.own("__korm_tx__", "id");

    /** The table as layers make it. */
    public static final TableSchema SCHEMA = new TableSchema(
            TABLE,
            List.of(
                    new ColumnSchema(TABLE.key(), ColumnKind.ID),
                    new ColumnSchema("pool", ColumnKind.TEXT),
                    new ColumnSchema("time", ColumnKind.INTEGER),
                    new ColumnSchema("state", ColumnKind.TEXT),
                    new ColumnSchema("layers", ColumnKind.TEXT)),
            List.of());

    /**
     * The beginning of the ids of rows that are markers of no transaction: each was left in the transaction that deleted markers of changes of several layers. Where two looks at the table find the
     * same of them, no such marker has gone in between.
     */
    public static final String SWEPT = "swept-";

    private static final List<ColumnSchema> COLUMNS = SCHEMA.columns().subList(1, 5);

    /** The state of a transaction that its marker proves. */
    public enum State {
        /** It was applied, in the transaction that inserted the marker. */
        APPLIED("applied"),
        /** It was not applied, and never will be. */
        FORBIDDEN("forbidden");

        private final String stored;

        State(String stored) {
            this.stored = stored;
        }

        /** Returns the state as the column {@code state} holds it. */
        public String stored() {
            return stored;
        }

        /** Returns the state that a value of the column stands for. */
        public static State of(@Nullable Object stored) {
            return FORBIDDEN.stored.equals(stored) ? FORBIDDEN : APPLIED;
        }
    }

    public TransactionMarker {
        layers = List.copyOf(layers);
    }

    /** Creates the marker of a batch of one layer that is to be applied. */
    public TransactionMarker(String id, String pool, Instant time) {
        this(id, pool, time, State.APPLIED, List.of());
    }

    /** Creates the marker of a batch that is to be applied, as a part of a change of several layers. */
    public TransactionMarker(String id, String pool, Instant time, List<String> layers) {
        this(id, pool, time, State.APPLIED, layers);
    }

    /** Returns the layers that a value of the column {@code layers} stands for. */
    public static List<String> layers(@Nullable Object stored) {
        if (!(stored instanceof String text) || text.isEmpty()) {
            return List.of();
        }
        return Stream.of(text.split(","))
                .map(name -> URLDecoder.decode(name, StandardCharsets.UTF_8))
                .toList();
    }

    /** Returns the marker that forbids the same transaction. */
    public TransactionMarker forbidding() {
        return new TransactionMarker(id, pool, time, State.FORBIDDEN, layers);
    }

    /** Returns the row. */
    public Mutation.Insert insert() {
        return new Mutation.Insert(
                TABLE, id, COLUMNS, Row.of(pool, time.toEpochMilli(), state.stored(), stored(layers)));
    }

    private static @Nullable String stored(List<String> layers) {
        return layers.isEmpty()
                ? null
                : layers.stream()
                        .map(name -> URLEncoder.encode(name, StandardCharsets.UTF_8))
                        .collect(Collectors.joining(","));
    }
}
