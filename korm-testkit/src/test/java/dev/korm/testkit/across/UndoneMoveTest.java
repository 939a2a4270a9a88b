package dev.korm.testkit.across;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Change;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.history.HistoryException;
import dev.korm.history.UndoRefusedException;
import dev.korm.history.Version;
import dev.korm.relocate.Relocation;
import dev.korm.relocate.RelocationException;
import dev.korm.relocate.RelocationProgress;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryJournal;
import dev.korm.testkit.memory.MemoryLayer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Undone moves of collections that were cut off, and of copies. Whatever is undone, and refused, each item is in one of the two places afterwards: what an
 * undo takes away is never the last of it.
 */
class UndoneMoveTest {
    /** More than a page, so that a move is cut off between two as well. */
    private static final int CARS = 230;

    /** A car. */
    @Stored(layer = "a", namespace = "goods", kind = "car")
    record Car(int price, @Nullable Rn<Car> spare) {}

    /** A note about a car, in a layer of its own. */
    @Stored(layer = "c", namespace = "desk", kind = "note")
    record Note(String text, Rn<Car> about) {}

    /** The end of a program in the middle of a move. */
    private static final class Cut extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private MemoryLayer a;
    private MemoryLayer b;
    private MemoryLayer c;
    private MemoryJournal journal;
    private final VirtualEnvironment world = VirtualEnvironment.seeded(7).withThreads();
    private Pool pool;
    private Map<String, Integer> prices = Map.of();

    @BeforeEach
    void open() {
        a = MemoryLayer.create();
        b = MemoryLayer.create();
        c = MemoryLayer.create();
        journal = MemoryJournal.create();
        reopen(builder().layer("b", b).layer("c", c).withHistory());
        Items<Car> cars = Korm.item(Car.class, pool);
        Rn<Car> first = cars.fromData(new Car(0, null)).create().rn();
        List<Change<?>> others = new ArrayList<>();
        for (int i = 1; i < CARS - 1; i++) {
            others.add(cars.fromData(new Car(i, first)));
        }
        Korm.tx(others).persist();
        Rn<Car> last = cars.fromData(new Car(CARS - 1, first)).create().rn();
        Korm.item(Note.class, pool).fromData(new Note("dear", last)).create();
        prices = prices("a");
        assertThat(prices).hasSize(CARS);
        world.advance(Duration.ofSeconds(1));
    }

    private PoolBuilder builder() {
        return Korm.pool().layer("a", a).defaultLayer("a").withWal(journal).environment(world);
    }

    private void reopen(PoolBuilder builder) {
        if (pool != null) {
            pool.close();
        }
        pool = builder.open();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private Map<String, Integer> prices(String layer) {
        Map<String, Integer> found = new TreeMap<>();
        Korm.item(Car.class, pool).fromQuery(layer, "goods", "car").stream()
                .forEach(
                        car -> found.put(car.rn().id().orElseThrow(), car.data().price()));
        return found;
    }

    private Relocation<Car> relocation(Consumer<RelocationProgress> progress) {
        return Korm.collection(Car.class, pool)
                .from("a", "goods", "car")
                .to("b")
                .onProgress(progress);
    }

    /** Moves until the listener was told so many times; answers whether that is before the end. */
    private boolean moveUntil(int told) {
        int[] count = new int[1];
        try {
            relocation(progress -> {
                        if (++count[0] == told) {
                            throw new Cut();
                        }
                    })
                    .move();
            return false;
        } catch (Cut cut) {
            world.advance(Duration.ofSeconds(1));
            return true;
        }
    }

    private Set<String> transactions() {
        Set<String> all = new LinkedHashSet<>();
        for (String layer : List.of("b", "a")) {
            for (String id : prices.keySet()) {
                Rn<Car> rn = Rn.<Car>collection("goods", "car").item(id).from(layer);
                for (Version<Car> version :
                        Korm.item(Car.class, pool).history(rn).newest(10)) {
                    version.transaction().ifPresent(all::add);
                }
            }
        }
        return all;
    }

    private String noteLayer() {
        return Korm.item(Note.class, pool)
                .query()
                .first()
                .map(Item::data)
                .orElseThrow()
                .about()
                .layer()
                .orElse("a");
    }

    private void requireNothingLost() {
        Map<String, Integer> all = prices("a");
        all.putAll(prices("b"));
        assertThat(all).isEqualTo(prices);
    }

    private boolean isUndone(String transaction) {
        world.advance(Duration.ofSeconds(1));
        try {
            pool.history().undo(transaction);
            return true;
        } catch (UndoRefusedException refused) {
            return false;
        }
    }

    private String first() {
        return prices.keySet().iterator().next();
    }

    private String ofCopies() {
        return lastOf("b", first());
    }

    private String lastOf(String layer, String id) {
        Rn<Car> rn = Rn.<Car>collection("goods", "car").item(id).from(layer);
        return Korm.item(Car.class, pool)
                .history(rn)
                .newest(1)
                .get(0)
                .transaction()
                .orElseThrow();
    }

    @Test
    void a_move_that_was_cut_off_anywhere_and_finished_later_is_undone_as_one() {
        int cuts = 0;
        for (int told = 1; moveUntil(told); told += 2) {
            cuts++;
            relocation(any -> {}).move();
            assertThat(prices("a")).isEmpty();
            assertThat(prices("b")).isEqualTo(prices);
            assertThat(noteLayer()).isEqualTo("b");
            assertThat(isUndone(ofCopies())).as("cut at " + told).isTrue();
            assertThat(prices("b")).as("cut at " + told).isEmpty();
            assertThat(prices("a")).as("cut at " + told).isEqualTo(prices);
            assertThat(noteLayer()).isEqualTo("a");
            // Long histories take long.
            open();
        }
        assertThat(cuts).isGreaterThan(3);
    }

    @Test
    void a_move_that_is_not_at_its_end_is_not_undone() {
        for (int told = 1; moveUntil(told); told++) {
            assertThatThrownBy(() -> pool.history().undo(ofCopies()))
                    .isInstanceOf(UndoRefusedException.class)
                    .hasMessageContaining("move()");
            requireNothingLost();
        }
        assertThat(prices("b")).isEqualTo(prices);
        assertThat(isUndone(ofCopies())).isTrue();
        assertThat(prices("a")).isEqualTo(prices);
    }

    @Test
    void a_copy_whose_originals_were_moved_onto_it_is_not_undone() {
        relocation(any -> {}).copy();
        String copy = ofCopies();
        world.advance(Duration.ofSeconds(1));
        relocation(any -> {}).move();
        assertThat(prices("a")).isEmpty();
        assertThat(prices("b")).isEqualTo(prices);
        assertThat(isUndone(copy)).isFalse();
        assertThat(isUndone(lastOf("a", first()))).isTrue();
        assertThat(prices("a")).isEqualTo(prices);
        assertThat(prices("b")).isEqualTo(prices);
        assertThat(noteLayer()).isEqualTo("a");
    }

    @Test
    void a_copy_is_not_undone_where_its_originals_are_being_moved_onto_it() {
        relocation(any -> {}).copy();
        String copy = ofCopies();
        boolean removing = false;
        for (int told = 1; moveUntil(told); told++) {
            assertThat(isUndone(copy)).isFalse();
            requireNothingLost();
            removing |= prices("a").size() < CARS;
        }
        assertThat(removing).isTrue();
    }

    @Test
    void a_copy_is_not_undone_where_its_original_was_deleted_since() {
        relocation(any -> {}).copy();
        String copy = ofCopies();
        world.advance(Duration.ofSeconds(1));
        String gone = Korm.item(Note.class, pool)
                .query()
                .first()
                .map(Item::data)
                .orElseThrow()
                .about()
                .id()
                .orElseThrow();
        Korm.item(Note.class, pool).query().first().orElseThrow().delete();
        Korm.item(Car.class, pool)
                .fromRn(Rn.<Car>collection("goods", "car").item(gone).from("a"))
                .get()
                .delete();
        assertThat(isUndone(copy)).isFalse();
        requireNothingLost();
    }

    @Test
    void a_copy_is_undone_and_made_again() {
        relocation(any -> {}).copy();
        assertThat(isUndone(ofCopies())).isTrue();
        assertThat(prices("b")).isEmpty();
        relocation(any -> {}).copy();
        assertThat(prices("b")).isEqualTo(prices);
        assertThat(prices("a")).isEqualTo(prices);
    }

    @Test
    void a_move_is_not_undone_in_part_where_the_pool_has_one_of_its_layers_alone() {
        relocation(any -> {}).move();
        String move = ofCopies();
        reopen(Korm.pool().layer("b", b).defaultLayer("b").withHistory().environment(world));
        assertThatThrownBy(() -> pool.history().undo(move))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("no \"a\"");
        assertThat(prices("b")).isEqualTo(prices);
    }

    @Test
    void a_move_that_a_program_with_a_history_began_is_not_finished_by_one_without() {
        assertThat(moveUntil(3)).isTrue();
        reopen(builder().layer("b", b).layer("c", c));
        assertThatThrownBy(() -> relocation(any -> {}).move())
                .isInstanceOf(RelocationException.class)
                .hasMessageContaining("withHistory()");
        reopen(builder().layer("b", b).layer("c", c).withHistory());
        relocation(any -> {}).move();
        assertThat(isUndone(ofCopies())).isTrue();
        assertThat(prices("a")).isEqualTo(prices);
    }

    @Test
    void a_move_that_a_program_without_a_history_began_is_finished_by_one_with() {
        reopen(builder().layer("b", b).layer("c", c));
        assertThat(moveUntil(3)).isTrue();
        reopen(builder().layer("b", b).layer("c", c).withHistory());
        relocation(any -> {}).move();
        assertThat(prices("b")).isEqualTo(prices);
        transactions().forEach(this::isUndone);
        requireNothingLost();
    }
}
