package dev.korm.query;

import dev.korm.FieldPath;
import dev.korm.SchemaException;
import dev.korm.model.Node;
import dev.korm.model.row.ColumnMisfits;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The position that a path has reached. */
sealed interface PathPosition {
    Node node();

    /** Returns the layer that it is in. */
    Tables tables();

    /** At the root of an item: a table's row. */
    record Item(int source, TableSchema schema, Node node, Tables tables) implements PathPosition {
        /** Returns an operand that is null where there is no such item; null by itself for the item that is asked for. */
        @Nullable Operand witness() {
            return source == 0 ? null : new Operand.Column(source, TableName.ID, ColumnKind.ID);
        }
    }

    /**
     * The way to a value from a row of its table.
     *
     * @param base the value's base where that table is the one that is asked
     * @param within makes a condition on the row of one on the base
     */
    record Way(TableName table, Operand base, UnaryOperator<Condition> within) {
        static Way to(TableName table, ColumnSchema column) {
            return new Way(table, new Operand.Column(0, column.name(), column.kind()), UnaryOperator.identity());
        }

        private Way into(Value container, int source, Condition.Members members) {
            Operand elements = container.as(ColumnKind.JSON);
            return new Way(
                    table,
                    new Operand.Element(source),
                    condition ->
                            within.apply(new Condition.AnyElement(source, elements, members, List.of(), condition)));
        }
    }

    /**
     * At a value.
     *
     * @param base the column or element that it is, or is in
     * @param path the way to it inside the base
     * @param holder the table whose column it is; null inside JSON
     * @param witness null where what holds it is not there; by itself null where that is always there
     * @param way how it is reached from a row of its table alone; null where no column of that table has it
     */
    record Value(
            Operand base,
            JsonPath path,
            Node node,
            Tables tables,
            @Nullable TableSchema holder,
            @Nullable Operand witness,
            @Nullable Way way)
            implements PathPosition {
        /** Creates one of a column that its table lacks. */
        Value(Operand base, JsonPath path, Node node, Tables tables, @Nullable Operand witness) {
            this(base, path, node, tables, null, witness, null);
        }

        /** Returns a place at the elements of this one. */
        Value element(int source, Condition.Members members, Node node) {
            Operand element = new Operand.Element(source);
            return new Value(
                    element,
                    JsonPath.ROOT,
                    node,
                    tables,
                    null,
                    element,
                    way == null ? null : way.into(alone(way), source, members));
        }

        /** Returns whether some row of its table names, here, an item of another table. */
        boolean refersTo(String layer, TableName target) {
            return way != null
                    && tables.refersTo(way.table(), alone(way).stored(ColumnKind.RN), way.within(), layer, target);
        }

        /** Returns the same place for a question about its table alone. */
        private Value alone(Way way) {
            return new Value(way.base(), path, node, tables, holder, null, way);
        }

        /**
         * Checks that a column of the items that are asked for can hold what its field is of, as reading it does. {@link PathWalker} looks at those of tables that something
         * refers to, since such a table may be of other items.
         *
         * @param use what the value is for, for the message
         * @throws SchemaException when it cannot
         */
        void requireFit(FieldPath full, String use) {
            if (base instanceof Operand.Column column && column.source() == 0 && !isFit()) {
                throw misfit(column, full, use);
            }
        }

        /**
         * Returns whether it is in no column, or in one that can hold what its field is of. Numbers are read from a column of booleans, as 0 and 1, but no
         * store compares or adds them up there.
         */
        boolean isFit() {
            ColumnKind actual = base.kind();
            return actual == node.kind()
                    || actual == ColumnKind.ENCRYPTED
                    || !(base instanceof Operand.Column)
                    || !path.isRoot()
                    || node.isDynamic()
                    || (actual != ColumnKind.BOOLEAN && ColumnMisfits.isFit(node.kind(), actual));
        }

        SchemaException misfit(Operand.Column column, FieldPath full, String use) {
            return new SchemaException(use + " cannot look at " + full + ": its column \"" + column.name() + "\" in "
                    + (holder == null ? "its table" : holder.table()) + " of the layer \"" + tables.layer()
                    + "\" is of " + base.kind() + ", and " + node.typeNameWithArticle() + " is stored as "
                    + node.kind() + ", so nothing that it holds would be found. Have convert(\"" + column.name()
                    + "\", …) of the items convert its values, give the field the type of its column, or a column"
                    + " of its own by @Name");
        }

        /** Returns the value, or its default, as an operand of a kind; what the column holds decides where it is no JSON. */
        Operand as(ColumnKind kind) {
            // Booleans in a column of numbers are 0 and 1, which have the same order.
            boolean number = kind == ColumnKind.BOOLEAN && base.kind() == ColumnKind.INTEGER;
            ColumnKind held = number ? ColumnKind.INTEGER : kind;
            Operand stored = stored(held);
            return node.absentValue()
                    .<Operand>map(value -> new Operand.Coalesce(List.of(stored, constant(value, held))))
                    .orElse(stored);
        }

        private Operand constant(Object value, ColumnKind kind) {
            boolean number = value instanceof Boolean && kind == ColumnKind.INTEGER;
            Object constant = number ? (Object) (value.equals(true) ? 1L : 0L) : value;
            return new Operand.Constant(constant, kind, witness);
        }

        /** Works as {@link #as}, without the default. */
        Operand stored(ColumnKind kind) {
            if (base instanceof Operand.Absent) {
                return new Operand.Absent(kind);
            }
            if (base.kind() != ColumnKind.JSON) {
                return column(base, kind);
            }
            if (kind == ColumnKind.JSON && path.isRoot() && base instanceof Operand.Column) {
                return base;
            }
            return new Operand.Json(base, path, kind);
        }

        private Operand column(Operand base, ColumnKind kind) {
            ColumnKind actual = base.kind();
            if (!path.isRoot()) {
                return new Operand.Absent(kind);
            }
            if (actual == kind || kind == ColumnKind.OTHER || (isNumber(actual) && isNumber(kind))) {
                return base;
            }
            if (isText(actual) && isText(kind)) {
                return base;
            }
            if (actual == ColumnKind.TEXT && kind == ColumnKind.DECIMAL && base instanceof Operand.Column column) {
                return new Operand.Column(column.source(), column.name(), ColumnKind.DECIMAL);
            }
            return new Operand.Absent(kind);
        }

        /** Returns the hidden column with the fingerprints of the value, where it is unique. */
        Optional<Operand> fingerprint() {
            if (holder == null || !(base instanceof Operand.Column column)) {
                return Optional.empty();
            }
            String hidden = ColumnSchema.UNIQUE_PREFIX + column.name();
            return holder.has(hidden)
                    ? Optional.of(new Operand.Column(column.source(), hidden, ColumnKind.FINGERPRINT))
                    : Optional.empty();
        }

        Value into(JsonPath.Step step, Node node) {
            if (base.kind() != ColumnKind.JSON) {
                return new Value(new Operand.Absent(ColumnKind.JSON), JsonPath.ROOT, node, tables, base);
            }
            List<JsonPath.Step> longer = new ArrayList<>(path.steps());
            longer.add(step);
            return new Value(base, new JsonPath(longer), node, tables, null, stored(ColumnKind.JSON), way);
        }
    }

    private static boolean isNumber(ColumnKind kind) {
        return kind == ColumnKind.INTEGER || kind == ColumnKind.REAL || kind == ColumnKind.DECIMAL;
    }

    private static boolean isText(ColumnKind kind) {
        return kind == ColumnKind.TEXT || kind == ColumnKind.RN || kind == ColumnKind.ID;
    }
}
