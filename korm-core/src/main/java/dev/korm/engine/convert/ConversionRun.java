package dev.korm.engine.convert;

import dev.korm.ConfigurationException;
import dev.korm.DuplicateException;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.observe.SchemaLog;
import dev.korm.schema.ConversionException;
import dev.korm.schema.ConversionProgress;
import dev.korm.schema.ConversionProgress.Step;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * One conversion. For one thread, once.
 *
 * <p><b>Steps.</b>
 *
 * <ol>
 *   <li>Each value is converted, and the result thrown away: when one cannot be, nothing was written.
 *   <li>Two hidden columns are added: one of the kind that the field needs, and one for the revision at which a row was converted. Nobody reads either.
 *   <li>All rows are gone through in the order of ids, a batch at a time, and their converted values written into the hidden column, each at the
 *       revision that was read. No data changes, so the revision stays. Then again, for what others have changed meanwhile, until a pass finds nothing.
 *   <li>In one step, in which nobody else writes, the layer makes sure that each row was converted at the revision that it has, and puts the
 *       hidden column in the place of the old one ({@link dev.korm.spi.Layer#exchange}). Where one was not, there is another pass.
 *   <li>The indexes of the field are made anew.
 * </ol>
 *
 * <p><b>What holds.</b> Before the fourth step everybody sees the old values, behind it the converted ones. Whoever is killed before it leaves hidden columns, and
 * the next run goes through all rows again, since its function may be another. Whoever is killed behind it leaves indexes to be made, which the next run or write does.
 */
final class ConversionRun<T> {
    private static final int CHUNK = 500;
    private static final int MOST_PASSES = 50;
    private static final int MOST_NAMED = 100;
    private static final int SHOWN = 5;

    private static final Operand REVISION = new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER);

    private final ConvertedField<T, ?> field;
    private final CollectionHandle<T> home;
    private final OpenLayer layer;
    private final TableName table;
    private final Consumer<ConversionProgress> listener;
    private final ColumnSchema old;
    private final ColumnSchema converted;
    private final ColumnSchema seen;

    private long failed;
    private final List<Rn<?>> failures = new ArrayList<>();
    private String reason = "";
    private long total;
    private long done;

    ConversionRun(ConvertedField<T, ?> field, CollectionHandle<T> home, Consumer<ConversionProgress> listener) {
        this.field = field;
        this.home = home;
        this.layer = home.layer();
        this.table = home.table();
        this.listener = listener;
        String name = field.column().name();
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        // For each field its own, so that two of them can be converted at once.
        String mark = Long.toHexString(crc.getValue()) + "__";
        this.old = new ColumnSchema(name, field.kindBefore());
        this.converted = new ColumnSchema(
                ColumnSchema.OWN_PREFIX + "new_" + mark, field.column().kind());
        this.seen = new ColumnSchema(ColumnSchema.OWN_PREFIX + "seen_" + mark, ColumnKind.INTEGER);
    }

    long run() {
        TableSchema actual = layer.schema(table).orElse(null);
        ColumnSchema there = actual == null ? null : actual.column(old.name()).orElse(null);
        if (actual == null || there == null) {
            return 0;
        }
        if (there.kind() != field.column().kind()) {
            convert(actual, there);
        }
        layer.prepare(home.model(), table, progress -> {});
        return done;
    }

    private void convert(TableSchema actual, ColumnSchema there) {
        if (there.kind() != old.kind()) {
            throw new SchemaException(what() + " cannot be converted: its column is " + there.kind() + ", but "
                    + field.typeBefore() + " is kept as " + old.kind()
                    + ". Name the type that the field had as the second argument of convert(…)");
        }
        if (!layer.store().capabilities().has(Capabilities.Feature.COLUMN_EXCHANGE)) {
            throw new ConfigurationException(what() + " cannot be converted, since the layer cannot put a column in the"
                    + " place of another. Give the new field another name, and set it item by item");
        }
        requireAlone(actual);
        requireAlone(home.model().wanted(table, null));
        total = count();
        check();
        SchemaLog.converts(layer.layer(), table, old.name(), total);
        layer.store()
                .evolve(
                        new TableSchema(
                                table,
                                List.of(
                                        new ColumnSchema(table.key(), ColumnKind.ID),
                                        new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER),
                                        converted,
                                        seen),
                                List.of()),
                        Set.of(converted.name()));
        try {
            passes();
        } catch (SchemaMovedException moved) {
            throw new StoreBusyException(
                    layer.layer(),
                    what() + " was not converted, since another program changed the table meanwhile. Try again",
                    StoreException.Outcome.NOT_APPLIED,
                    moved);
        } finally {
            layer.forget(table);
        }
        SchemaLog.converted(layer.layer(), table, old.name(), done);
    }

    private String what() {
        return "The field " + old.name() + " of " + home.collection() + " in the layer \"" + layer.layer() + "\"";
    }

    private void requireAlone(TableSchema schema) {
        for (FingerprintKey key : FingerprintKey.in(schema)) {
            if (key.isOf(old.name()) && key.columns().size() > 1) {
                throw new SchemaException(what() + " cannot be converted: it is unique together with others, as " + key
                        + ". Give the new field another name, and set it item by item");
            }
        }
    }

    private void check() {
        String last = "";
        long checked = 0;
        do {
            List<Output> outputs = List.of(new Output.Value(ItemIds.operand()), new Output.Value(operand(old)));
            String reached = "";
            try (RowCursor row = layer.allRows().select(page(outputs, last))) {
                while (row.next()) {
                    reached = String.valueOf(row.get(0));
                    Object stored = row.get(1);
                    if (stored != null) {
                        checked++;
                        tryOne(reached, stored);
                    }
                }
            }
            last = reached;
            tell(Step.CHECK, checked);
        } while (!last.isEmpty());
        refuse();
    }

    private @Nullable Object tryOne(String id, Object stored) {
        try {
            return field.converted(table, stored);
        } catch (ConvertedField.UnfitException unfit) {
            failed++;
            if (failures.size() < MOST_NAMED) {
                failures.add(home.collection().item(id));
            }
            reason = reason.isEmpty() ? String.valueOf(unfit.getMessage()) : reason;
            return null;
        }
    }

    private void refuse() {
        if (failed > 0) {
            List<Rn<?>> shown = failures.subList(0, Math.min(SHOWN, failures.size()));
            throw new ConversionException(
                    what() + " was not converted, and nothing was changed: " + failed
                            + (failed == 1 ? " value" : " values") + " cannot be, of " + shown
                            + (failed > shown.size() ? " and others" : "") + "; of the first, " + reason
                            + ". Correct them by the record with the old type, or have the function take them",
                    failed,
                    failures);
        }
    }

    private void passes() {
        boolean all = true;
        for (int pass = 0; pass < MOST_PASSES; pass++) {
            long written = pass(all);
            all = false;
            if (written > 0 && pass > 0) {
                continue;
            }
            requireDifferent();
            if (layer.store().exchange(new ColumnExchange(table, old.name(), converted.name(), seen.name()))) {
                return;
            }
        }
        throw new StoreBusyException(
                layer.layer(),
                what()
                        + " was not converted, since others change its items faster than they are converted. Try again when"
                        + " they change less",
                StoreException.Outcome.NOT_APPLIED,
                null);
    }

    /**
     * Goes through all rows once.
     *
     * @param all whether also those are converted that seem to be, as by an earlier run
     * @return how many were
     */
    private long pass(boolean all) {
        List<Output> outputs = List.of(
                new Output.Value(ItemIds.operand()),
                new Output.Value(REVISION),
                new Output.Value(operand(old)),
                new Output.Value(operand(seen)));
        List<ColumnSchema> columns = List.of(converted, seen, new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER));
        long written = 0;
        long passed = 0;
        String last = "";
        do {
            home.pool().lifecycle().requireOpen();
            List<Mutation> updates = new ArrayList<>();
            String reached = "";
            try (RowCursor row = layer.allRows().select(page(outputs, last))) {
                while (row.next()) {
                    reached = String.valueOf(row.get(0));
                    Object stored = row.get(2);
                    passed += stored == null ? 0 : 1;
                    long revision = row.get(1) instanceof Number number ? number.longValue() : 0;
                    boolean isDone = row.get(3) instanceof Number at && at.longValue() == revision;
                    boolean isNone = stored == null && row.get(3) == null;
                    if (isNone || (isDone && !all)) {
                        continue;
                    }
                    Object value = stored == null ? null : tryOne(reached, stored);
                    updates.add(new Mutation.Update(
                            table, reached, OptionalLong.of(revision), columns, Row.of(value, revision, revision)));
                }
            }
            refuse();
            written += updates.size();
            applyWhatStillFits(updates);
            last = reached;
            if (all) {
                done = passed;
            }
            tell(Step.CONVERT, passed);
        } while (!last.isEmpty());
        done = passed;
        return written;
    }

    /** Applies changes, but for those of rows that were changed or deleted meanwhile, which the next pass sees as they are. */
    private void applyWhatStillFits(List<Mutation> updates) {
        List<Mutation> left = new ArrayList<>(updates);
        while (!left.isEmpty() && layer.applyPass(Batch.of(left)) instanceof BatchResult.Refused refused) {
            left.remove(refused.mutation());
        }
    }

    /** Makes sure that a field that is unique has no value twice. */
    private void requireDifferent() {
        boolean unique =
                FingerprintKey.in(home.model().wanted(table, null)).stream().anyMatch(key -> key.isOf(old.name()));
        if (!unique) {
            return;
        }
        Output value = new Output.Value(operand(converted));
        Selection most = new Selection(
                table,
                List.of(),
                List.of(value, new Output.Count()),
                new Condition.Not(new Condition.IsNull(operand(converted))),
                List.of(operand(converted)),
                List.of(new SortKey(new Output.Count(), SortKey.Direction.DESCENDING, SortKey.Nulls.LAST)),
                OptionalLong.of(1));
        Object same = null;
        try (RowCursor row = layer.allRows().select(most)) {
            if (row.next() && row.get(1) instanceof Number rows && rows.longValue() > 1) {
                same = row.get(0);
            }
        }
        if (same != null) {
            List<Rn<?>> holders = holders(same);
            throw new DuplicateException(
                    what() + " was not converted: it must be unique, and items would get one value, among them "
                            + holders + ". Change or delete all but one, then try again",
                    List.of(old.name()),
                    holders.stream().findFirst());
        }
    }

    private List<Rn<?>> holders(Object value) {
        List<Rn<?>> holders = new ArrayList<>();
        Selection some = new Selection(
                table,
                List.of(),
                List.of(new Output.Value(ItemIds.operand())),
                new Condition.Compare(operand(converted), Condition.Comparison.EQUAL, value),
                List.of(),
                List.of(),
                OptionalLong.of(2));
        try (RowCursor row = layer.allRows().select(some)) {
            while (row.next()) {
                holders.add(home.collection().item(String.valueOf(row.get(0))));
            }
        }
        return holders;
    }

    private long count() {
        Selection filled = new Selection(
                table,
                List.of(),
                List.of(new Output.Count()),
                new Condition.Not(new Condition.IsNull(operand(old))),
                List.of(),
                List.of(),
                OptionalLong.empty());
        try (RowCursor row = layer.allRows().select(filled)) {
            return row.next() && row.get(0) instanceof Number rows ? rows.longValue() : 0;
        }
    }

    private void tell(Step step, long items) {
        listener.accept(new ConversionProgress(home.collection(), old.name(), step, items, Math.max(items, total)));
    }

    private Selection page(List<Output> outputs, String last) {
        Condition where = last.isEmpty()
                ? Condition.ALWAYS
                : new Condition.Compare(ItemIds.operand(), Condition.Comparison.GREATER, last);
        SortKey byId =
                new SortKey(new Output.Value(ItemIds.operand()), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST);
        return new Selection(table, List.of(), outputs, where, List.of(), List.of(byId), OptionalLong.of(CHUNK));
    }

    private static Operand operand(ColumnSchema column) {
        return new Operand.Column(0, column.name(), column.kind());
    }
}
