package dev.korm.engine.backup;

import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.SystemTable;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Condition.Comparison;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code __korm_backups__} of the layer with the metadata (korm-format, section 13): a row for each schedule. Times are milliseconds since 1970. The last columns are ours; the
 * original leaves them empty.
 *
 * <p>A row is run by whoever claims it, by compare-and-set, for as long as the claim lasts or is renewed; only the one whose claim it is writes how it went.
 */
final class ScheduleTable {
    private static final ColumnSchema LAYER = new ColumnSchema("layer_ident", ColumnKind.TEXT);
    private static final ColumnSchema SPEC = new ColumnSchema("interval_spec", ColumnKind.JSON);
    private static final ColumnSchema NEXT = number("next_run_at");
    private static final ColumnSchema LAST = number("last_run_at");
    private static final ColumnSchema CREATED = number("created_at");
    private static final ColumnSchema UPDATED = number("updated_at");
    private static final ColumnSchema RETRY = number("retry_at");
    private static final ColumnSchema FAILURES = number("failures");
    private static final ColumnSchema ERROR = new ColumnSchema("last_error", ColumnKind.TEXT);
    private static final ColumnSchema CLAIM = new ColumnSchema("claimed_by", ColumnKind.TEXT);
    private static final ColumnSchema UNTIL = number("claimed_until");
    private static final SystemTable TABLE = new SystemTable(
            TableName.own("__korm_backups__", "schedule_id"),
            List.of(LAYER, SPEC, NEXT, LAST, CREATED, UPDATED, RETRY, FAILURES, ERROR, CLAIM, UNTIL));

    private final OpenLayer layer;
    /** The columns as they are: the original has made some of another kind. */
    private final Map<String, ColumnSchema> columns = new LinkedHashMap<>();

    ScheduleTable(OpenLayer layer) {
        this.layer = layer;
    }

    private static ColumnSchema number(String name) {
        return new ColumnSchema(name, ColumnKind.INTEGER);
    }

    /**
     * A row.
     *
     * @param last 0: never
     * @param retry 0: nothing has failed
     * @param until 0: nobody has claimed it
     */
    record State(
            String id,
            String layer,
            long next,
            long last,
            long retry,
            long failures,
            @Nullable String error,
            @Nullable String claim,
            long until) {
        /** Returns when it is to be run. */
        long due() {
            return Math.max(next, retry);
        }

        private static State of(RowCursor row) {
            return new State(
                    String.valueOf(row.get(0)),
                    String.valueOf(row.get(1)),
                    whole(row.get(3)),
                    whole(row.get(4)),
                    whole(row.get(7)),
                    whole(row.get(8)),
                    text(row.get(9)),
                    text(row.get(10)),
                    whole(row.get(11)));
        }

        private static long whole(@Nullable Object value) {
            return value instanceof Number number ? number.longValue() : 0;
        }

        private static @Nullable String text(@Nullable Object value) {
            return value instanceof String text ? text : null;
        }
    }

    /** Makes the table, and the rows that are missing; those that are there keep their times. */
    void make(List<PlannedBackups.Planned> planned, ToLongFunction<PlannedBackups.Planned> first, long now) {
        TABLE.make(layer);
        layer.store().describe(TABLE.name()).ifPresent(schema -> schema.columns()
                .forEach(column -> columns.put(column.name(), column)));
        Map<String, State> there = rows();
        for (PlannedBackups.Planned each : planned) {
            if (!there.containsKey(each.id())) {
                // Refused when another program was faster, whose row serves as well.
                layer.store()
                        .apply(Batch.of(List.of(new Mutation.Insert(
                                TABLE.name(),
                                each.id(),
                                actual(LAYER, SPEC, NEXT, CREATED, UPDATED),
                                Row.of(
                                        each.layer(),
                                        each.schedule().spec().toJson(),
                                        first.applyAsLong(each),
                                        now,
                                        now)))));
            }
        }
    }

    private List<ColumnSchema> actual(ColumnSchema... wanted) {
        return Arrays.stream(wanted)
                .map(column -> columns.getOrDefault(column.name(), column))
                .toList();
    }

    /** Returns all rows by id. */
    Map<String, State> rows() {
        Map<String, State> rows = new LinkedHashMap<>();
        TABLE.rows(layer, Condition.ALWAYS, OptionalLong.empty(), State::of).forEach(row -> rows.put(row.id(), row));
        return rows;
    }

    /** Claims a row that nobody has claimed and that is still due as it was seen; false when it is not. */
    boolean claim(State seen, String claim, long now, long until) {
        Condition free = new Condition.Or(List.of(
                new Condition.IsNull(operand(UNTIL)),
                new Condition.Compare(operand(UNTIL), Comparison.LESS_OR_EQUAL, now)));
        Condition same = new Condition.Compare(operand(NEXT), Comparison.EQUAL, seen.next());
        return update(
                new Condition.And(List.of(id(seen.id()), same, free)),
                actual(CLAIM, UNTIL, UPDATED),
                Row.of(claim, until, now));
    }

    /** Has a claim last longer; false when it is somebody else's by now. */
    boolean renew(String id, String claim, long now, long until) {
        return update(claimed(id, claim), actual(UNTIL, UPDATED), Row.of(until, now));
    }

    /** Gives a claim back. */
    boolean release(String id, String claim, long now) {
        return update(claimed(id, claim), actual(UNTIL, UPDATED), Row.of(0L, now));
    }

    /** Notes that it was run. */
    boolean succeeded(String id, String claim, long next, long now) {
        return update(
                claimed(id, claim),
                actual(NEXT, LAST, RETRY, FAILURES, ERROR, UNTIL, UPDATED),
                Row.of(next, now, 0L, 0L, "", 0L, now));
    }

    /** Notes that it failed: it stays due, and is tried again later. */
    boolean failed(String id, String claim, long retry, long failures, String error, long now) {
        return update(
                claimed(id, claim),
                actual(RETRY, FAILURES, ERROR, UNTIL, UPDATED),
                Row.of(retry, failures, error, 0L, now));
    }

    private static Condition claimed(String id, String claim) {
        return new Condition.And(List.of(id(id), new Condition.Compare(operand(CLAIM), Comparison.EQUAL, claim)));
    }

    private static Condition id(String id) {
        return new Condition.Compare(TABLE.key(), Comparison.EQUAL, id);
    }

    private static Operand operand(ColumnSchema column) {
        return new Operand.Column(0, column.name(), column.kind());
    }

    private boolean update(Condition where, List<ColumnSchema> changed, Row values) {
        Selection rows =
                new Selection(TABLE.name(), List.of(), List.of(), where, List.of(), List.of(), OptionalLong.empty());
        BatchResult result = layer.store().apply(Batch.of(List.of(new Mutation.UpdateSelected(rows, changed, values))));
        return result instanceof BatchResult.Applied applied && applied.rows().get(0) > 0;
    }
}
