package dev.korm.engine.relocate;

import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.context.StoreFingerprint;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.Pages;
import dev.korm.engine.layer.TableView;
import dev.korm.engine.reference.ReferenceWalk;
import dev.korm.model.Model;
import dev.korm.model.Models;
import dev.korm.model.row.Decoder;
import dev.korm.model.row.Encoded;
import dev.korm.model.row.Fingerprint;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Items of one place as rows of another. They go through documents, which lose nothing that a record does not know; what is bound
 * to its place goes through the record. For one thread.
 */
final class RowTransfer<T> {
    private static final ColumnSchema DELETED = new ColumnSchema(TableName.DELETED, ColumnKind.INTEGER);
    private static final Operand MARK = new Operand.Column(0, DELETED.name(), DELETED.kind());
    private static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);
    private static final Model<Document> DOCUMENTS = Models.of(Document.class);

    private final CollectionHandle<T> source;
    private final CollectionHandle<T> target;
    private final UnaryOperator<Rn<?>> references;
    private final CollectionHandle<Document> from;
    private final TableView<Document> view;
    private final TableSchema here;
    private final TableSchema there;
    private final TableSchema freeThere;
    private final List<String> filledThere;
    private final Set<String> bound;
    private final Decoder<T> boundDecoder;
    private final Set<String> holdReferences = new HashSet<>();
    private final LongerColumns revised = new LongerColumns(REVISION);
    private final LongerColumns marking = new LongerColumns(DELETED);

    /**
     * A row as the target is to have it.
     *
     * @param columns all but key and revision; one list for rows of one shape
     * @param isDeleted whether its item is deleted, and kept
     */
    record Copy(String id, long revision, List<ColumnSchema> columns, Row values, boolean isDeleted) {}

    /**
     * A row that the target has.
     *
     * @param hash of its content
     * @param isDeleted whether its item is deleted, and kept
     */
    record Arrived(long revision, String hash, boolean isDeleted) {}

    /**
     * @param references what becomes of the references in the items
     * @param here the table of the source
     * @param there the table of the target, with all columns of the source's
     */
    RowTransfer(
            CollectionHandle<T> source,
            CollectionHandle<T> target,
            UnaryOperator<Rn<?>> references,
            TableSchema here,
            TableSchema there) {
        this.source = source;
        this.target = target;
        this.references = references;
        this.here = here;
        this.there = there;
        this.bound = target.model().boundColumns();
        for (ColumnSchema column : here.columns()) {
            requireMovable(column);
            if (column.kind() == ColumnKind.RN || column.kind() == ColumnKind.JSON) {
                holdReferences.add(column.name());
            }
        }
        this.freeThere = free(there);
        this.filledThere = freeThere.columns().stream()
                .filter(column -> column.isFilled() && !column.isGenerated() && here.has(column.name()))
                .map(ColumnSchema::name)
                .toList();
        this.from = source.pool().documents(source.layer(), source.table());
        this.view = TableView.withDeleted(DOCUMENTS, free(here), source.layer().all());
        this.boundDecoder = source.model().decoder(here);
    }

    private boolean isBound(String column) {
        return bound.contains(column)
                || (ColumnSchema.isFingerprint(column)
                        && FingerprintKey.columns(column, there).stream().anyMatch(bound::contains));
    }

    private TableSchema free(TableSchema schema) {
        List<ColumnSchema> columns = schema.columns().stream()
                .filter(column -> !isBound(column.name()))
                .toList();
        return new TableSchema(schema.table(), columns, List.of());
    }

    private void requireMovable(ColumnSchema column) {
        boolean foreign = column.kind() == ColumnKind.OTHER;
        if (foreign || (column.kind() == ColumnKind.ENCRYPTED && !isBound(column.name()))) {
            throw new SchemaException("The column " + column.name() + " of " + source.collection() + " in the layer \""
                    + source.layer().layer() + "\" cannot go along to the layer \""
                    + target.layer().layer() + "\": "
                    + (foreign
                            ? "korm did not make it and cannot make one like it. Drop it, or move its values elsewhere"
                            : "it is sealed for its place, and the record does not know it. Use a record that does"));
        }
    }

    /** Returns a page of the source, in the order of the ids. */
    List<Copy> page(String after, int size) {
        return read(Pages.selection(view, boundOutputs(), Condition.ALWAYS, after, size));
    }

    /** Returns the rows of some ids of the source. */
    List<Copy> rows(Collection<String> ids) {
        Condition some = new Condition.OneOf(ItemIds.operand(), List.copyOf(ids));
        return ids.isEmpty() ? List.of() : read(Pages.selection(view, boundOutputs(), some, "", ids.size()));
    }

    private List<Output> boundOutputs() {
        List<Output> outputs = new ArrayList<>();
        if (!bound.isEmpty()) {
            for (ColumnSchema column : boundDecoder.columns()) {
                outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
            }
        }
        return outputs;
    }

    private List<Copy> read(Selection selection) {
        List<Copy> rows = new ArrayList<>();
        try (RowCursor row = source.layer().allRows().select(selection)) {
            while (row.next()) {
                rows.add(replaced(row));
            }
        }
        // A column that came while they were read may hold something by now that was not read along.
        if (!source.layer().schema(here.table()).map(TableSchema::columns).equals(Optional.of(here.columns()))) {
            throw new SchemaMovedException(here.table(), null);
        }
        return rows;
    }

    /** Returns the item of the row at hand, encoded anew for the other place. */
    private Copy replaced(RowCursor row) {
        StoredItem<Document> item = StoredItem.read(view, row, from);
        String id = item.rn().id().orElseThrow();
        Encoded encoded = DOCUMENTS.encodeAgain(
                naming(renamed(item.data())),
                freeThere,
                target.collection().item(id),
                target.layer().seals());
        List<ColumnSchema> columns = encoded.columns();
        Row values = encoded.values();
        if (!bound.isEmpty()) {
            Encoded again = replaced(row, id);
            columns = new ArrayList<>(columns);
            for (int i = 0; i < again.columns().size(); i++) {
                if (isBound(again.columns().get(i).name())) {
                    columns.add(again.columns().get(i));
                    values = values.with(again.values().get(i));
                }
            }
        }
        return here.has(TableName.DELETED)
                ? marked(new Copy(id, item.revision(), columns, values, false), view.deleted(row))
                : new Copy(id, item.revision(), columns, values, false);
    }

    /** Returns a copy that says whether its item is deleted, and only kept. */
    private Copy marked(Copy copy, long deleted) {
        List<ColumnSchema> columns = marking.of(copy.columns());
        Row values = copy.values().with(deleted == 0 ? null : deleted);
        return new Copy(
                copy.id(),
                copy.revision(),
                columns,
                deleted == 0 ? values : target.layer().marks().buried(there, copy.id(), columns, values),
                deleted != 0);
    }

    /**
     * Encodes an item for its new place: decoded by the record in the old one, so that values bound to the place are
     * bound anew.
     */
    private Encoded replaced(RowCursor row, String id) {
        T data = boundDecoder.decode(
                row, view.width(), source.collection().item(id), source.layer().seals());
        T renamed = source.model().mapAllReferences(data, references);
        return target.model()
                .encodeAgain(
                        renamed,
                        there,
                        target.collection().item(id),
                        target.layer().seals());
    }

    /**
     * Renames the references in a document: a text that looks like an RN is one where its column is of RNs, or inside
     * JSON.
     */
    private Document renamed(Document data) {
        return ReferenceWalk.everywhere(
                data,
                (reference, path) ->
                        path.steps().get(0) instanceof FieldPath.Field field && holdReferences.contains(field.name())
                                ? references.apply(reference)
                                : reference);
    }

    /** Names each field that is null in the source and would be filled in by the target's database. */
    private Document naming(Document data) {
        if (filledThere.stream().allMatch(data::has)) {
            return data;
        }
        Document.Builder named = data.toBuilder();
        filledThere.stream().filter(name -> !data.has(name)).forEach(name -> named.put(name, null));
        return named.build();
    }

    /** Returns a new row of the target, with a revision of its own. */
    Mutation insert(Copy copy, long revision) {
        return new Mutation.Insert(
                target.table(),
                copy.id(),
                revised.of(copy.columns()),
                copy.values().with(revision));
    }

    /** Returns a row of the target as the source has it now. */
    Mutation update(Copy copy, long expected, long revision) {
        return new Mutation.Update(
                target.table(),
                copy.id(),
                OptionalLong.of(expected),
                revised.of(copy.columns()),
                copy.values().with(revision));
    }

    /** Returns those of these ids that the target has. */
    Map<String, Arrived> arrived(Collection<String> ids) {
        List<ColumnSchema> read = new ArrayList<>();
        List<Output> outputs = new ArrayList<>();
        outputs.add(new Output.Value(ItemIds.operand()));
        outputs.add(new Output.Value(new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER)));
        for (ColumnSchema column : there.columns()) {
            if (isContent(column)) {
                read.add(column);
                outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
            }
        }
        int mark = outputs.size();
        boolean hasMarks = there.has(TableName.DELETED);
        if (hasMarks) {
            outputs.add(new Output.Value(MARK));
        }
        Map<String, Arrived> arrived = new HashMap<>();
        try (RowCursor row = target.layer().allRows().select(there(outputs, ids))) {
            while (row.next()) {
                Map<String, String> content = new TreeMap<>();
                for (int i = 0; i < read.size(); i++) {
                    put(content, read.get(i), row.get(i + 2));
                }
                String id = String.valueOf(row.get(0));
                long revision = row.get(1) instanceof Number number ? number.longValue() : 0;
                arrived.put(id, new Arrived(revision, hash(id, content), hasMarks && row.get(mark) != null));
            }
        }
        return arrived;
    }

    private Selection there(List<Output> outputs, Collection<String> ids) {
        Condition some = new Condition.OneOf(ItemIds.operand(), List.copyOf(ids));
        return new Selection(there.table(), List.of(), outputs, some, List.of(), List.of(), OptionalLong.empty());
    }

    /** Returns the revisions of those of these ids that the target has as deleted, and kept. */
    Map<String, Long> deletedThere(Collection<String> ids) {
        if (ids.isEmpty() || !there.has(TableName.DELETED)) {
            return Map.of();
        }
        List<Output> outputs = List.of(
                new Output.Value(ItemIds.operand()),
                new Output.Value(new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER)),
                new Output.Value(MARK));
        Map<String, Long> deleted = new HashMap<>();
        try (RowCursor row = target.layer().allRows().select(there(outputs, ids))) {
            while (row.next()) {
                if (row.get(2) != null && row.get(1) instanceof Number revision) {
                    deleted.put(String.valueOf(row.get(0)), revision.longValue());
                }
            }
        }
        return deleted;
    }

    /** Returns the hash of an item's canonical content as the source has it. */
    String hash(Copy copy) {
        Map<String, String> content = new TreeMap<>();
        for (int i = 0; i < copy.columns().size(); i++) {
            ColumnSchema column = copy.columns().get(i);
            if (isContent(column)) {
                put(content, column, copy.values().get(i));
            }
        }
        return hash(copy.id(), content);
    }

    /**
     * Checks whether a column belongs to the content that is compared: sealed values differ each time they are sealed,
     * and hidden columns follow from the rest. Nor is a hash taken of what is in a seal: the hash of the whole is
     * stored and told, so it would tell of values. A seal says by itself whether it came back as it was made: bound to
     * its item and place, it opens to what was sealed there or not at all. What a database fills in beside is its own.
     */
    private boolean isContent(ColumnSchema column) {
        return !column.name().startsWith("__korm_")
                && !column.isHidden()
                && !isBound(column.name())
                && column.kind() != ColumnKind.ENCRYPTED
                && column.kind() != ColumnKind.OTHER
                && !column.isGenerated()
                && here.has(column.name());
    }

    private static void put(Map<String, String> content, ColumnSchema column, @Nullable Object value) {
        String fingerprint = Fingerprint.of(value, column.kind());
        if (fingerprint != null) {
            content.put(column.name(), fingerprint);
        }
    }

    /** @param content in the order of the names */
    private static String hash(String id, Map<String, String> content) {
        return StoreFingerprint.sha256(id + "\n" + content);
    }
}
