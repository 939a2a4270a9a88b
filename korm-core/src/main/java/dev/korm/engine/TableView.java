package dev.korm.engine;

import dev.korm.Rn;
import dev.korm.ValueException;
import dev.korm.crypto.Seals;
import dev.korm.model.Decoder;
import dev.korm.model.Model;
import dev.korm.spi.Capabilities;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Condition;
import dev.korm.spi.FingerprintKey;
import dev.korm.spi.IndexShape;
import dev.korm.spi.Join;
import dev.korm.spi.Layer;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Selection;
import dev.korm.spi.SortKey;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** How items of a type are read from a table as it is. Immutable, kept and shared. */
final class TableView<T> {
    private static final int ID = 0;

    private final Model<T> model;
    private final TableShape shape;
    private final Decoder<T> decoder;
    private final List<Output> outputs;
    private final boolean revised;
    private final CompiledSelection byId;
    private volatile @Nullable Inserted inserted;

    private record Inserted(List<ColumnShape> columns, List<ColumnShape> withRevision) {}

    TableView(Model<T> model, TableShape shape, Layer layer) {
        this.model = model;
        this.shape = shape;
        this.decoder = model.decoder(shape);
        this.revised = shape.has(TableName.REVISION);
        this.outputs = outputs(decoder.columns(), revised);
        this.byId = layer.compile(selection(
                List.of(),
                new Condition.Compare(
                        ItemIds.operand(), Condition.Comparison.EQUAL, new Condition.Parameter(0, ColumnKind.ID)),
                List.of(),
                OptionalLong.empty()));
    }

    private static List<Output> outputs(List<ColumnShape> columns, boolean revised) {
        List<Output> outputs = new ArrayList<>(columns.size() + 2);
        outputs.add(new Output.Value(ItemIds.operand()));
        if (revised) {
            outputs.add(new Output.Value(new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER)));
        }
        for (ColumnShape column : columns) {
            outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
        }
        return List.copyOf(outputs);
    }

    /** Whether a table has the columns and indexes of another. */
    static boolean has(TableShape actual, TableShape wanted) {
        for (ColumnShape column : wanted.columns()) {
            if (!actual.has(column.name())) {
                return false;
            }
        }
        return wanted.indexes().stream().allMatch(index -> actual.hasIndex(index.name()));
    }

    /** Whether a table has all that is needed to write items: what sealed values are found by may be made later. */
    static boolean isWritable(TableShape actual, TableShape wanted) {
        List<IndexShape> needed = wanted.indexes().stream()
                .filter(index -> !Evolution.isSearch(index))
                .toList();
        return has(actual, new TableShape(wanted.table(), wanted.columns(), needed));
    }

    /** A table as items want it, with the hidden columns that its layer writes beside theirs. */
    static TableShape hiddenToo(TableShape wanted, Layer layer) {
        List<ColumnShape> columns = new ArrayList<>(wanted.columns());
        columns.removeIf(column -> column.name().equals(TableName.TOKEN));
        if (layer.capabilities().has(Capabilities.Feature.TOKENS)) {
            columns.add(new ColumnShape(TableName.TOKEN, ColumnKind.INTEGER));
        }
        return new TableShape(wanted.table(), columns, wanted.indexes());
    }

    Model<T> model() {
        return model;
    }

    TableShape shape() {
        return shape;
    }

    /** Whether the table has revisions. */
    boolean isRevised() {
        return revised;
    }

    /** Whether there is nothing that the table would have to gain for items of this type. */
    boolean isComplete() {
        return !model.root().isDynamic() && revised && has(shape, model.wanted(shape.table(), null));
    }

    /** A selection of items. */
    Selection selection(List<Join> joins, Condition where, List<SortKey> order, OptionalLong limit) {
        return new Selection(shape.table(), joins, outputs, where, List.of(), order, limit);
    }

    /** A selection of items with further outputs behind the items' own. */
    Selection selection(
            List<Join> joins, List<Output> further, Condition where, List<SortKey> order, OptionalLong limit) {
        List<Output> all = new ArrayList<>(outputs);
        all.addAll(further);
        return new Selection(shape.table(), joins, all, where, List.of(), order, limit);
    }

    /** The columns of an insert; one list for each list that is given, so that rows of one shape are known by it. */
    List<ColumnShape> withRevision(List<ColumnShape> columns) {
        Inserted last = inserted;
        if (last == null || last.columns() != columns) {
            List<ColumnShape> longer = new ArrayList<>(columns);
            longer.add(new ColumnShape(TableName.REVISION, ColumnKind.INTEGER));
            last = new Inserted(columns, List.copyOf(longer));
            inserted = last;
        }
        return last.withRevision();
    }

    /** The fields that an index is of. */
    List<String> fieldsOf(String index) {
        return fieldsOf(shape, index);
    }

    static List<String> fieldsOf(TableShape shape, String index) {
        List<String> fields = new ArrayList<>();
        for (IndexShape known : shape.indexes()) {
            if (known.name().equals(index)) {
                known.parts().forEach(part -> fields.addAll(fields(shape, part)));
            }
        }
        return fields.isEmpty() ? List.of(index) : fields;
    }

    private static List<String> fields(TableShape shape, Operand part) {
        if (part instanceof Operand.Column column) {
            return FingerprintKey.columns(column.name(), shape);
        }
        return List.of(part.kind().toString());
    }

    /** How many outputs an item has. */
    int width() {
        return outputs.size();
    }

    /** The row of an id. */
    RowCursor byId(String id) {
        return byId.select(id);
    }

    /** Returns the id of the row at hand. */
    String id(RowCursor row, String layer) {
        if (row.get(ID) instanceof String id) {
            return id;
        }
        throw new ValueException("A row of " + shape.table() + " in the layer \"" + layer
                + "\" has an id that is no text; another program wrote it, and it has to be mended there");
    }

    /** Returns the revision of the row at hand; 0 where the table has none. */
    long revision(RowCursor row) {
        return revised ? number(row.get(1)) : 0;
    }

    /** Returns the data of the row at hand. */
    T data(RowCursor row, Rn<T> rn, Seals seals) {
        return decoder.decode(row, revised ? 2 : 1, rn, seals);
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
