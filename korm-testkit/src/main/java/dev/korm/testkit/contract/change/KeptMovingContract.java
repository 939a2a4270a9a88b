package dev.korm.testkit.contract.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.DeletePolicy;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Rn;
import dev.korm.deletion.SoftDelete;
import dev.korm.relocate.RelocationException;
import dev.korm.spi.Batch;
import dev.korm.spi.LayerSource;
import dev.korm.spi.Mutation;
import dev.korm.testkit.LeakCheck;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.Interruption;
import dev.korm.testkit.memory.MemoryJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Collections whose deleted items are kept, moved from one layer to another while items are deleted. Every pair of layers passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class KeptMovingContract {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** A member of a club, kept when deleted, as are those who follow. */
    @SoftDelete
    public record Member(
            String name,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Member> host) {}

    /** A companion, who goes with one member and lets go of another. */
    public record Guest(
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Member> host,
            @OnDelete(DeletePolicy.SET_NULL) @Nullable Rn<Member> friend) {}

    /** A claim, which holds a member back. */
    public record Debt(@OnDelete(DeletePolicy.RESTRICT) Rn<Member> of) {}

    private @Nullable Interruption old;
    private @Nullable Pool pool;

    /** Returns a store to move from, empty. */
    protected abstract LayerSource from();

    /** Returns a store to move to, empty. */
    protected abstract LayerSource to();

    /** Returns whether both can take part in changes of several layers. */
    protected boolean keepsTransactionsOpen() {
        return true;
    }

    @BeforeEach
    void openPool() {
        open(Korm.pool());
    }

    private void open(PoolBuilder builder) {
        old = Interruption.of(leaks.watch(FaultyLayer.around(from())));
        pool = builder.layer("old", old).layer("new", leaks.watch(to())).open();
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    private Items<Member> members() {
        return Korm.item(Member.class, pool);
    }

    private Items<Guest> guests() {
        return Korm.item(Guest.class, pool);
    }

    private Item<Member> member(String name, @Nullable Rn<Member> host) {
        return members()
                .fromData("old", "club", "member", new Member(name, host))
                .create();
    }

    private Item<Member> inNew(Item<Member> item) {
        return members().fromRn(item.rn().from("new")).get();
    }

    private List<Item<Guest>> all(String... layers) {
        List<Item<Guest>> all = new ArrayList<>();
        for (String layer : layers) {
            all.addAll(guests().fromQuery(layer, "club", "guest").get());
        }
        return all;
    }

    private void move() {
        Korm.collection(Member.class, pool)
                .from("old", "club", "member")
                .to("new")
                .move();
    }

    private List<String> names(boolean deleted) {
        return members().fromQuery("new", "club", "member").includeDeleted().get().stream()
                .filter(item -> item.deletedAt().isPresent() == deleted)
                .map(item -> item.data().name())
                .sorted()
                .toList();
    }

    private static boolean takesAway(Batch batch) {
        return batch.mutations().stream()
                .anyMatch(mutation -> mutation instanceof Mutation.Delete
                        && mutation.table().kind().equals("member"));
    }

    private static boolean renames(Batch batch) {
        return batch.mutations().stream()
                .anyMatch(mutation -> mutation instanceof Mutation.Update
                        && mutation.table().kind().equals("guest"));
    }

    /** Has a member deleted before some step of a move, and holds what refers to it to its policies. */
    private void assertOthersFollow(Predicate<Batch> step, Consumer<Item<Member>> deletion) {
        Item<Member> ada = member("Ada", null);
        Item<Member> bob = member("Bob", null);
        member("Carl", ada.rn());
        for (String home : List.of("old", "new")) {
            guests().fromData(home, "club", "guest", new Guest(ada.rn(), null)).create();
            guests().fromData(home, "club", "guest", new Guest(bob.rn(), ada.rn()))
                    .create();
        }
        old.before(step, () -> deletion.accept(ada));
        move();
        assertMoved(2);
        assertThat(names(true)).containsExactly("Ada", "Carl");
    }

    private void assertMoved(int left) {
        assertThat(members().fromQuery("old", "club", "member").includeDeleted().get())
                .isEmpty();
        assertThat(names(true)).contains("Ada").doesNotContain("Bob");
        assertThat(names(false)).containsExactly("Bob");
        assertThat(all("old", "new")).hasSize(left).allSatisfy(guest -> {
            assertThat(guest.data().host().layer().orElse("new")).isEqualTo("new");
            assertThat(guest.data().friend()).isNull();
        });
        assertThat(pool.danglingReferences()).isEmpty();
    }

    @Test
    void who_names_a_moved_item_in_its_new_place_already_follows_its_deletion_in_the_old_one() {
        assertOthersFollow(KeptMovingContract::takesAway, Item::delete);
    }

    @Test
    void who_names_a_moved_item_in_its_old_place_still_follows_its_deletion_in_the_new_one() {
        assertOthersFollow(KeptMovingContract::renames, item -> inNew(item).delete());
    }

    private void openWithJournal() {
        assumeTrue(keepsTransactionsOpen());
        pool.close();
        open(Korm.pool().withWal(MemoryJournal.create()));
    }

    @Test
    void who_is_in_another_layer_follows_in_one_change_where_there_is_a_journal() {
        openWithJournal();
        assertOthersFollow(KeptMovingContract::renames, item -> inNew(item).delete());
    }

    @Test
    void what_was_deleted_and_purged_meanwhile_is_not_kept_in_the_new_place() {
        assertPurged();
    }

    @Test
    void what_was_deleted_and_purged_meanwhile_is_not_kept_in_the_new_place_where_there_is_a_journal() {
        openWithJournal();
        assertPurged();
    }

    private void assertPurged() {
        Item<Member> ada = member("Ada", null);
        Item<Member> bob = member("Bob", null);
        guest(bob.rn());
        guest(ada.rn());
        guests().fromData("new", "club", "guest", new Guest(ada.rn(), null)).create();
        old.before(KeptMovingContract::takesAway, () -> {
            ada.delete();
            pool.purgeDeleted(Duration.ZERO).run();
        });
        move();
        assertThat(names(true)).isEmpty();
        assertThat(names(false)).containsExactly("Bob");
        assertThat(all("old", "new")).hasSize(1);
        assertThat(pool.danglingReferences()).isEmpty();
    }

    /** Has somebody refer to an item by its old name before it goes from there, and another delete it in the new place before that name is renamed. */
    private void deletedBeforeALateReferenceIsRenamed(Runnable late, Item<Member> deleted) {
        old.before(KeptMovingContract::takesAway, () -> {
            late.run();
            old.before(KeptMovingContract::renames, () -> inNew(deleted).delete());
        });
    }

    @Test
    void who_names_a_moved_item_in_its_old_place_when_it_has_gone_from_there_follows_its_deletion_in_the_new_one() {
        Item<Member> ada = member("Ada", null);
        Item<Member> bob = member("Bob", null);
        guests().fromData("old", "club", "guest", new Guest(bob.rn(), null)).create();
        deletedBeforeALateReferenceIsRenamed(
                () -> {
                    guests().fromData("old", "club", "guest", new Guest(ada.rn(), null))
                            .create();
                    guests().fromData("old", "club", "guest", new Guest(bob.rn(), ada.rn()))
                            .create();
                },
                ada);
        move();
        assertMoved(2);
    }

    /** Returns a claim that is late, as the guests are. */
    private Item<Guest> guest(Rn<Member> host) {
        return guests().fromData("old", "club", "guest", new Guest(host, null)).create();
    }

    @Test
    void a_move_stops_where_what_was_deleted_meanwhile_is_held_back() {
        Item<Member> ada = member("Ada", null);
        Item<Member> bob = member("Bob", null);
        guest(bob.rn());
        Items<Debt> debts = Korm.item(Debt.class, pool);
        Item<Debt> debt =
                debts.fromData("new", "club", "debt", new Debt(ada.rn())).create();
        old.before(KeptMovingContract::takesAway, ada::delete);
        assertThatExceptionOfType(RelocationException.class)
                .isThrownBy(this::move)
                .withMessageContaining(debt.rn().id().orElseThrow());
        debt.reload().delete();
        move();
        assertMoved(1);
    }

    @Test
    void what_was_deleted_before_goes_along_and_who_refers_to_it_since_stays() {
        Item<Member> ada = member("Ada", null);
        Item<Member> bob = member("Bob", null);
        guest(bob.rn());
        ada.delete();
        Item<Guest> late = guest(ada.rn());
        move();
        assertThat(names(true)).containsExactly("Ada");
        assertThat(names(false)).containsExactly("Bob");
        assertThat(late.reload().data().host()).isEqualTo(ada.rn().from("new"));
    }
}
