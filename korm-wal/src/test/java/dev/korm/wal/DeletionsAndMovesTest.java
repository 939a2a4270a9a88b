package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.wal.PoolHistory.Change;
import dev.korm.wal.PoolHistory.Fate;
import dev.korm.wal.PoolHistory.Found;
import dev.korm.wal.PoolHistory.Kind;
import dev.korm.wal.PoolHistory.Touch;
import dev.korm.wal.PoolHistory.Violation;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is held against stores in which an item in the layer a was deleted, that one in the layer b named, while others moved one of the two. */
class DeletionsAndMovesTest {
    private static final String OWNER = "owner";
    private static final String OWNED = "owned";

    private PoolHistory history = new PoolHistory(false);
    private long created;

    @BeforeEach
    void create() {
        Change creation = begun(new Touch(OWNER, "a", 0, Kind.STORES), new Touch(OWNED, "b", 0, Kind.STORES));
        history.owns(OWNER, OWNED);
        created = creation.number;
        history.told(creation, Fate.ACKNOWLEDGED, "");
    }

    private Change begun(Touch... touches) {
        Change change = history.begin();
        for (Touch touch : touches) {
            history.touch(change, touch);
        }
        return change;
    }

    private Change moving(String item, String from, String to) {
        return begun(new Touch(item, from, created, Kind.LEAVES), new Touch(item, to, created, Kind.ARRIVES));
    }

    private Touch deleted(String item, String layer) {
        return new Touch(item, layer, created, Kind.DELETES);
    }

    private Found owned(String layer, String owner) {
        return new Found(OWNED, layer, created, 0, null, owner, false);
    }

    @Test
    void what_a_move_was_bringing_meanwhile_may_go_along_although_it_was_in_no_layer_at_first() {
        Change move = moving(OWNED, "b", "a");
        Change deletion = begun(deleted(OWNER, "a"));
        history.told(move, Fate.ACKNOWLEDGED, "");
        history.told(deletion, Fate.ACKNOWLEDGED, "");

        assertThatCode(() -> history.check(Map.of(), Set.of())).doesNotThrowAnyException();
    }

    @Test
    void what_a_move_was_bringing_meanwhile_may_stay() {
        Change deletion = begun(deleted(OWNER, "a"), deleted(OWNED, "b"));
        moving(OWNED, "b", "a");
        history.told(deletion, Fate.ACKNOWLEDGED, "");

        assertThatCode(() -> history.check(Map.of("a/" + OWNED, owned("a", "a/" + OWNER)), Set.of()))
                .doesNotThrowAnyException();
    }

    @Test
    void what_was_brought_before_goes_along() {
        history.told(moving(OWNED, "b", "a"), Fate.ACKNOWLEDGED, "");
        history.told(begun(deleted(OWNER, "a"), deleted(OWNED, "a")), Fate.ACKNOWLEDGED, "");

        assertThatThrownBy(() -> history.check(Map.of("a/" + OWNED, owned("a", "a/" + OWNER)), Set.of()))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("acknowledged and is missing");
    }

    @Test
    void what_was_brought_before_goes_only_by_who_has_seen_it() {
        history.told(moving(OWNED, "b", "a"), Fate.ACKNOWLEDGED, "");
        history.told(begun(deleted(OWNER, "a")), Fate.ACKNOWLEDGED, "");

        assertThatThrownBy(() -> history.check(Map.of(), Set.of()))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("missing");
    }

    /** The move was decided and cut off, so a reference names the new place already, and the old row is there still. */
    @Test
    void the_deletion_of_a_row_that_a_move_left_behind_takes_nobody_along_who_names_the_new_place() {
        moving(OWNER, "a", "b");
        history.told(begun(deleted(OWNER, "a"), deleted(OWNED, "b")), Fate.ACKNOWLEDGED, "");

        assertThatCode(() -> history.check(
                        Map.of(
                                "b/" + OWNER,
                                new Found(OWNER, "b", created, 0, null, null, false),
                                "b/" + OWNED,
                                owned("b", "b/" + OWNER)),
                        Set.of("a/" + OWNER)))
                .doesNotThrowAnyException();
    }

    @Test
    void the_deletion_of_a_row_that_a_move_left_behind_takes_along_who_names_that() {
        moving(OWNER, "a", "b");
        history.told(begun(deleted(OWNER, "a"), deleted(OWNED, "b")), Fate.ACKNOWLEDGED, "");

        assertThatThrownBy(() -> history.check(
                        Map.of(
                                "b/" + OWNER,
                                new Found(OWNER, "b", created, 0, null, null, false),
                                "b/" + OWNED,
                                owned("b", "a/" + OWNER)),
                        Set.of("a/" + OWNER)))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("acknowledged and is missing");
    }

    /** The move of all in the layer a was decided and cut off, and somebody has changed there what stands beside what is kept. */
    private void moveAllWithOneKept() {
        history = new PoolHistory(true);
        create();
        history.told(begun(deleted(OWNED, "b")), Fate.ACKNOWLEDGED, "");
        Change move = moving(OWNER, "a", "b");
        history.movesAll(move, "a", "b");
        history.told(begun(new Touch(OWNER, "a", created, Kind.STORES)), Fate.ACKNOWLEDGED, "");
    }

    private Found kept(String layer) {
        return new Found(OWNED, layer, created, 0, null, null, true);
    }

    @Test
    void what_is_deleted_and_kept_may_be_where_a_move_of_all_has_left_and_has_brought_it() {
        moveAllWithOneKept();
        Map<String, Found> found = Map.of(
                "a/" + OWNER,
                new Found(OWNER, "a", created + 3, 0, null, null, false),
                "b/" + OWNER,
                new Found(OWNER, "b", created, 0, null, null, false),
                "a/" + OWNED,
                kept("a"),
                "b/" + OWNED,
                kept("b"));

        assertThatCode(() -> history.check(found, Set.of("a/" + OWNER, "a/" + OWNED)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> history.check(found, Set.of("a/" + OWNER)))
                .isInstanceOf(Violation.class)
                .hasMessageContaining(OWNED + " is in several layers");
    }
}
