package dev.korm.engine.softdelete;

import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rows of a selection without those that are marked as deleted, where the layer cannot leave them out: they are read, and passed over. */
final class UnmarkedRows implements RowCursor {
    private final RowCursor rows;
    private final int mark;
    private long left;

    private UnmarkedRows(RowCursor rows, int mark, OptionalLong limit) {
        this.rows = rows;
        this.mark = mark;
        this.left = limit.orElse(Long.MAX_VALUE);
    }

    /** Runs a selection, with a mark in each row that {@link #marksToo} has added. */
    static RowCursor select(Selection selection, Function<Selection, RowCursor> layer) {
        return new UnmarkedRows(
                layer.apply(marksToo(selection)), selection.outputs().size(), selection.limit());
    }

    /** Returns a selection with the mark behind what each row has, of as many rows as it may take. */
    static Selection marksToo(Selection selection) {
        if (selection.isGrouped()) {
            throw new IllegalArgumentException("Rows that are grouped cannot be passed over one by one");
        }
        List<Output> outputs = new ArrayList<>(selection.outputs());
        outputs.add(new Output.Value(new Operand.Column(0, TableName.DELETED, ColumnKind.INTEGER)));
        return new Selection(
                selection.from(),
                selection.joins(),
                outputs,
                selection.where(),
                List.of(),
                selection.order(),
                OptionalLong.empty());
    }

    @Override
    public boolean next() {
        while (left > 0 && rows.next()) {
            if (rows.get(mark) == null) {
                left--;
                return true;
            }
        }
        return false;
    }

    @Override
    public @Nullable Object get(int column) {
        return rows.get(column);
    }

    @Override
    public void close() {
        rows.close();
    }
}
