package dev.korm.jdbc.sql;

import dev.korm.Rn;
import dev.korm.jdbc.sql.text.BindParameter;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import java.util.List;

/**
 * Writes conditions on the keys and references of tables that korm did not make by the columns as they are. The text of an id is worked out of them,
 * which no index knows; so what is asked of an id is asked of the columns first.
 */
final class ShownConditions {
    /** Longer lists are left to the text, which is compared with all of them as one value. */
    private static final int MOST = 10_000;

    private final Dialect dialect;
    private final TableSources sources;
    private final SqlWriter sql;

    ShownConditions(Dialect dialect, TableSources sources, SqlWriter sql) {
        this.dialect = dialect;
        this.sources = sources;
        this.sql = sql;
    }

    /** Writes the keys of rows, one for each column. */
    void keys(ShownTable table) {
        for (int i = 0; i < table.key().size(); i++) {
            sql.add(i == 0 ? "" : ", ");
            ShownTable.keyPart(sql, 0, i);
        }
    }

    /** Writes {@code (} and a condition that holds wherever the given one does; answers whether there is such a one. */
    boolean narrowed(Condition condition) {
        if (condition instanceof Condition.Compare compare
                && compare.comparison() == Condition.Comparison.EQUAL
                && compare.operand() instanceof Operand.Column column) {
            return narrowed(column, List.of(compare.value()));
        }
        return condition instanceof Condition.OneOf oneOf
                && oneOf.operand() instanceof Operand.Column column
                && narrowed(column, oneOf.values());
    }

    private boolean narrowed(Operand.Column column, List<Object> ids) {
        ShownTable table = sources.shown(column.source());
        if (table == null || ids.isEmpty() || ids.size() > MOST) {
            return false;
        }
        List<ShownTable.Place> reference = table.reference(column.name());
        if (!column.name().equals(TableName.ID) && reference.isEmpty()) {
            return false;
        }
        sql.add("(");
        if (reference.isEmpty()) {
            oneOf(table.key(), ids, part -> ShownTable.keyPart(sql, column.source(), part));
        } else {
            oneOf(reference, ids, part -> ShownTable.referencePart(sql, column.source(), column.name(), part));
        }
        return true;
    }

    /** Returns the id of a row, or the one at the end of its RN. */
    private static String id(Object idOrRn) {
        String text = idOrRn.toString();
        return text.substring(text.lastIndexOf(':') + 1);
    }

    private interface Part {
        void write(int part);
    }

    /** Writes whether each column has one of the values that the ids have for it. */
    private void oneOf(List<ShownTable.Place> columns, List<Object> ids, Part written) {
        for (int part = 0; part < columns.size(); part++) {
            sql.add(part == 0 ? "" : " AND ");
            written.write(part);
            sql.add(ids.size() == 1 ? " = " : " IN (");
            int count = ids.size() == 1 ? 1 : SelectionSql.padded(ids.size());
            for (int i = 0; i < count; i++) {
                sql.add(i == 0 ? "" : ", ");
                int at = part;
                Object id = ids.get(Math.min(i, ids.size() - 1));
                ShownTable.placeholder(
                        sql,
                        columns.get(part),
                        BindParameter.of(id, given -> ShownTable.keyValue(id(given), columns, at)));
            }
            sql.add(ids.size() == 1 ? "" : ")");
        }
    }

    /** Writes a condition whose general form knows only ids that korm gave; answers whether this is one. */
    boolean condition(Condition condition) {
        if (!(condition instanceof Condition.RefersTo refers) || refers.ids().isEmpty()) {
            return false;
        }
        List<ShownTable.Place> columns = columns(refers.reference());
        if (!columns.isEmpty() && refers.reference() instanceof Operand.Column column) {
            if (!refers.layer().equals(sources.layer()) || !isTarget(column, refers.target())) {
                sql.add(dialect.truth(false));
                return true;
            }
            if (columns.size() == 1) {
                oneOf(
                        columns,
                        refers.ids(),
                        part -> ShownTable.referencePart(sql, column.source(), column.name(), part));
                return true;
            }
        }
        if (columns.isEmpty()
                && sources.shown(refers.target()) == null
                && refers.ids().stream().noneMatch(ShownConditions::isKey)) {
            return false;
        }
        String own = item(refers.target());
        String far = "[rn][" + Rn.FROM + "::" + refers.layer() + "]" + own;
        boolean near = refers.layer().equals(sources.layer());
        String separator = "(";
        for (Object id : refers.ids()) {
            sql.add(separator);
            dialect.equatable(sql, refers.reference(), sources);
            sql.add(near ? " IN (" : " = ").bind(BindParameter.of(id, given -> far + given));
            if (near) {
                sql.add(", ")
                        .bind(BindParameter.of(id, given -> "[rn]" + own + given))
                        .add(")");
            }
            separator = " OR ";
        }
        sql.add(")");
        return true;
    }

    private static boolean isKey(Object id) {
        return id instanceof String text && text.startsWith("=");
    }

    private static String item(TableName target) {
        return ":" + target.namespace() + ":" + target.kind() + ":";
    }

    /** Returns the columns of a reference of a table that korm did not make to another such. */
    private List<ShownTable.Place> columns(Operand reference) {
        ShownTable holder = reference instanceof Operand.Column column ? sources.shown(column.source()) : null;
        return holder == null ? List.of() : holder.reference(((Operand.Column) reference).name());
    }

    private boolean isTarget(Operand.Column column, TableName target) {
        ShownTable holder = sources.shown(column.source());
        ShownTable there = sources.shown(target);
        return holder != null
                && holder.target(column.name()).filter(target::equals).isPresent()
                && (there == null || there.key().size() == columns(column).size());
    }

    /** Writes whether a joined row is the one that is referred to; answers whether one of the two is of a table that korm did not make. */
    boolean joined(Join join) {
        ShownTable target = sources.shown(join.target());
        List<ShownTable.Place> columns = columns(join.reference());
        if (!columns.isEmpty()) {
            Operand.Column column = (Operand.Column) join.reference();
            if (target == null || !isTarget(column, join.target())) {
                sql.add(dialect.truth(false));
                return true;
            }
            for (int part = 0; part < columns.size(); part++) {
                sql.add(part == 0 ? "" : " AND ");
                ShownTable.keyPart(sql, join.source(), part);
                sql.add(" = ");
                ShownTable.referencePart(sql, column.source(), column.name(), part);
            }
            return true;
        }
        if (target == null) {
            return false;
        }
        dialect.refersToKey(sql, join, target, sources);
        return true;
    }

    /** Writes whether the reference of a join is to one of the rows of a subquery; answers whether one of the two is of a table that korm did not make. */
    boolean namesOneOf(Join join, Dialect.ReferencedRows rows) {
        ShownTable target = sources.shown(join.target());
        List<ShownTable.Place> columns = columns(join.reference());
        if (columns.isEmpty() && target == null) {
            return false;
        }
        if (columns.isEmpty()) {
            String own = item(join.target());
            String from = "[rn][" + Rn.FROM + "::" + sources.layer() + "]" + own;
            sql.add("(");
            spelt(join, rows, "[rn]" + own);
            sql.add(" OR ");
            spelt(join, rows, from);
            sql.add(")");
            return true;
        }
        Operand.Column column = (Operand.Column) join.reference();
        if (target == null || !isTarget(column, join.target())) {
            sql.add(dialect.truth(false));
            return true;
        }
        sql.add("(");
        for (int part = 0; part < columns.size(); part++) {
            sql.add(part == 0 ? "" : ", ");
            ShownTable.referencePart(sql, column.source(), column.name(), part);
        }
        sql.add(") IN (");
        rows.select(
                () -> {
                    for (int part = 0; part < columns.size(); part++) {
                        sql.add(part == 0 ? "" : ", ");
                        ShownTable.keyPart(sql, join.source(), part);
                    }
                },
                () -> {});
        sql.add(")");
        return true;
    }

    private void spelt(Join join, Dialect.ReferencedRows rows, String beginning) {
        dialect.equatable(sql, join.reference(), sources);
        sql.add(" IN (");
        rows.select(
                () -> dialect.concatenated(sql, beginning, () -> sql.column(join.source(), TableName.ID)), () -> {});
        sql.add(")");
    }
}
