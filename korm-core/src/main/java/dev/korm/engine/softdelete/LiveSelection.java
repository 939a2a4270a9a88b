package dev.korm.engine.softdelete;

import dev.korm.spi.Batch;
import dev.korm.spi.Mutation;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import java.util.List;
import java.util.function.Predicate;

/** Selections without the rows that are marked as deleted: neither among the rows that are selected, nor behind a join. */
final class LiveSelection {
    static final Condition UNMARKED =
            new Condition.IsNull(new Operand.Column(0, TableName.DELETED, ColumnKind.INTEGER));

    private LiveSelection() {}

    /** Returns a selection without marked rows; the same where no table of it has any. */
    static Selection of(Selection selection, Predicate<TableName> marking) {
        Selection live = selection;
        if (hasJoins(selection)) {
            live = selection
                    .withJoins(joins(selection.joins(), marking))
                    .withWhere(condition(selection.where(), marking));
        }
        return marking.test(selection.from()) ? unmarked(live) : live;
    }

    /** Returns a selection that selects no marked row of a table that can have some. */
    static Selection unmarked(Selection selection) {
        return selection.where().conjuncts().anyMatch(UNMARKED::equals)
                ? selection
                : selection.withWhere(new Condition.And(List.of(selection.where(), UNMARKED)));
    }

    /** Returns a batch whose selections are without marked rows. */
    static Batch of(Batch batch, Predicate<TableName> marking) {
        return batch.mutations().stream().noneMatch(LiveSelection::selects)
                ? batch
                : new Batch(
                        batch.mutations().stream()
                                .map(mutation -> of(mutation, marking))
                                .toList(),
                        batch.marker(),
                        batch.token());
    }

    private static boolean selects(Mutation mutation) {
        return mutation instanceof Mutation.UpdateSelected
                || mutation instanceof Mutation.DeleteSelected
                || mutation instanceof Mutation.RequireNone;
    }

    private static Mutation of(Mutation mutation, Predicate<TableName> marking) {
        if (mutation instanceof Mutation.UpdateSelected update) {
            return new Mutation.UpdateSelected(of(update.selection(), marking), update.columns(), update.values());
        }
        if (mutation instanceof Mutation.DeleteSelected delete) {
            return new Mutation.DeleteSelected(of(delete.selection(), marking));
        }
        return mutation instanceof Mutation.RequireNone none
                ? new Mutation.RequireNone(of(none.selection(), marking))
                : mutation;
    }

    private static boolean hasJoins(Selection selection) {
        return !selection.joins().isEmpty()
                || selection.where().walk().anyMatch(condition -> !condition
                        .joins()
                        .isEmpty());
    }

    private static List<Join> joins(List<Join> joins, Predicate<TableName> marking) {
        return joins.stream()
                .map(join -> marking.test(join.target()) ? join.unless(TableName.DELETED) : join)
                .toList();
    }

    private static Condition condition(Condition condition, Predicate<TableName> marking) {
        Condition inside = condition.map(part -> condition(part, marking));
        return inside instanceof Condition.AnyElement any && !any.joins().isEmpty()
                ? any.withJoins(joins(any.joins(), marking))
                : inside;
    }
}
