package dev.korm.engine;

import dev.korm.Document;
import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.Condition;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.RowCursor;
import dev.korm.spi.SchemaMovedException;
import dev.korm.spi.Selection;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import dev.korm.spi.TextPattern;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which files the items of a pool name: in every table of every layer, in columns of references and texts, and anywhere in JSON,
 * whatever record they belong to. Rows are read as they come.
 */
final class NamedFiles {
    private static final String DEPOT = "[" + Rn.DEPOT + "::";
    private static final String START = "[rn]";

    private final PoolLayers pool;

    NamedFiles(PoolLayers pool) {
        this.pool = pool;
    }

    /** Sees what names a file, or all files below a prefix. */
    interface Visitor {
        /**
         * @param item the item's RN; its collection's where the id is none of korm's
         * @return whether to go on
         */
        boolean visit(Rn<?> named, Rn<?> item);
    }

    /** Those of some files that any item names. Ends when all of them are found. */
    Set<Rn<?>> among(Set<Rn<?>> files) {
        FileSet asked = new FileSet();
        files.forEach(asked::add);
        Set<Rn<?>> rest = new LinkedHashSet<>(files);
        each((named, item) -> {
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

    /** All that is named. */
    FileSet all() {
        FileSet named = new FileSet();
        each((file, item) -> {
            named.add(file);
            return true;
        });
        return named;
    }

    /** Visits everything that any item names. */
    void each(Visitor visitor) {
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
            return layer.shape(table).map(shape -> each(layer, shape, visitor)).orElse(true);
        } catch (SchemaMovedException moved) {
            layer.forget(table);
            return layer.shape(table).map(shape -> each(layer, shape, visitor)).orElse(true);
        }
    }

    private boolean each(OpenLayer layer, TableShape shape, Visitor visitor) {
        List<ColumnShape> columns =
                shape.columns().stream().filter(NamedFiles::mayName).toList();
        if (columns.isEmpty()) {
            return true;
        }
        try (RowCursor row = layer.select(selection(shape, columns))) {
            while (row.next()) {
                Rn<?> item = item(layer, shape.table(), String.valueOf(row.get(0)));
                for (int i = 0; i < columns.size(); i++) {
                    if (row.get(i + 1) instanceof String text
                            && !each(text, columns.get(i).kind(), item, visitor)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static boolean mayName(ColumnShape column) {
        return !column.isHidden()
                && switch (column.kind()) {
                    case RN, TEXT, JSON, OTHER -> true;
                    case ID, INTEGER, REAL, DECIMAL, BOOLEAN, BYTES, ENCRYPTED, FINGERPRINT -> false;
                };
    }

    /** Only rows with a file in them, where that can be told before they are read. */
    private static Selection selection(TableShape shape, List<ColumnShape> columns) {
        List<Output> outputs = new ArrayList<>();
        outputs.add(new Output.Value(new Operand.Column(0, shape.table().key(), ColumnKind.ID)));
        for (ColumnShape column : columns) {
            outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
        }
        return new Selection(
                shape.table(), List.of(), outputs, filled(columns), List.of(), List.of(), OptionalLong.empty());
    }

    /** What is true of every row that has a file in one of some columns, as far as it can be told before the row is read. */
    static Condition filled(List<ColumnShape> columns) {
        List<Condition> any = new ArrayList<>();
        for (ColumnShape column : columns) {
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
        return new Condition.Any(any);
    }

    private Rn<?> item(OpenLayer layer, TableName table, String id) {
        Rn<?> collection = Rn.collection(table.namespace(), table.kind());
        if (pool.names().size() > 1) {
            collection = collection.from(layer.layer());
        }
        try {
            return collection.item(id);
        } catch (RnException foreign) {
            return collection;
        }
    }

    private static boolean each(String text, ColumnKind kind, Rn<?> item, Visitor visitor) {
        if (kind != ColumnKind.JSON) {
            return visit(text, item, visitor);
        }
        // Another program may have written any character as an escape.
        if (!text.contains(DEPOT) && !text.contains("\\u")) {
            return true;
        }
        Document parsed;
        try {
            parsed = Document.parse("{\"value\":" + text + "}");
        } catch (KormException malformed) {
            return visit(text, item, visitor);
        }
        Object value = parsed.asMap().get("value");
        return value == null || each(value, item, visitor);
    }

    private static boolean each(Object value, Rn<?> item, Visitor visitor) {
        if (value instanceof Document document) {
            return document.asMap().values().stream().allMatch(inner -> inner == null || each(inner, item, visitor));
        }
        if (value instanceof List<?> list) {
            return list.stream().allMatch(inner -> inner == null || each(inner, item, visitor));
        }
        return !(value instanceof Rn<?> || value instanceof String) || visit(value.toString(), item, visitor);
    }

    private static boolean visit(String text, Rn<?> item, Visitor visitor) {
        if (!text.startsWith(START) || !text.contains(DEPOT) || !Rn.isRn(text)) {
            return true;
        }
        Rn<?> rn = Rn.parse(text);
        return !rn.isDepot() || visitor.visit(rn, item);
    }
}
