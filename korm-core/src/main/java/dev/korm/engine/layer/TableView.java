package dev.korm.engine.layer;

import dev.korm.FieldPath;
import dev.korm.Rn;
import dev.korm.ValueException;
import dev.korm.crypto.LayerSealer;
import dev.korm.engine.context.ItemIds;
import dev.korm.model.Model;
import dev.korm.model.row.Decoder;
import dev.korm.model.row.FieldReferences;
import dev.korm.spi.Capabilities;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A reader of one type's items from a table as it is. Immutable, kept and shared. */
public final class TableView<T> {
    private static final int ID = 0;

    private final Model<T> model;
    private final TableSchema schema;
    private final Decoder<T> decoder;
    private final List<Output> outputs;
    private final boolean revised;
    private final boolean deletedToo;
    private final CompiledSelection byId;
    private volatile @Nullable Inserted inserted;

    private record Inserted(List<ColumnSchema> columns, List<ColumnSchema> withRevision) {}

    public TableView(Model<T> model, TableSchema schema, Layer layer) {
        this(model, schema, layer, false);
    }

    private TableView(Model<T> model, TableSchema schema, Layer layer, boolean deletedToo) {
        this.deletedToo = deletedToo && schema.has(TableName.DELETED);
        this.model = model;
        this.schema = schema;
        this.decoder = model.decoder(schema);
        this.revised = schema.has(TableName.REVISION);
        this.outputs = outputs(decoder.columns(), revised, this.deletedToo);
        this.byId = layer.compile(selection(
                List.of(),
                new Condition.Compare(
                        ItemIds.operand(), Condition.Comparison.EQUAL, new Condition.Parameter(0, ColumnKind.ID)),
                List.of(),
                OptionalLong.empty()));
    }

    /** Returns a reader that says of each row whether it is marked as deleted, for a layer that shows such rows. */
    public static <T> TableView<T> withDeleted(Model<T> model, TableSchema schema, Layer layer) {
        return new TableView<>(model, schema, layer, true);
    }

    private static List<Output> outputs(List<ColumnSchema> columns, boolean revised, boolean deleted) {
        List<Output> outputs = new ArrayList<>(columns.size() + 2);
        outputs.add(new Output.Value(ItemIds.operand()));
        if (revised) {
            outputs.add(new Output.Value(new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER)));
        }
        for (ColumnSchema column : columns) {
            outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
        }
        if (deleted) {
            outputs.add(new Output.Value(new Operand.Column(0, TableName.DELETED, ColumnKind.INTEGER)));
        }
        return List.copyOf(outputs);
    }

    /** Returns whether a table has the columns and indexes of another. */
    static boolean has(TableSchema actual, TableSchema wanted) {
        for (ColumnSchema column : wanted.columns()) {
            if (!actual.has(column.name())) {
                return false;
            }
        }
        return wanted.indexes().stream().allMatch(index -> actual.hasIndex(index.name()));
    }

    /**
     * Returns what items want of a table as it is, without indexes that only preparing makes. Those of columns that are yet to come are no work.
     *
     * @param deferred their names
     */
    static TableSchema wantedNow(TableSchema actual, TableSchema wanted, Set<String> deferred) {
        if (deferred.isEmpty()) {
            return wanted;
        }
        List<IndexSchema> indexes = wanted.indexes().stream()
                .filter(index -> !deferred.contains(index.name())
                        || index.parts().stream()
                                .noneMatch(part -> part instanceof Operand.Column column && actual.has(column.name())))
                .toList();
        return new TableSchema(wanted.table(), wanted.columns(), indexes);
    }

    /**
     * Returns whether a table has all that is needed to write items: what sealed values are found by may be made later.
     */
    static boolean isWritable(TableSchema actual, TableSchema wanted) {
        List<IndexSchema> needed = wanted.indexes().stream()
                .filter(index -> !Evolution.isSearch(index))
                .toList();
        return has(actual, new TableSchema(wanted.table(), wanted.columns(), needed));
    }

    /** Returns a table as items want it, with the hidden columns that its layer writes beside theirs. */
    public static TableSchema hiddenToo(TableSchema wanted, Layer layer) {
        List<ColumnSchema> columns = new ArrayList<>(wanted.columns());
        columns.removeIf(column -> column.name().equals(TableName.TOKEN));
        if (layer.capabilities().has(Capabilities.Feature.TOKENS)) {
            columns.add(new ColumnSchema(TableName.TOKEN, ColumnKind.INTEGER));
        }
        return new TableSchema(wanted.table(), columns, wanted.indexes());
    }

    public Model<T> model() {
        return model;
    }

    public TableSchema schema() {
        return schema;
    }

    /** Returns whether the table has revisions. */
    public boolean isRevised() {
        return revised;
    }

    /** Returns whether there is nothing that the table would have to gain for items of this type. */
    public boolean isComplete() {
        TableName table = schema.table();
        return !model.root().isDynamic()
                && revised
                && has(schema, wantedNow(schema, model.wanted(table, null), model.deferredIndexes(table)));
    }

    /** Returns a selection of items. */
    public Selection selection(List<Join> joins, Condition where, List<SortKey> order, OptionalLong limit) {
        return new Selection(schema.table(), joins, outputs, where, List.of(), order, limit);
    }

    /** Returns a selection of items with further outputs behind the items' own. */
    public Selection selection(
            List<Join> joins, List<Output> further, Condition where, List<SortKey> order, OptionalLong limit) {
        List<Output> all = new ArrayList<>(outputs);
        all.addAll(further);
        return new Selection(schema.table(), joins, all, where, List.of(), order, limit);
    }

    /**
     * Returns the columns of an insert; one list for each list that is given, so that rows of one shape are known by
     * it.
     */
    public List<ColumnSchema> withRevision(List<ColumnSchema> columns) {
        Inserted last = inserted;
        if (last == null || last.columns() != columns) {
            List<ColumnSchema> longer = new ArrayList<>(columns);
            longer.add(new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER));
            last = new Inserted(columns, List.copyOf(longer));
            inserted = last;
        }
        return last.withRevision();
    }

    /** Returns the fields that an index is of. */
    public List<String> fieldsOf(String index) {
        return fieldsOf(schema, index);
    }

    public static List<String> fieldsOf(TableSchema schema, String index) {
        List<String> fields = new ArrayList<>();
        for (IndexSchema known : schema.indexes()) {
            if (known.name().equals(index)) {
                known.parts().forEach(part -> fields.addAll(fields(schema, part)));
            }
        }
        return fields.isEmpty() ? List.of(index) : fields;
    }

    private static List<String> fields(TableSchema schema, Operand part) {
        if (part instanceof Operand.Column column) {
            return FingerprintKey.columns(column.name(), schema);
        }
        return List.of(part.kind().toString());
    }

    /** Returns the number of outputs of an item. */
    public int width() {
        return outputs.size();
    }

    /** Returns the row of an id. */
    public RowCursor byId(String id) {
        return byId.select(id);
    }

    /** Returns the id of the row at hand. */
    public String id(RowCursor row, String layer) {
        if (row.get(ID) instanceof String id) {
            return id;
        }
        throw new ValueException("A row of " + schema.table() + " in the layer \"" + layer
                + "\" has an id that is not text. Another program wrote it; correct it there");
    }

    /** Returns the revision of the row at hand; 0 where the table has none. */
    public long revision(RowCursor row) {
        return revised ? number(row.get(1)) : 0;
    }

    /** Returns when the item of the row at hand was deleted, in microseconds since 1970; 0 where it was not. */
    public long deleted(RowCursor row) {
        return deletedToo ? number(row.get(outputs.size() - 1)) : 0;
    }

    /**
     * Returns the data of the row at hand.
     *
     * @param references gives fields their references; null for those that are stored
     */
    public T data(RowCursor row, Rn<T> rn, LayerSealer seals, @Nullable FieldReferences references) {
        return references == null
                ? decoder.decode(row, revised ? 2 : 1, rn, seals)
                : decoder.decode(row, revised ? 2 : 1, rn, seals, references);
    }

    /** Returns the row at hand as it is stored, to be read another time. */
    public Kept<T> kept(RowCursor row) {
        @Nullable Object[] values = new Object[outputs.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.get(i);
        }
        return new Kept<>(this, values);
    }

    /** A row that was read, of which something could not be understood. Immutable. */
    public static final class Kept<T> implements RowCursor {
        private final TableView<T> view;
        private final @Nullable Object[] values;

        private Kept(TableView<T> view, @Nullable Object[] values) {
            this.view = view;
            this.values = values;
        }

        /**
         * Returns its data with other values of some top-level fields, whatever is stored of these.
         *
         * @throws dev.korm.UnknownNameException when something else cannot be understood either
         */
        public T data(Rn<T> rn, LayerSealer seals, Map<FieldPath, ? extends @Nullable Object> instead) {
            return view.decoder.decode(this, view.revised ? 2 : 1, rn, seals, instead);
        }

        @Override
        public boolean next() {
            return false;
        }

        @Override
        public @Nullable Object get(int column) {
            return values[column];
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
