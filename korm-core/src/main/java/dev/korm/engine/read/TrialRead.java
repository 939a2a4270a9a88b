package dev.korm.engine.read;

import dev.korm.SchemaException;
import dev.korm.ValueException;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.TableView;
import dev.korm.engine.observe.SchemaLog;
import dev.korm.model.Node;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A read of a few items before their collection is prepared, whether they can be read as their record is now: a field that must have a value and that they were stored
 * without fails each read, and filters see nothing of it. It takes the first and the last by id: where ids grow, the oldest are those that lack a field.
 */
public final class TrialRead {
    /** Items at each end. */
    private static final int ITEMS = 16;

    private int looked;
    private int failed;
    private @Nullable ValueException failure;

    private TrialRead() {}

    /**
     * Requires that the record's items can be read, where the record has fields that the table has no column for. What cannot be read in a table that has all columns is
     * logged: the other items can be.
     *
     * @throws SchemaException when none of the items looked at can be read
     */
    public static <T> void require(CollectionHandle<T> home) {
        if (home.model().existing().isPresent() || home.model().root().isDynamic()) {
            return;
        }
        ItemReader.ask(home, view -> {
            TrialRead trial = new TrialRead();
            trial.look(home, view, SortKey.Direction.ASCENDING);
            if (trial.looked == ITEMS) {
                trial.look(home, view, SortKey.Direction.DESCENDING);
            }
            ValueException first = trial.failure;
            if (first != null) {
                trial.judge(home, view.schema(), first);
            }
            return trial;
        });
    }

    private <T> void look(CollectionHandle<T> home, TableView<T> view, SortKey.Direction direction) {
        SortKey byId = new SortKey(new Output.Value(ItemIds.operand()), direction, SortKey.Nulls.LAST);
        FederatedSelection end = FederatedSelection.of(
                view.selection(List.of(), Condition.ALWAYS, List.of(byId), OptionalLong.of(ITEMS)));
        try (RowCursor row = home.layer().select(end)) {
            while (row.next()) {
                looked++;
                try {
                    StoredItem.read(view, row, home);
                } catch (ValueException misfit) {
                    failed++;
                    failure = failure == null ? misfit : failure;
                } catch (SchemaException otherKind) {
                    // Preparing says of each such column what to do about it.
                }
            }
        }
    }

    private void judge(CollectionHandle<?> home, TableSchema actual, ValueException first) {
        String layer = home.layer().layer();
        Node root = home.model().root();
        Set<String> defaults = root.memberNames().stream()
                .map(name -> root.member(name).orElseThrow())
                .filter(member -> member.node().absentValue().isPresent())
                .map(Node.Member::storedName)
                .collect(Collectors.toSet());
        List<String> lacking = home.model().wanted(home.table(), null).columns().stream()
                .filter(column -> !column.isHidden() && !actual.has(column.name()))
                .map(ColumnSchema::name)
                .filter(name -> !defaults.contains(name))
                .toList();
        if (failed < looked || lacking.isEmpty()) {
            SchemaLog.cannotBeRead(layer, home.table(), failed, looked, String.valueOf(first.getMessage()));
            return;
        }
        List<String> lines = home.model().missingDefaults(actual);
        throw new SchemaException(
                home.collection() + " in the layer \"" + layer + "\" was not prepared for "
                        + home.model().type().getSimpleName() + ", since its items were stored without "
                        + String.join(", ", lacking) + ", and none of those looked at could be read. "
                        + (lines.isEmpty()
                                ? "Declare a @Default or an Optional, or have the constructor take null"
                                : "Declare " + String.join(" and ", lines)
                                        + ", with the value that they are to have, or declare an Optional")
                        + ". " + first.getMessage(),
                first);
    }
}
