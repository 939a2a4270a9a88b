package dev.korm.engine.file;

import dev.korm.Document;
import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.engine.depot.FileSet;
import dev.korm.engine.item.PoolLayers;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.query.TextPattern;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The files that the items of a pool name: in every table of every layer, in columns of references and texts, and anywhere in JSON,
 * whatever record they belong to, also of items that are deleted and kept. Rows are read a page at a time, and nothing is held open between pages.
 */
public final class NamedFiles {
    private static final String DEPOT = "[" + Rn.DEPOT + "::";
    private static final String START = "[rn]";
    private static final int PAGE = 1_000;
    /** A page ends early behind so many names, since one row may hold any number. */
    private static final int NAMES = 10_000;

    private final PoolLayers pool;

    public NamedFiles(PoolLayers pool) {
        this.pool = pool;
    }

    /** Sees what names a file, or all files below a prefix. */
    public interface Visitor {
        /** Returns whether to go on. Nothing is open meanwhile. */
        boolean visit(Rn<?> named, Holder holder);
    }

    /** The row of an item that names a file. */
    public record Holder(OpenLayer layer, TableName table, String id) {}

    private record Naming(Rn<?> named, Holder holder) {}

    /** Returns those of some files that any item names. Ends when all of them are found. */
    Set<Rn<?>> among(Set<Rn<?>> files) {
        FileSet asked = new FileSet();
        files.forEach(asked::add);
        Set<Rn<?>> rest = new LinkedHashSet<>(files);
        each((named, holder) -> {
            if (named.form() != Rn.Form.FILE || asked.has(named)) {
                FileSet one = new FileSet();
                one.add(named);
                rest.removeIf(one::has);
            }
            return !rest.isEmpty();
        });
        Set<Rn<?>> found = new LinkedHashSet<>(files);
        found.removeAll(rest);
        return found;
    }

    /** Returns whether a row still names a file. */
    boolean names(Holder holder, Rn<?> file) {
        TableSchema schema = holder.layer().schema(holder.table()).orElse(null);
        if (schema == null) {
            return false;
        }
        Condition byId = new Condition.Compare(key(schema), Condition.Comparison.EQUAL, holder.id());
        FileSet asked = new FileSet();
        asked.add(file);
        return page(holder.layer(), schema, byId).found().stream().anyMatch(naming -> asked.has(naming.named()));
    }

    /** Returns the item's RN; its collection's where the id is none of korm's. */
    Rn<?> item(Holder holder) {
        Rn<?> collection = pool.collection(holder.layer(), holder.table());
        try {
            return collection.item(holder.id());
        } catch (RnException foreign) {
            return collection;
        }
    }

    /** Visits everything that any item names. */
    public void each(Visitor visitor) {
        for (String name : pool.names()) {
            OpenLayer layer = pool.layer(name);
            for (TableName table : layer.store().tables()) {
                if (!each(layer, table, visitor)) {
                    return;
                }
            }
        }
    }

    private boolean each(OpenLayer layer, TableName table, Visitor visitor) {
        try {
            return layer.schema(table)
                    .map(schema -> each(layer, schema, visitor))
                    .orElse(true);
        } catch (SchemaMovedException moved) {
            layer.forget(table);
            return layer.schema(table)
                    .map(schema -> each(layer, schema, visitor))
                    .orElse(true);
        }
    }

    private boolean each(OpenLayer layer, TableSchema schema, Visitor visitor) {
        List<ColumnSchema> columns = columns(schema);
        if (columns.isEmpty()) {
            return true;
        }
        Condition filled = filled(columns);
        Page page = page(layer, schema, filled);
        while (true) {
            for (Naming naming : page.found()) {
                if (!visitor.visit(naming.named(), naming.holder())) {
                    return false;
                }
            }
            if (page.isLast()) {
                return true;
            }
            Condition beyond = new Condition.Compare(key(schema), Condition.Comparison.GREATER, page.last());
            page = page(
                    layer, schema, filled == Condition.ALWAYS ? beyond : new Condition.And(List.of(beyond, filled)));
        }
    }

    /**
     * Some rows in the order of their ids.
     *
     * @param last the last id among them
     * @param isLast whether there are no rows behind it
     */
    private record Page(String last, boolean isLast, List<Naming> found) {}

    private static Page page(OpenLayer layer, TableSchema schema, Condition where) {
        List<ColumnSchema> columns = columns(schema);
        List<Naming> found = new ArrayList<>();
        int rows = 0;
        boolean ended = false;
        String last = "";
        try (RowCursor row = layer.allRows().select(selection(schema, columns, where))) {
            while (found.size() < NAMES) {
                if (!row.next()) {
                    ended = rows < PAGE;
                    break;
                }
                rows++;
                last = String.valueOf(row.get(0));
                Holder holder = new Holder(layer, schema.table(), last);
                for (int i = 0; i < columns.size(); i++) {
                    if (row.get(i + 1) instanceof String text) {
                        each(text, columns.get(i).kind(), named -> found.add(new Naming(named, holder)));
                    }
                }
            }
        }
        return new Page(last, ended, found);
    }

    private static Operand key(TableSchema schema) {
        return new Operand.Column(0, schema.table().key(), ColumnKind.ID);
    }

    private static List<ColumnSchema> columns(TableSchema schema) {
        return schema.columns().stream().filter(NamedFiles::mayName).toList();
    }

    private static boolean mayName(ColumnSchema column) {
        return !column.isHidden()
                && switch (column.kind()) {
                    case RN, TEXT, JSON, OTHER -> true;
                    case ID, INTEGER, REAL, DECIMAL, BOOLEAN, BYTES, ENCRYPTED, FINGERPRINT -> false;
                };
    }

    private static Selection selection(TableSchema schema, List<ColumnSchema> columns, Condition where) {
        Output id = new Output.Value(key(schema));
        List<Output> outputs = new ArrayList<>(List.of(id));
        for (ColumnSchema column : columns) {
            outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
        }
        List<SortKey> byId = List.of(new SortKey(id, SortKey.Direction.ASCENDING, SortKey.Nulls.LAST));
        return new Selection(schema.table(), List.of(), outputs, where, List.of(), byId, OptionalLong.of(PAGE));
    }

    /** Holds for every row that has a file in one of some columns, as far as it can be told before the row is read. */
    static Condition filled(List<ColumnSchema> columns) {
        List<Condition> any = new ArrayList<>();
        for (ColumnSchema column : columns) {
            Operand operand = new Operand.Column(0, column.name(), column.kind());
            if (column.kind() == ColumnKind.RN || column.kind() == ColumnKind.TEXT) {
                TextPattern.Part rest = new TextPattern.AnyText();
                any.add(new Condition.Matches(
                        operand,
                        new TextPattern(
                                List.of(new TextPattern.Literal(START), rest, new TextPattern.Literal(DEPOT), rest),
                                TextPattern.Case.SENSITIVE)));
            } else {
                return Condition.ALWAYS;
            }
        }
        return new Condition.Or(any);
    }

    private static void each(String text, ColumnKind kind, Consumer<Rn<?>> found) {
        if (kind != ColumnKind.JSON) {
            add(text, found);
            return;
        }
        // Another program may have written any character as an escape.
        if (!text.contains(DEPOT) && !text.contains("\\u")) {
            return;
        }
        Document parsed;
        try {
            parsed = Document.parse("{\"value\":" + text + "}");
        } catch (KormException malformed) {
            add(text, found);
            return;
        }
        each(parsed.asMap().get("value"), found);
    }

    private static void each(@Nullable Object value, Consumer<Rn<?>> found) {
        if (value instanceof Document document) {
            document.asMap().values().forEach(inner -> each(inner, found));
        } else if (value instanceof List<?> list) {
            list.forEach(inner -> each(inner, found));
        } else if (value instanceof Rn<?> || value instanceof String) {
            add(value.toString(), found);
        }
    }

    private static void add(String text, Consumer<Rn<?>> found) {
        if (text.startsWith(START) && text.contains(DEPOT) && Rn.isRn(text)) {
            Rn<?> rn = Rn.parse(text);
            if (rn.isDepot()) {
                found.accept(rn);
            }
        }
    }
}
