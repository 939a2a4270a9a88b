package dev.korm.engine;

import dev.korm.DuplicateException;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.model.Fingerprint;
import dev.korm.spi.Batch;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.Condition;
import dev.korm.spi.IndexShape;
import dev.korm.spi.Mutation;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Selection;
import dev.korm.spi.SortKey;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import dev.korm.spi.FingerprintKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Gives a table what items need. A field that becomes unique is made so for the rows that are there too. */
final class Evolution {
    private static final int CHUNK = 500;

    private static final ColumnShape REVISION = new ColumnShape(TableName.REVISION, ColumnKind.INTEGER);

    private final OpenLayer layer;

    Evolution(OpenLayer layer) {
        this.layer = layer;
    }

    /**
     * The table with what is wanted added; nothing that it has is changed.
     *
     * @throws DuplicateException when rows that are there hold the same value of a field that becomes unique
     */
    TableShape evolve(TableShape wanted, Optional<TableShape> actual) {
        actual.ifPresent(there -> requireNewNames(wanted, there));
        List<FingerprintKey> becoming =
                actual.map(there -> becomingUnique(wanted, there)).orElse(List.of());
        if (becoming.isEmpty()) {
            return layer.store().evolve(wanted, Set.of());
        }
        List<IndexShape> later = wanted.indexes().stream()
                .filter(index -> index.uniqueness() == IndexShape.Uniqueness.REPEATABLE)
                .toList();
        TableShape there = layer.store().evolve(new TableShape(wanted.table(), wanted.columns(), later), Set.of());
        for (FingerprintKey key : becoming) {
            fill(there, key);
            refuseClashes(wanted.table(), key);
        }
        return layer.store().evolve(wanted, Set.of());
    }

    private void requireNewNames(TableShape wanted, TableShape actual) {
        for (ColumnShape column : wanted.columns()) {
            for (ColumnShape there : actual.columns()) {
                if (there.name().equalsIgnoreCase(column.name())
                        && !there.name().equals(column.name())
                        && !actual.has(column.name())) {
                    throw new SchemaException(
                            "The field " + column.name() + " cannot have a column in " + wanted.table()
                                    + " of the layer \"" + layer.layer() + "\": it has a column " + there.name()
                                    + ", which differs only in case, and SQLite tells no such names apart. Give the field the"
                                    + " column's name, by @Name where it is a record's, or one of its own");
                }
            }
        }
    }

    /** What has no index yet: new keys, and those that an interrupted change left behind. */
    private static List<FingerprintKey> becomingUnique(TableShape wanted, TableShape actual) {
        List<String> columns = wanted.columns().stream().map(ColumnShape::name).toList();
        List<FingerprintKey> becoming = new ArrayList<>();
        for (IndexShape index : wanted.indexes()) {
            if (!actual.hasIndex(index.name())
                    && index.uniqueness() == IndexShape.Uniqueness.UNIQUE
                    && index.parts().get(0) instanceof Operand.Column part) {
                FingerprintKey.read(part.name(), columns).ifPresent(becoming::add);
            }
        }
        return becoming;
    }

    private void fill(TableShape shape, FingerprintKey key) {
        TableName table = shape.table();
        ColumnShape hidden = key.hidden();
        List<ColumnShape> parts = key.columns().stream()
                .map(name -> shape.column(name).orElseThrow())
                .toList();
        List<Condition> unfilled = new ArrayList<>(List.of(new Condition.IsNull(operand(hidden))));
        List<Output> outputs =
                new ArrayList<>(List.of(new Output.Value(TableView.idOperand()), new Output.Value(operand(REVISION))));
        for (ColumnShape part : parts) {
            unfilled.add(new Condition.Not(new Condition.IsNull(operand(part))));
            outputs.add(new Output.Value(operand(part)));
        }
        Selection selection = select(table, outputs, new Condition.All(unfilled), List.of(), List.of(), CHUNK);
        // No data changes, so the revision stays, and whoever holds the item can go on with it.
        List<ColumnShape> columns = List.of(hidden, REVISION);
        while (true) {
            List<Mutation> updates = new ArrayList<>();
            try (RowCursor row = layer.select(selection)) {
                while (row.next()) {
                    long revision = row.get(1) instanceof Number number ? number.longValue() : 0;
                    Row values = Row.of(
                            Fingerprint.of(key, column -> {
                                int at = key.columns().indexOf(column);
                                return new Fingerprint.Part(
                                        row.get(2 + at), parts.get(at).kind());
                            }),
                            revision);
                    updates.add(new Mutation.Update(
                            table, String.valueOf(row.get(0)), OptionalLong.of(revision), columns, values));
                }
            }
            if (updates.isEmpty()) {
                return;
            }
            // A row that was changed or deleted meanwhile refuses the batch; the next round sees it as it is.
            layer.store().apply(Batch.of(updates));
        }
    }

    private void refuseClashes(TableName table, FingerprintKey key) {
        ColumnShape hidden = key.hidden();
        Output value = new Output.Value(operand(hidden));
        Selection most = select(
                table,
                List.of(value, new Output.Count()),
                new Condition.Not(new Condition.IsNull(operand(hidden))),
                List.of(operand(hidden)),
                List.of(new SortKey(new Output.Count(), SortKey.Direction.DESCENDING, SortKey.Nulls.LAST)),
                1);
        try (RowCursor row = layer.select(most)) {
            if (row.next()
                    && row.get(1) instanceof Number count
                    && count.longValue() > 1
                    && row.get(0) instanceof String same) {
                List<Rn<?>> holders = holders(table, hidden, same);
                throw new DuplicateException(
                        (key.columns().size() == 1 ? "The field " : "The fields ") + key + " of " + table
                                + " cannot become unique" + (key.columns().size() == 1 ? "" : " together")
                                + " in the layer \"" + layer.layer()
                                + "\": " + count + " items hold one value, among them " + holders
                                + ". Change or delete all but one, then try again",
                        key.columns(),
                        holders.stream().findFirst());
            }
        }
    }

    private List<Rn<?>> holders(TableName table, ColumnShape hidden, String fingerprint) {
        List<Rn<?>> holders = new ArrayList<>();
        Selection some = select(
                table,
                List.of(new Output.Value(TableView.idOperand())),
                new Condition.Compare(operand(hidden), Condition.Comparison.EQUAL, fingerprint),
                List.of(),
                List.of(),
                2);
        try (RowCursor row = layer.select(some)) {
            while (row.next()) {
                holders.add(Rn.collection(table.namespace(), table.kind()).item(String.valueOf(row.get(0))));
            }
        }
        return holders;
    }

    private static Operand operand(ColumnShape column) {
        ColumnKind kind = column.kind();
        return new Operand.Column(0, column.name(), kind);
    }

    private static Selection select(
            TableName table,
            List<Output> outputs,
            Condition where,
            List<Operand> groupBy,
            List<SortKey> order,
            int limit) {
        return new Selection(table, List.of(), outputs, where, groupBy, order, OptionalLong.of(limit));
    }
}
