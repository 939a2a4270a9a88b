package dev.korm.jdbc.sql;

import dev.korm.Rn;
import dev.korm.ValueException;
import dev.korm.jdbc.sql.text.BindParameter;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A table that korm did not make, as it is now and as it is shown: a derived table with the id, the revision and the fields that items have. Beside
 * them it has the columns of the key and of references as they are, so that a condition on them finds an index. Immutable.
 */
public final class ShownTable {
    /** The revision of rows of which nobody knows whether they have changed. */
    public static final String NO_REVISION = "0";

    private static final String KEY = "__korm_key_";
    private static final String REFERENCE = "__korm_to_";

    /** What of the text of a key is spelt otherwise in an id, the percent sign first. */
    private static final String[][] ESCAPES = {{"%", "%25"}, {":", "%3A"}, {",", "%2C"}, {"[", "%5B"}, {"]", "%5D"}};

    private final ExistingTable table;
    private final String home;
    private final Style style;
    private final String uncounted;
    private final Map<String, List<Place>> places;
    private final TableSchema schema;

    /** The tables that a layer shows. */
    public interface Known {
        /** Those of a layer that shows none. */
        Known NONE = table -> null;

        /** Returns the table as it was seen last; null where it is korm's own, or was not seen. */
        @Nullable ShownTable of(TableName table);
    }

    /**
     * The words in which databases differ.
     *
     * @param text the type of a number that is cast to a text
     * @param concatenation whether texts are put together by an operator, or by a function where that may mean something else
     * @param whole what stands around a text that is put together
     */
    public record Style(String text, Concatenation concatenation, Around whole) {
        public static final Style STANDARD = new Style("text", Concatenation.OPERATOR, new Around("(", ")"));

        /** The way in which texts are put together. */
        public enum Concatenation {
            OPERATOR,
            FUNCTION
        }
    }

    /**
     * The form of a column's values in statements.
     *
     * @param kind what they are shown as
     * @param read what stands before and behind the column where it is read
     * @param bound what stands before and behind a placeholder for it
     */
    public record Form(ColumnKind kind, Around read, Around bound) {
        public static Form plain(ColumnKind kind) {
            return new Form(kind, Around.NOTHING, Around.NOTHING);
        }

        /** Returns the same, with a placeholder that says its type. */
        public Form bound(String before, String behind) {
            return new Form(kind, read, new Around(before, behind));
        }

        public Form read(String before, String behind) {
            return new Form(kind, new Around(before, behind), bound);
        }
    }

    /** The words before and behind something. */
    public record Around(String before, String behind) {
        public static final Around NOTHING = new Around("", "");

        void write(SqlWriter sql, Runnable inner) {
            sql.add(before);
            inner.run();
            sql.add(behind);
        }
    }

    /** A column of the table. */
    public record Place(String name, Form form, ColumnSchema.Filling filling) {}

    /**
     * @param home the schema that it is in
     * @param uncounted what is shown as the revision where the table counts no changes, as the words of a statement
     * @param places by field; a field of which the table has nothing is not there
     */
    public ShownTable(
            ExistingTable table, String home, Style style, String uncounted, Map<String, List<Place>> places) {
        this.table = table;
        this.home = home;
        this.style = style;
        this.uncounted = uncounted;
        this.places = new LinkedHashMap<>(places);
        List<ColumnSchema> columns = new ArrayList<>();
        columns.add(new ColumnSchema(TableName.ID, ColumnKind.ID));
        for (ExistingTable.Field field : table.fields()) {
            List<Place> its = places.get(field.name());
            if (its != null) {
                ColumnKind kind = field.kind() == ColumnKind.RN
                        ? ColumnKind.RN
                        : its.get(0).form().kind();
                columns.add(new ColumnSchema(field.name(), kind, its.get(0).filling()));
            }
        }
        columns.add(new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER));
        this.schema = new TableSchema(table.items(), columns, List.of());
    }

    public ExistingTable table() {
        return table;
    }

    /** Returns the schema that it is in. */
    public String home() {
        return home;
    }

    /** Returns the table as it is shown. */
    public TableSchema schema() {
        return schema;
    }

    /** Writes the table's own name. */
    public void name(SqlWriter sql) {
        sql.foreignName(home).add(".").foreignName(table.name());
    }

    /** Writes what is selected from, without an alias. */
    void derived(SqlWriter sql) {
        sql.add("(SELECT ");
        id(sql);
        sql.add(" AS ").name(TableName.ID).add(", ");
        revision(sql);
        sql.add(" AS ").name(TableName.REVISION);
        for (ExistingTable.Field field : table.fields()) {
            List<Place> its = places.get(field.name());
            if (its == null) {
                continue;
            }
            sql.add(", ");
            field(sql, field, its);
            sql.add(" AS ").name(field.name());
            if (field.target().isPresent()) {
                for (int i = 0; i < its.size(); i++) {
                    sql.add(", ").foreignName(its.get(i).name()).add(" AS ").name(reference(field.name(), i));
                }
            }
        }
        List<Place> key = key();
        for (int i = 0; i < key.size(); i++) {
            sql.add(", ").foreignName(key.get(i).name()).add(" AS ").name(KEY + i);
        }
        sql.add(" FROM ");
        name(sql);
        sql.add(")");
    }

    private void field(SqlWriter sql, ExistingTable.Field field, List<Place> its) {
        if (field.target().isEmpty()) {
            Place place = its.get(0);
            place.form().read().write(sql, () -> sql.foreignName(place.name()));
            return;
        }
        TableName target = field.target().get();
        String from =
                table.from().map(layer -> "[" + Rn.FROM + "::" + layer + "]").orElse("");
        spelt(sql, "[rn]" + from + ":" + target.namespace() + ":" + target.kind() + ":=", its);
    }

    private void revision(SqlWriter sql) {
        Optional<Place> version = version();
        if (version.isPresent()) {
            sql.foreignName(version.get().name());
        } else {
            sql.add(uncounted);
        }
    }

    /** Writes the id of a row, where the table stands under its own name. */
    public void id(SqlWriter sql) {
        spelt(sql, "=", key());
    }

    /** Writes a key as a text, behind what it begins with. Neither is ever anything but a name of the RN grammar. */
    private void spelt(SqlWriter sql, String beginning, List<Place> parts) {
        boolean function = style.concatenation() == Style.Concatenation.FUNCTION;
        String between = function ? ", " : " || ";
        style.whole().write(sql, () -> {
            sql.add(function ? "CONCAT(" : "").literal(beginning);
            for (int i = 0; i < parts.size(); i++) {
                sql.add(between);
                if (i > 0) {
                    sql.literal(",").add(between);
                }
                part(sql, parts.get(i));
            }
            sql.add(function ? ")" : "");
        });
    }

    /** Returns a text of a key as ids spell it. */
    public static String escaped(String text) {
        String spelt = text;
        for (String[] escape : ESCAPES) {
            spelt = spelt.replace(escape[0], escape[1]);
        }
        return spelt;
    }

    private void part(SqlWriter sql, Place place) {
        boolean number = place.form().kind() == ColumnKind.INTEGER;
        if (number) {
            sql.add("CAST(")
                    .foreignName(place.name())
                    .add(" AS ")
                    .add(style.text())
                    .add(")");
            return;
        }
        sql.add("replace(".repeat(ESCAPES.length));
        place.form().read().write(sql, () -> sql.foreignName(place.name()));
        for (String[] escape : ESCAPES) {
            sql.add(", ").literal(escape[0]).add(", ").literal(escape[1]).add(")");
        }
    }

    /** Returns the columns of the key. */
    public List<Place> key() {
        List<Place> key = new ArrayList<>();
        for (String field : table.key()) {
            List<Place> its = places.get(field);
            if (its == null) {
                throw new IllegalStateException("Looked at when the table was");
            }
            key.addAll(its);
        }
        return key;
    }

    /** Returns whether the key is one whole number. */
    boolean hasNumber() {
        List<Place> key = key();
        return key.size() == 1 && key.get(0).form().kind() == ColumnKind.INTEGER;
    }

    public Optional<Place> version() {
        return table.version()
                .map(field -> places.getOrDefault(field, List.of()))
                .flatMap(its -> its.stream().findFirst());
    }

    /** Returns the columns of a field that can be written; none of one that counts changes. */
    public List<Place> written(String field) {
        return table.version().filter(field::equals).isPresent() ? List.of() : places.getOrDefault(field, List.of());
    }

    /** Writes a part of the key of a row of the derived table. */
    static void keyPart(SqlWriter sql, int source, int part) {
        sql.column(source, KEY + part);
    }

    static void referencePart(SqlWriter sql, int source, String field, int part) {
        sql.column(source, reference(field, part));
    }

    private static String reference(String field, int part) {
        return REFERENCE + part + "_" + field;
    }

    /** Returns the columns that refer to rows of a table that korm did not make; none where the field is another. */
    List<Place> reference(String field) {
        return table.field(field).filter(its -> its.target().isPresent()).isPresent()
                ? places.getOrDefault(field, List.of())
                : List.of();
    }

    Optional<TableName> target(String field) {
        return table.field(field).flatMap(ExistingTable.Field::target);
    }

    /** Returns what to bind for a part of a key; null where no row can have the id. */
    public static @Nullable Object keyValue(String id, List<Place> key, int part) {
        List<String> parts =
                id.startsWith("=") ? Rn.collection("x", "x").item(id).key() : List.of();
        if (parts.size() != key.size()) {
            return null;
        }
        String text = parts.get(part);
        if (key.get(part).form().kind() != ColumnKind.INTEGER) {
            return text;
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException none) {
            return null;
        }
    }

    /** Writes a placeholder for a column. */
    public static void placeholder(SqlWriter sql, Place place, BindParameter value) {
        place.form().bound().write(sql, () -> sql.bind(value));
    }

    /**
     * Returns what to bind for the columns of a field.
     *
     * @param stored as items have it; a reference as its text
     */
    public List<@Nullable Object> values(String field, @Nullable Object stored, String layer, Dialect dialect) {
        List<@Nullable Object> values = new ArrayList<>();
        List<Place> its = written(field);
        List<Place> references = reference(field);
        if (references.isEmpty() || stored == null) {
            its.forEach(place -> values.add(dialect.stored(place.form().kind(), stored)));
            return values;
        }
        Rn<?> rn = Rn.parse(stored.toString());
        TableName target = target(field).orElseThrow();
        boolean near = rn.form() == Rn.Form.ITEM
                && rn.namespace().equals(target.namespace())
                && rn.kind().equals(target.kind())
                && rn.layer().orElse(layer).equals(layer);
        for (int i = 0; i < its.size(); i++) {
            Object value = near ? keyValue(rn.id().orElseThrow(), references, i) : null;
            if (value == null) {
                throw new ValueException(
                        "The field " + field + " of a row of " + table.name() + " cannot refer to " + rn
                                + ": its columns hold the key of a row of " + target.namespace() + ":" + target.kind()
                                + " in the layer \"" + layer + "\"");
            }
            values.add(value);
        }
        return values;
    }
}
