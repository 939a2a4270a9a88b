package dev.korm.jdbc.sql;

import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.query.TextPattern;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The dialect of one database: how it writes what {@link SelectionSql} and {@code BatchWriter} need, and what its
 * errors mean.
 */
public interface Dialect {
    /** Returns a statement in the database's way of quoting names. */
    SqlWriter writer();

    /** Writes a table, where a statement names it. */
    void table(SqlWriter sql, TableName table);

    /** Returns a condition that is always true, or always false. */
    String truth(boolean value);

    /** Writes the operand's value, in the form in which it is returned. */
    void value(SqlWriter sql, Operand operand, TableSources sources);

    /**
     * Writes the operand's value, in the form in which it is returned for the rows of a group, which are equal in it.
     */
    void grouped(SqlWriter sql, Operand operand, TableSources sources);

    /** Writes the operand's value in a form whose order and equality are those of the operand's kind. */
    void comparable(SqlWriter sql, Operand operand, TableSources sources);

    /** Writes the operand's value in a form whose equality is that of the operand's kind. */
    void equatable(SqlWriter sql, Operand operand, TableSources sources);

    /**
     * Returns the value to bind beside {@link #comparable}, such that the comparison has the same result as with the
     * exact constant.
     */
    Object constant(Operand operand, Condition.Comparison comparison, Object constant);

    /** Returns how many bytes of a text the server takes at once. */
    default long largestText() {
        return Long.MAX_VALUE;
    }

    /** Returns the value to bind for storing a value in a column of the kind. */
    @Nullable Object stored(ColumnKind kind, @Nullable Object value);

    /** Writes whether the operand's text matches. */
    void matches(SqlWriter sql, Operand operand, TextPattern pattern, TableSources sources);

    /** Writes the FROM item for the elements of a container, its alias included. */
    void elements(SqlWriter sql, Condition.AnyElement any, TableSources sources);

    /** Writes whether the key of a join's target is the id at the end of its reference. */
    default void joined(SqlWriter sql, Join join, TableSources sources) {
        sql.column(join.source(), join.target().key()).add(" = ");
        referredId(sql, join.reference(), sources);
    }

    /** Writes the id at the end of an RN, spelt as the second index of a reference holds it. */
    void referredId(SqlWriter sql, Operand reference, TableSources sources);

    /**
     * Writes whether an RN is that of an item of a table.
     *
     * @param layer the layer that the table is in; an RN without {@code from} means the one that is asked
     */
    void refersTo(SqlWriter sql, Operand reference, String layer, TableName target, TableSources sources);

    /** Writes a text of korm's, bound, with another behind it. */
    default void concatenated(SqlWriter sql, String beginning, Runnable behind) {
        sql.add("(CAST(").bind(beginning).add(" AS text) || ");
        behind.run();
        sql.add(")");
    }

    /** Writes whether the reference of a join is the RN of a row in a table that korm did not make. */
    default void refersToKey(SqlWriter sql, Join join, ShownTable target, TableSources sources) {
        String item = ":" + join.target().namespace() + ":" + join.target().kind() + ":";
        Runnable id = () -> sql.column(join.source(), TableName.ID);
        if (target.hasNumber()) {
            // By the number first, which an index knows; what is no number finds nothing by the text.
            ShownTable.keyPart(sql, join.source(), 0);
            sql.add(" = ");
            numberBehind(sql, () -> equatable(sql, join.reference(), sources), item + "=");
            sql.add(" AND ");
        }
        sql.add("(");
        equatable(sql, join.reference(), sources);
        sql.add(" = ");
        concatenated(sql, "[rn]" + item, id);
        sql.add(" OR ");
        equatable(sql, join.reference(), sources);
        sql.add(" = ");
        concatenated(sql, "[rn][from::" + sources.layer() + "]" + item, id);
        sql.add(")");
    }

    /** Writes the whole number behind a piece of a text; null, or any other number, where there is none. */
    default void numberBehind(SqlWriter sql, Runnable text, String piece) {
        sql.add("CAST(substr(");
        text.run();
        sql.add(", instr(");
        text.run();
        sql.add(", ").bind(piece).add(") + ").add(piece.length()).add(") AS integer)");
    }

    /** Writes a subquery of rows that are referred to: what it selects of each, and what is selected from beside their table. */
    interface ReferencedRows {
        void select(Runnable output, Runnable beside);
    }

    /**
     * Writes whether the reference of a join is the RN of one of the rows that a subquery finds. It need not be false where it is not true.
     *
     * @param rows writes the subquery; may be asked more than once
     */
    default void namesOneOf(SqlWriter sql, Join join, ReferencedRows rows, TableSources sources) {
        sql.add("(");
        referredId(sql, join.reference(), sources);
        sql.add(" IN (");
        rows.select(() -> sql.column(join.source(), join.target().key()), () -> {});
        sql.add(") AND ");
        refersTo(sql, join.reference(), sources.layer(), join.target(), sources);
        sql.add(")");
    }

    /**
     * Writes what follows an operand that equals one of many texts, bound as one value: a statement with a placeholder
     * for each takes longer to write and to plan than to run.
     */
    void oneOfMany(SqlWriter sql, List<String> texts);

    /** Returns from how many constants on a list is written by {@link #oneOfMany(SqlWriter, Runnable, List)}. */
    default int many() {
        return Integer.MAX_VALUE;
    }

    /**
     * Writes whether an operand equals one of many constants, which are bound as few values, since databases limit how
     * many a statement has.
     *
     * @param operand what is compared, as {@link #equatable} writes it
     * @param constants what is bound beside it, in the form that {@link #constant} has
     */
    default void oneOfMany(SqlWriter sql, Runnable operand, List<Object> constants) {
        throw new IllegalStateException("Each constant has a placeholder of its own");
    }

    /**
     * Returns a condition into which the planner is not to look.
     *
     * @return false, with nothing written, where it looks through however many in good time
     */
    default boolean opaque(SqlWriter sql, Runnable condition) {
        return false;
    }

    /** Writes an aggregate, in the form in which it is returned. */
    void aggregate(SqlWriter sql, Output.Aggregate aggregate, TableSources sources);

    /** Writes an aggregate, in the form by which rows are ordered. */
    void comparable(SqlWriter sql, Output.Aggregate aggregate, TableSources sources);

    /** Writes a term of ORDER BY. */
    void order(SqlWriter sql, Runnable term, SortKey.Direction direction, SortKey.Nulls nulls);

    /** Returns whether an index has nulls where such an order has them, when it is read in that direction. */
    default boolean keepsNulls(SortKey.Direction direction, SortKey.Nulls nulls) {
        return true;
    }

    /** Returns whether the values that an index begins with are found one by one where an order has only its columns; see {@link LooseScan}. */
    default boolean scansLoosely() {
        return false;
    }

    /** Returns whether an index, behind columns that have one value, is read with the nulls of the next at either end. */
    default boolean passesNulls() {
        return false;
    }

    /** Returns whether a page in an order by an index is written in parts, each a range of the index; see {@link OrderedParts}. */
    default boolean readsParts() {
        return false;
    }

    /** Writes a part of an answer, between {@code UNION ALL}, that has an order and a limit of its own. */
    default void part(SqlWriter sql, int place, Runnable selected) {
        sql.add("(");
        selected.run();
        sql.add(")");
    }

    /** Writes a term of ORDER BY that is null in no selected row, so that an index may serve it wherever nulls would come. */
    default void orderWithoutNulls(SqlWriter sql, Runnable term, SortKey.Direction direction, SortKey.Nulls nulls) {
        order(sql, term, direction, nulls);
    }

    /**
     * Returns a condition in the database's own words.
     *
     * @return false, with nothing written, where the words that serve every database are right
     */
    default boolean condition(SqlWriter sql, Condition condition, TableSources sources) {
        return false;
    }

    /**
     * Writes the content of {@code IN (…)} for the keys that a selection from the changed table returns. Where several transactions write at once, the
     * selection locks these rows: it then looks again at those that others have changed meanwhile, which the statement around it would not.
     */
    default void chosen(SqlWriter sql, Selection selection, Runnable keys) {
        keys.run();
    }

    /** Returns the order key that a table has for an index; empty where it has none, or the index itself has the order. */
    default Optional<OrderKey> orderKey(TableSchema table, IndexSchema index) {
        return Optional.empty();
    }

    /**
     * Returns what writes, with {@code AND} before it, what is true of hidden columns wherever a condition is true, so that their indexes serve it;
     * empty where there are none. It is of no use within {@code NOT}.
     *
     * @param preferred hidden columns of which none other is named where one of them will do
     */
    default Optional<Runnable> ofHiddenColumns(
            SqlWriter sql, Condition condition, TableSources sources, List<String> preferred) {
        return Optional.empty();
    }

    /** Writes a part of an index, within CREATE INDEX. */
    void indexed(SqlWriter sql, Operand part);

    /**
     * Returns the clause at the end of a SELECT that keeps others from changing its rows until the transaction ends;
     * empty where none is needed.
     */
    default String sharedLock() {
        return "";
    }

    /** Returns the query for the database's own time, in milliseconds since 1970. */
    String time();

    Violation violation(SQLException error);

    /** Returns whether the error may come from a table or column that is not there. */
    boolean mayBeMissing(SQLException error);

    /** Returns whether the error may come from a column that is no longer of the kind that was assumed. */
    boolean isOfAnotherKind(SQLException error);

    /** The kind of constraint that an error is about. */
    enum Violation {
        KEY_OR_UNIQUE,
        NONE
    }
}
