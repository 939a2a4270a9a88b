package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.wal.PoolHistory.Change;
import dev.korm.wal.PoolHistory.Fate;
import dev.korm.wal.PoolHistory.Found;
import dev.korm.wal.PoolHistory.Kind;
import dev.korm.wal.PoolHistory.Touch;
import dev.korm.wal.PoolHistory.Violation;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What is held against stores in which an item with a file was being moved, from the layer a to b, with another item beside it, when the program was killed: it was in
 * b by then, and in a still.
 */
class PoolHistoryTest {
    private static final String ITEM = "item";
    private static final String BESIDE = "beside";
    private static final String OWNER = "owner";
    private static final String OWNED = "owned";

    private final PoolHistory history = new PoolHistory(false);
    private long created;
    private long rewritten;

    @BeforeEach
    void move() {
        created = told(Fate.ACKNOWLEDGED, stores(ITEM, "a", 0), stores(BESIDE, "a", 0));
        rewritten = told(Fate.ACKNOWLEDGED, stores(ITEM, "a", created));
        told(
                Fate.UNKNOWN,
                new Touch(ITEM, "a", rewritten, Kind.LEAVES),
                new Touch(ITEM, "b", rewritten, Kind.ARRIVES),
                new Touch(BESIDE, "a", created, Kind.LEAVES),
                new Touch(BESIDE, "b", created, Kind.ARRIVES));
    }

    private long told(Fate fate, Touch... touches) {
        Change change = history.begin();
        for (Touch touch : touches) {
            history.touch(change, touch);
        }
        if (fate != Fate.UNKNOWN) {
            history.told(change, fate, "");
        }
        return change.number;
    }

    private static Touch stores(String item, String layer, long base) {
        return new Touch(item, layer, base, Kind.STORES);
    }

    private static Found row(String item, String layer, long number, long fileOf) {
        return new Found(
                item,
                layer,
                number,
                fileOf == 0 ? 0 : number,
                fileOf == 0 ? null : PoolHistory.text(fileOf),
                null,
                false);
    }

    private static Map<String, Found> found(Found... rows) {
        Map<String, Found> found = new HashMap<>();
        for (Found row : rows) {
            found.put(SimulatedProgram.key(row.layer(), row.item()), row);
        }
        return found;
    }

    @Test
    void what_a_move_left_behind_has_the_file_that_was_changed_along_with_what_it_brought() {
        // It also keeps the move from being finished, since the other item is not as that had found it.
        long changed = told(Fate.ACKNOWLEDGED, stores(BESIDE, "a", created), stores(ITEM, "b", rewritten));

        assertThatCode(() -> history.check(
                        found(
                                row(ITEM, "a", rewritten, changed),
                                row(ITEM, "b", changed, changed),
                                row(BESIDE, "a", changed, 0),
                                row(BESIDE, "b", created, 0)),
                        Set.of("a/" + ITEM, "a/" + BESIDE)))
                .doesNotThrowAnyException();
    }

    @Test
    void what_a_move_left_behind_has_no_file_older_than_itself() {
        long changed = told(Fate.ACKNOWLEDGED, stores(BESIDE, "a", created), stores(ITEM, "b", rewritten));

        assertThatThrownBy(() -> history.check(
                        found(
                                row(ITEM, "a", rewritten, created),
                                row(ITEM, "b", changed, changed),
                                row(BESIDE, "a", changed, 0),
                                row(BESIDE, "b", created, 0)),
                        Set.of("a/" + ITEM, "a/" + BESIDE)))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("should have the file of change " + rewritten);
    }

    @Test
    void what_a_move_left_behind_has_no_file_of_a_change_that_was_refused() {
        long refused = told(Fate.REFUSED, stores(BESIDE, "a", created), stores(ITEM, "b", rewritten));

        assertThatThrownBy(() -> history.check(
                        found(
                                row(ITEM, "a", rewritten, refused),
                                row(ITEM, "b", rewritten, refused),
                                row(BESIDE, "a", created, 0),
                                row(BESIDE, "b", created, 0)),
                        Set.of("a/" + ITEM, "a/" + BESIDE)))
                .isInstanceOf(Violation.class);
    }

    @Test
    void an_item_in_one_layer_has_its_own_file() {
        long late = told(Fate.UNKNOWN, stores(ITEM, "b", rewritten));

        assertThatThrownBy(() ->
                        history.check(found(row(ITEM, "a", rewritten, late), row(BESIDE, "a", created, 0)), Set.of()))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("should have the file of change " + rewritten);
    }

    private Change createOwned() {
        Change creation = history.begin();
        history.touch(creation, stores(OWNER, "a", 0));
        history.touch(creation, stores(OWNED, "a", 0));
        history.owns(OWNER, OWNED);
        history.told(creation, Fate.ACKNOWLEDGED, "");
        return creation;
    }

    private Change moveOwner(Change creation) {
        Change move = history.begin();
        history.touch(move, new Touch(OWNER, "a", creation.number, Kind.LEAVES));
        history.touch(move, new Touch(OWNER, "b", creation.number, Kind.ARRIVES));
        return move;
    }

    private void deleteMovedOwner(Change creation) {
        history.touch(history.begin(), new Touch(OWNER, "b", creation.number, Kind.DELETES));
    }

    @Test
    void a_deletion_takes_along_what_named_its_item_by_the_old_place_when_its_program_looked() {
        Change creation = createOwned();
        Change move = moveOwner(creation);
        deleteMovedOwner(creation);
        history.told(move, Fate.ACKNOWLEDGED, "");

        assertThatCode(() -> history.check(
                        found(row(ITEM, "b", rewritten, rewritten), row(BESIDE, "b", created, 0)), Set.of()))
                .doesNotThrowAnyException();
    }

    @Test
    void a_deletion_takes_nothing_along_that_its_program_would_have_seen() {
        Change creation = createOwned();
        Change move = moveOwner(creation);
        history.told(move, Fate.ACKNOWLEDGED, "");
        deleteMovedOwner(creation);

        assertThatThrownBy(() -> history.check(
                        found(row(ITEM, "b", rewritten, rewritten), row(BESIDE, "b", created, 0)), Set.of()))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("acknowledged and is missing");
    }
}
