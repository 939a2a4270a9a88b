package dev.korm.testkit.contract.change;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.AlreadyExistsException;
import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.DeletePolicy;
import dev.korm.Document;
import dev.korm.DuplicateException;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreUnavailableException;
import dev.korm.Unique;
import dev.korm.relocate.Relocated;
import dev.korm.relocate.Relocation;
import dev.korm.relocate.RelocationException;
import dev.korm.relocate.RelocationProgress;
import dev.korm.relocate.RelocationProgress.Phase;
import dev.korm.spi.Batch;
import dev.korm.spi.LayerSource;
import dev.korm.spi.Mutation;
import dev.korm.testkit.LeakCheck;
import dev.korm.testkit.Seed;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.Interruption;
import dev.korm.testkit.memory.MemoryLayer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Collections that are copied and moved from one layer to another. Every pair of layers passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class MovingContract {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** A member of a club. */
    @SuppressWarnings("ArrayRecordComponent") // Bytes are a type that is stored.
    public record Member(
            String name,
            Unique<String> login,
            long points,
            double weight,
            BigDecimal dues,
            boolean active,
            Instant since,
            byte[] picture,
            @Nullable Rn<Member> mentor,
            @OnDelete(DeletePolicy.RESTRICT) @Nullable Rn<Club> club,
            List<Rn<Club>> former,
            Map<String, Integer> marks) {
        static Member of(int number) {
            return new Member(
                    "Member " + number,
                    Unique.of("login" + number),
                    Long.MAX_VALUE - number,
                    number / 4.0,
                    new BigDecimal("2.50").add(BigDecimal.valueOf(number)),
                    number % 2 == 0,
                    Instant.ofEpochSecond(1_000_000L + number, 123_456_789),
                    new byte[] {(byte) number, 0, -1},
                    null,
                    null,
                    List.of(),
                    Map.of("a", number));
        }

        Member withMentor(Rn<Member> other) {
            return new Member(name, login, points, weight, dues, active, since, picture, other, club, former, marks);
        }

        Member withClub(Rn<Club> other) {
            return new Member(name, login, points, weight, dues, active, since, picture, mentor, other, former, marks);
        }

        Member withFormer(List<Rn<Club>> others) {
            return new Member(name, login, points, weight, dues, active, since, picture, mentor, club, others, marks);
        }

        Member withLogin(String other) {
            return new Member(
                    name, Unique.of(other), points, weight, dues, active, since, picture, mentor, club, former, marks);
        }
    }

    /** A club that members belong to. */
    public record Club(String name, @Nullable Rn<Member> chair, List<Seat> seats) {}

    /** A place in a club. */
    public record Seat(int number, @Nullable Rn<Member> taken) {}

    private @Nullable FaultyLayer faultyOld;
    private @Nullable FaultyLayer faultyNew;
    private @Nullable Interruption old;
    private @Nullable Interruption fresh;
    private @Nullable LayerSource notes;
    private @Nullable Pool pool;

    /** Returns a store to move from, empty; another one each time. */
    protected abstract LayerSource from();

    /** Returns a store to move to, empty; another one each time. */
    protected abstract LayerSource to();

    /** Returns how many calls are passed over from one at which a move is killed to the next; more than one for servers, which take long. */
    protected int stride() {
        return 1;
    }

    /** Returns how many items the larger tests have. */
    protected int many() {
        return 450;
    }

    @BeforeEach
    void openPool() {
        faultyOld = leaks.watch(FaultyLayer.around(from()));
        faultyNew = leaks.watch(FaultyLayer.around(to()));
        old = Interruption.of(faultyOld);
        fresh = Interruption.of(faultyNew);
        notes = leaks.watch(MemoryLayer.create());
        reopen();
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    /** Opens the pool again, as if the program had been killed and started anew. */
    private void reopen() {
        if (pool != null) {
            pool.close();
        }
        faultyOld.heal();
        faultyNew.heal();
        pool = Korm.pool()
                .layer("old", old)
                .layer("new", fresh)
                .layer("notes", notes)
                .open();
    }

    private Items<Member> members() {
        return Korm.item(Member.class, pool);
    }

    private Items<Club> clubs() {
        return Korm.item(Club.class, pool);
    }

    private Relocation<Member> relocation() {
        return Korm.collection(Member.class, pool).from("old", "club", "member").to("new");
    }

    private Item<Member> member(String layer, Member data) {
        return members().fromData(layer, "club", "member", data).create();
    }

    private Item<Member> inNew(Item<Member> item) {
        return members().fromRn(item.rn().from("new")).get();
    }

    private List<Item<Member>> fill(int count) {
        List<FloatingItem<Member>> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(members().fromData("old", "club", "member", Member.of(i)));
        }
        return Korm.createAll(members);
    }

    private Map<String, Item<Member>> all(String layer) {
        Map<String, Item<Member>> all = new TreeMap<>();
        members()
                .fromQuery(layer, "club", "member")
                .get()
                .forEach(item -> all.put(item.rn().id().orElseThrow(), item));
        return all;
    }

    private static Map<String, String> contents(Map<String, Item<Member>> items) {
        Map<String, String> contents = new TreeMap<>();
        items.forEach((id, item) ->
                contents.put(id, Document.of(Map.of("data", item.data())).toJson()));
        return contents;
    }

    @Test
    void a_move_takes_every_item_as_it_is() {
        List<Item<Member>> filled = fill(many());
        filled.get(3).set(Member::name, "Changed").commit();
        Map<String, String> before = contents(all("old"));
        List<RelocationProgress> told = new ArrayList<>();
        Relocated moved = relocation().onProgress(told::add).move();
        assertThat(moved.items()).isEqualTo(many());
        assertThat(moved.contentHash()).hasSize(64);
        assertThat(contents(all("new"))).isEqualTo(before);
        assertThat(all("old")).isEmpty();
        Set<Phase> phases = new LinkedHashSet<>();
        told.forEach(progress -> phases.add(progress.phase()));
        assertThat(phases).startsWith(Phase.COPYING, Phase.VERIFYING).contains(Phase.REMOVING);
        assertThat(told).allMatch(progress -> progress.done() <= progress.total());
        assertThat(told.stream()
                        .filter(progress -> progress.phase() == Phase.COPYING)
                        .reduce((first, last) -> last))
                .contains(new RelocationProgress(Phase.COPYING, many(), many()));
        Item<Member> there = inNew(filled.get(3));
        assertThat(there.revision()).isGreaterThan(filled.get(3).revision() + 1);
        assertThat(there.set(Member::name, "Again").commit().revision()).isEqualTo(there.revision() + 1);
    }

    @Test
    void what_has_moved_is_not_moved_again() {
        assertThat(relocation().move().items()).isZero();
        fill(3);
        relocation().move();
        assertThat(relocation().move().items()).isZero();
        assertThat(all("new")).hasSize(3);
        fill(0);
        member("old", Member.of(7));
        assertThat(relocation().move().items()).isEqualTo(1);
        assertThat(all("new")).hasSize(4);
    }

    @Test
    void references_name_the_new_place_wherever_they_are() {
        Item<Member> ada = member("old", Member.of(1));
        Item<Member> bob = member("old", Member.of(2).withMentor(ada.rn()));
        Item<Member> eve = member("old", Member.of(3).withMentor(ada.rn().without(Rn.FROM)));
        Item<Club> near = clubs().fromData(
                        "old",
                        "club",
                        "club",
                        new Club("Near", ada.rn().without(Rn.FROM), List.of(new Seat(1, bob.rn()))))
                .create();
        Item<Club> there = clubs().fromData("new", "club", "club", new Club("There", ada.rn(), List.of()))
                .create();
        Item<Club> far = clubs().fromData(
                        "notes",
                        "club",
                        "club",
                        new Club("Far", bob.rn(), List.of(new Seat(1, ada.rn()), new Seat(2, null))))
                .create();
        Item<Document> note = Korm.item(Document.class, pool)
                .fromData(
                        "notes",
                        "club",
                        "note",
                        Document.builder()
                                .put("text", "See")
                                .put("about", List.of(eve.rn().with("tag", "x")))
                                .build())
                .create();
        Item<Member> lone =
                member("old", Member.of(4).withClub(near.rn().without(Rn.FROM)).withFormer(List.of(far.rn())));
        Relocated moved = relocation().move();
        assertThat(moved.references()).isEqualTo(4);
        for (Item<Club> club : List.of(near, there, far)) {
            Club now = clubs().fromRn(club.rn())
                    .resolvePaths("chair", "seats[*].taken")
                    .requireReferences()
                    .get()
                    .data();
            assertThat(now.chair().layer()).contains("new");
            assertThat(now.chair().isResolved()).isTrue();
        }
        assertThat(note.reload().data().list("about"))
                .isEqualTo(
                        List.of(Rn.parse(eve.rn().from("new").with("tag", "x").toString())));
        assertThat(inNew(bob).data().mentor()).isEqualTo(ada.rn().from("new"));
        assertThat(inNew(eve).data().mentor()).isEqualTo(ada.rn().without(Rn.FROM));
        Member alone = inNew(lone).data();
        assertThat(alone.club()).isEqualTo(near.rn().from("old"));
        assertThat(alone.former()).isEqualTo(List.of(far.rn()));
        assertThat(pool.danglingReferences()).isEmpty();
    }

    @Test
    void a_copy_leaves_the_originals_and_those_who_refer_to_them() {
        Item<Member> ada = member("old", Member.of(1));
        Item<Member> bob = member("old", Member.of(2).withMentor(ada.rn().without(Rn.FROM)));
        Item<Club> club = clubs().fromData("notes", "club", "club", new Club("Far", ada.rn(), List.of()))
                .create();
        Relocated copied = relocation().copy();
        assertThat(copied.items()).isEqualTo(2);
        assertThat(all("old")).hasSize(2);
        assertThat(inNew(ada).data().login()).isEqualTo(ada.data().login());
        assertThat(inNew(bob).data().mentor()).isEqualTo(ada.rn().from("old"));
        assertThat(club.reload()).isEqualTo(club);
        assertThat(relocation().copy()).isEqualTo(copied);
    }

    @Test
    void a_copy_is_brought_up_to_date_by_another_one() {
        List<Item<Member>> items = fill(5);
        relocation().copy();
        items.get(0).set(Member::name, "Changed").commit();
        items.get(1).delete();
        Item<Member> added = member("old", Member.of(10));
        Item<Member> own = inNew(items.get(2)).set(Member::name, "Its own").commit();
        Item<Member> born = member("new", Member.of(11));
        assertThat(relocation().copy().items()).isEqualTo(5);
        assertThat(inNew(items.get(0)).data().name()).isEqualTo("Changed");
        assertThat(all("new")).doesNotContainKey(items.get(1).rn().id().orElseThrow());
        assertThat(inNew(added).data().name()).isEqualTo("Member 10");
        assertThat(own.reload()).isEqualTo(own);
        assertThat(born.reload()).isEqualTo(born);
        items.get(2).set(Member::name, "On both sides").commit();
        assertThatThrownBy(() -> relocation().copy())
                .isInstanceOf(RelocationException.class)
                .hasMessageContaining(own.rn().toString());
        assertThat(own.reload()).isEqualTo(own);
        own.delete();
        assertThat(relocation().move().items()).isEqualTo(5);
        assertThat(inNew(items.get(2)).data().name()).isEqualTo("On both sides");
        assertThat(all("new")).hasSize(6);
    }

    @Test
    void a_copy_that_comes_again_is_no_earlier_one() {
        Item<Member> origin = fill(1).get(0);
        relocation().copy();
        Item<Member> there = inNew(origin);
        Item<Member> changed = there.set(Member::name, "Changed there").commit();
        changed.delete();
        Item<Member> here = origin.set(Member::name, "Changed here").commit();
        relocation().copy();
        for (Item<Member> held : List.of(there, changed)) {
            assertThatThrownBy(() -> held.set(Member::name, "Late").commit()).isInstanceOf(ConflictException.class);
        }
        assertThat(inNew(origin).data().name()).isEqualTo("Changed here");
        assertThat(here.reload()).isEqualTo(here);
    }

    @Test
    void an_item_that_was_copied_and_created_anew_is_moved_as_it_is_now() {
        Item<Member> origin = fill(1).get(0);
        relocation().copy();
        origin.delete();
        members()
                .fromData("old", "club", "member", Member.of(2))
                .withRn(origin.rn())
                .create();
        relocation().move();
        assertThat(inNew(origin).data().name()).isEqualTo("Member 2");
    }

    @Test
    void what_the_record_does_not_know_goes_along() {
        Items<Document> documents = Korm.item(Document.class, pool);
        Document data = Document.parse("{\"name\":\"Ada\",\"extra\":{\"deep\":[1,2.5,\"x\",null,{\"é\":true}]},"
                + "\"size\":9007199254740993,\"note\":\"[rn] is no name\",\"seats\":[{\"number\":1,\"more\":[1]}]}");
        Item<Document> ada = documents.fromData("old", "club", "club", data).create();
        Korm.collection(Club.class, pool).from("old", "club", "club").to("new").move();
        Item<Document> moved = documents
                .fromRn(Rn.<Document>parse(ada.rn().toString()).from("new"))
                .get();
        for (String field : data.fieldNames()) {
            assertThat(moved.data().get(field)).as(field).isEqualTo(ada.data().get(field));
        }
    }

    @Test
    void documents_move_without_a_record() {
        Items<Document> documents = Korm.item(Document.class, pool);
        Item<Document> one = documents
                .fromData("old", "club", "thing", Document.of(Map.of("code", Unique.of("a"), "size", 1)))
                .create();
        documents
                .fromData("old", "club", "thing", Document.of(Map.of("code", Unique.of("b"), "next", one.rn())))
                .create();
        assertThat(Korm.collection(Document.class, pool)
                        .from(Rn.<Document>collection("club", "thing").from("old"))
                        .to("new")
                        .move()
                        .items())
                .isEqualTo(2);
        assertThat(documents
                        .fromQuery("new", "club", "thing")
                        .where(eq("next.size", 1))
                        .count())
                .isEqualTo(1);
        Document same = Document.of(Map.of("code", Unique.of("a")));
        FloatingItem<Document> clash = documents.fromData("new", "club", "thing", same);
        assertThatThrownBy(clash::create).isInstanceOf(DuplicateException.class);
    }

    @Test
    void unique_values_and_policies_hold_in_the_new_place() {
        Item<Club> club = clubs().fromData("new", "club", "club", new Club("Here", null, List.of()))
                .create();
        Item<Member> ada = member("old", Member.of(1).withClub(club.rn()));
        relocation().move();
        reopen();
        FloatingItem<Document> twin = Korm.item(Document.class, pool)
                .fromData("new", "club", "member", Document.of(Map.of("login", Unique.of("login1"))));
        assertThatThrownBy(twin::create).isInstanceOf(DuplicateException.class);
        Item<Document> found =
                Korm.item(Document.class, pool).fromRn(club.rn().toString()).get();
        assertThatThrownBy(found::delete)
                .isInstanceOf(ReferencedException.class)
                .hasMessageContaining(ada.rn().from("new").toString());
    }

    @Test
    void an_item_that_is_there_already_stops_it_and_stays() {
        List<Item<Member>> items = fill(3);
        Item<Member> there = members()
                .fromData("new", "club", "member", Member.of(9))
                .withRn(items.get(1).rn().from("new"))
                .create();
        assertThatThrownBy(() -> relocation().move())
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining(there.rn().toString());
        assertThat(there.reload()).isEqualTo(there);
        assertThat(all("old")).hasSize(3);
        there.delete();
        assertThat(relocation().move().items()).isEqualTo(3);
        assertThat(all("new")).hasSize(3);
    }

    @Test
    void a_unique_value_that_is_taken_there_stops_it() {
        fill(3);
        Item<Member> there = member("new", Member.of(9).withLogin("login1"));
        assertThatThrownBy(() -> relocation().move())
                .isInstanceOf(DuplicateException.class)
                .hasMessageContaining("login")
                .hasMessageContaining(there.rn().toString());
        there.delete();
        assertThat(relocation().move().items()).isEqualTo(3);
    }

    @Test
    void what_is_changed_while_it_is_copied_is_copied_again() {
        List<Item<Member>> items = fill(many());
        List<String> born = new ArrayList<>();
        AtomicInteger batches = new AtomicInteger();
        fresh.before(batch -> copies(batch) && batches.incrementAndGet() == 2, () -> {
            for (int i = 0; i < 10; i++) {
                items.get(i).set(Member::name, "Changed " + i).commit();
            }
            items.get(10).delete();
            // A unique value changes hands.
            items.get(11).update(data -> data.withLogin("freed")).commit();
            items.get(12).update(data -> data.withLogin("login11")).commit();
            born.add(member("old", Member.of(1_000)).rn().id().orElseThrow());
        });
        Relocated moved = relocation().move();
        assertThat(batches.get()).isGreaterThanOrEqualTo(2);
        assertThat(moved.items()).isEqualTo(many());
        Map<String, Item<Member>> all = all("new");
        assertThat(all).hasSize(many()).containsKeys(born.toArray(new String[0]));
        for (int i = 0; i < 10; i++) {
            assertThat(all.get(items.get(i).rn().id().orElseThrow()).data().name())
                    .isEqualTo("Changed " + i);
        }
        assertThat(all).doesNotContainKey(items.get(10).rn().id().orElseThrow());
        assertThat(all.get(items.get(12).rn().id().orElseThrow()).data().login().value())
                .isEqualTo("login11");
        assertThat(all("old")).isEmpty();
    }

    @Test
    void a_copy_has_what_was_changed_while_it_was_made() {
        List<Item<Member>> items = fill(many());
        AtomicInteger batches = new AtomicInteger();
        fresh.before(batch -> copies(batch) && batches.incrementAndGet() == 2, () -> {
            for (Item<Member> item : items) {
                item.set(Member::name, "Changed").commit();
            }
        });
        assertThat(relocation().copy().items()).isEqualTo(many());
        assertThat(all("new").values())
                .hasSize(many())
                .allMatch(item -> item.data().name().equals("Changed"));
    }

    @Test
    void unique_values_that_were_exchanged_meanwhile_are_exchanged_in_the_copies() {
        List<Item<Member>> items = fill(3);
        relocation().copy();
        Item<Member> first =
                items.get(0).update(data -> data.withLogin("between")).commit();
        items.get(1).update(data -> data.withLogin("login0")).commit();
        first.update(data -> data.withLogin("login1")).commit();
        relocation().copy();
        assertThat(inNew(items.get(0)).data().login().value()).isEqualTo("login1");
        assertThat(inNew(items.get(1)).data().login().value()).isEqualTo("login0");
        assertThat(all("new")).hasSize(3);
    }

    private static boolean copies(Batch batch) {
        return batch.mutations().stream()
                .anyMatch(mutation -> mutation instanceof Mutation.Insert insert
                        && insert.table().isItems());
    }

    private static boolean deletes(Batch batch) {
        return batch.mutations().stream().anyMatch(mutation -> mutation instanceof Mutation.Delete);
    }

    @Test
    void what_is_changed_while_the_old_items_go_is_not_lost() {
        List<Item<Member>> items = fill(20);
        List<String> born = new ArrayList<>();
        old.before(MovingContract::deletes, () -> {
            items.get(0).set(Member::name, "Late").commit();
            Member late = Member.of(1_000);
            born.add(member("old", late).rn().id().orElseThrow());
        });
        relocation().move();
        assertThat(all("old")).isEmpty();
        assertThat(all("new")).hasSize(21).containsKeys(born.toArray(new String[0]));
        assertThat(inNew(items.get(0)).data().name()).isEqualTo("Late");
    }

    @Test
    void what_is_deleted_while_the_old_items_go_is_deleted_in_the_new_place() {
        fill(many());
        List<Item<Member>> items = List.copyOf(all("old").values());
        List<Item<Member>> deleted = List.of(items.get(0), items.get(1), items.get(items.size() - 1));
        old.before(MovingContract::deletes, () -> deleted.forEach(Item::delete));
        relocation().move();
        assertThat(all("old")).isEmpty();
        assertThat(all("new"))
                .hasSize(many() - deleted.size())
                .doesNotContainKeys(deleted.stream()
                        .map(item -> item.rn().id().orElseThrow())
                        .toArray(String[]::new));
    }

    /** A companion, who goes with one member and lets go of another. */
    public record Guest(
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Member> host,
            @OnDelete(DeletePolicy.SET_NULL) @Nullable Rn<Member> friend) {}

    /** A claim, which holds a member back. */
    public record Debt(@OnDelete(DeletePolicy.RESTRICT) Rn<Member> of) {}

    private List<Item<Guest>> guests() {
        List<Item<Guest>> all = new ArrayList<>();
        for (String layer : List.of("old", "new", "notes")) {
            all.addAll(Korm.item(Guest.class, pool)
                    .fromQuery(layer, "club", "guest")
                    .get());
        }
        return all;
    }

    /** Has a member deleted before some step of a move, and holds what refers to it to its policies. */
    private void assertGuestsFollow(Interruption layer, Predicate<Batch> step, Consumer<Item<Member>> deletion) {
        List<Item<Member>> items = fill(10);
        for (String home : List.of("old", "new", "notes")) {
            Items<Guest> guests = Korm.item(Guest.class, pool);
            guests.fromData(home, "club", "guest", new Guest(items.get(0).rn(), null))
                    .create();
            guests.fromData(
                            home,
                            "club",
                            "guest",
                            new Guest(items.get(1).rn(), items.get(0).rn()))
                    .create();
        }
        layer.before(step, () -> deletion.accept(items.get(0)));
        relocation().move();
        assertThat(all("old")).isEmpty();
        assertThat(all("new")).hasSize(9);
        assertThat(guests()).hasSize(3).allSatisfy(guest -> {
            assertThat(guest.data().host().layer()).contains("new");
            assertThat(guest.data().friend()).isNull();
        });
        assertThat(pool.danglingReferences()).isEmpty();
    }

    @Test
    void who_names_a_moved_item_in_its_new_place_already_follows_its_deletion_in_the_old_one() {
        assertGuestsFollow(old, MovingContract::deletes, Item::delete);
    }

    @Test
    void who_names_a_moved_item_in_its_old_place_still_follows_its_deletion_in_the_new_one() {
        assertGuestsFollow(
                old,
                batch -> batch.mutations().stream()
                        .anyMatch(mutation -> mutation instanceof Mutation.Update
                                && mutation.table().kind().equals("guest")),
                item -> inNew(item).delete());
    }

    @Test
    void a_move_stops_where_what_was_deleted_meanwhile_is_held_back() {
        List<Item<Member>> items = fill(10);
        Item<Debt> debt = Korm.item(Debt.class, pool)
                .fromData("notes", "club", "debt", new Debt(items.get(0).rn()))
                .create();
        old.before(MovingContract::deletes, items.get(0)::delete);
        assertThatExceptionOfType(RelocationException.class)
                .isThrownBy(() -> relocation().move())
                .withMessageContaining(debt.rn().id().orElseThrow());
        assertThat(pool.danglingReferences()).isEmpty();
        debt.reload().delete();
        relocation().move();
        assertThat(all("old")).isEmpty();
        assertThat(all("new")).hasSize(9);
        assertThat(pool.danglingReferences()).isEmpty();
    }

    /** Has somebody refer to an item by its old name when all references have been renamed, and before it goes from its old place; and another delete it in the new one, before that name is renamed. */
    private void deletedBeforeALateReferenceIsRenamed(Runnable late, Item<Member> deleted) {
        old.before(MovingContract::deletes, () -> {
            late.run();
            old.before(
                    batch -> batch.mutations().stream()
                            .anyMatch(mutation -> mutation instanceof Mutation.Update
                                    && mutation.table().isItems()),
                    () -> inNew(deleted).delete());
        });
    }

    @Test
    void who_names_a_moved_item_in_its_old_place_when_it_has_gone_from_there_follows_its_deletion_in_the_new_one() {
        List<Item<Member>> items = fill(10);
        Items<Guest> guests = Korm.item(Guest.class, pool);
        guests.fromData("old", "club", "guest", new Guest(items.get(1).rn(), null))
                .create();
        deletedBeforeALateReferenceIsRenamed(
                () -> {
                    guests.fromData(
                                    "old",
                                    "club",
                                    "guest",
                                    new Guest(items.get(0).rn(), null))
                            .create();
                    guests.fromData(
                                    "old",
                                    "club",
                                    "guest",
                                    new Guest(items.get(1).rn(), items.get(0).rn()))
                            .create();
                },
                items.get(0));
        relocation().move();
        assertThat(all("old")).isEmpty();
        assertThat(all("new")).hasSize(9);
        assertThat(guests())
                .hasSize(2)
                .allSatisfy(guest -> assertThat(guest.data().friend()).isNull());
        assertThat(pool.danglingReferences()).isEmpty();
    }

    @Test
    void a_move_stops_where_a_late_reference_would_have_held_a_deletion_back() {
        List<Item<Member>> items = fill(10);
        Items<Debt> debts = Korm.item(Debt.class, pool);
        debts.fromData("old", "club", "debt", new Debt(items.get(1).rn())).create();
        List<Item<Debt>> late = new ArrayList<>();
        deletedBeforeALateReferenceIsRenamed(
                () -> late.add(debts.fromData(
                                "old", "club", "debt", new Debt(items.get(0).rn()))
                        .create()),
                items.get(0));
        assertThatExceptionOfType(RelocationException.class)
                .isThrownBy(() -> relocation().move())
                .withMessageContaining(late.get(0).rn().id().orElseThrow());
        late.get(0).reload().delete();
        relocation().move();
        assertThat(all("old")).isEmpty();
        assertThat(all("new")).hasSize(9);
        assertThat(pool.danglingReferences()).isEmpty();
    }

    /** A link of a chain, which goes with the next. */
    public record Link(
            String name,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Link> next) {}

    /** A note, which lets go of a link. */
    public record Note(
            @OnDelete(DeletePolicy.SET_NULL) @Nullable Rn<Link> about) {}

    @Test
    void who_is_renamed_when_a_moved_item_goes_from_both_places_along_with_others_follows_that_deletion() {
        Items<Link> links = Korm.item(Link.class, pool);
        Items<Note> notesOfLinks = Korm.item(Note.class, pool);
        List<Item<Link>> ends = new ArrayList<>();
        // Which of two links a move looks at first is by chance; it missed those of which it was the end.
        for (int i = 0; i < 10; i++) {
            Item<Link> end = links.fromData("old", "club", "link", new Link("end " + i, null))
                    .create();
            Item<Link> before = links.fromData("old", "club", "link", new Link("before " + i, end.rn()))
                    .create();
            notesOfLinks.fromData("old", "club", "note", new Note(before.rn())).create();
            ends.add(end);
        }
        old.before(
                batch -> batch.mutations().stream()
                        .anyMatch(mutation -> mutation instanceof Mutation.Update
                                && mutation.table().kind().equals("note")),
                () -> ends.forEach(
                        end -> links.fromRn(end.rn().from("new")).get().delete()));
        Korm.collection(Link.class, pool).from("old", "club", "link").to("new").move();
        assertThat(links.fromQuery("old", "club", "link").get()).isEmpty();
        assertThat(links.fromQuery("new", "club", "link").get()).isEmpty();
        assertThat(notesOfLinks.fromQuery("old", "club", "note").get())
                .hasSize(10)
                .allSatisfy(note -> assertThat(note.data().about()).isNull());
        assertThat(pool.danglingReferences()).isEmpty();
    }

    /** A member as a later program has it. */
    public record LaterMember(String name, String nickname) {}

    @Test
    void a_field_that_comes_meanwhile_goes_along() {
        List<Item<Member>> items = fill(5);
        old.before(MovingContract::deletes, () -> {
            Item<LaterMember> later = Korm.item(LaterMember.class, pool)
                    .fromRn(items.get(0).rn().toString())
                    .get();
            later.update(any -> new LaterMember("Later", "Nick")).commit();
        });
        relocation().move();
        assertThat(Korm.item(LaterMember.class, pool)
                        .fromRn(items.get(0).rn().from("new").toString())
                        .get()
                        .data()
                        .nickname())
                .isEqualTo("Nick");
    }

    @Test
    void a_copy_that_was_changed_is_not_overwritten() {
        List<Item<Member>> items = fill(5);
        old.before(MovingContract::deletes, () -> {
            inNew(items.get(0)).set(Member::name, "New").commit();
            inNew(items.get(1)).delete();
        });
        relocation().move();
        assertThat(all("old")).isEmpty();
        assertThat(inNew(items.get(0)).data().name()).isEqualTo("New");
        assertThat(all("new")).hasSize(4);
        List<Item<Member>> more = List.of(member("old", Member.of(100)), member("old", Member.of(101)));
        old.before(MovingContract::deletes, () -> {
            inNew(more.get(0)).set(Member::name, "New").commit();
            more.get(0).set(Member::name, "Old").commit();
        });
        assertThatThrownBy(() -> relocation().move())
                .isInstanceOf(RelocationException.class)
                .hasMessageContaining("changed too");
        assertThat(inNew(more.get(0)).data().name()).isEqualTo("New");
        assertThat(more.get(0).reload().data().name()).isEqualTo("Old");
    }

    @Test
    void it_gives_up_when_the_source_never_rests() {
        List<Item<Member>> items = fill(3);
        AtomicInteger changes = new AtomicInteger();
        Relocation<Member> restless = relocation().onProgress(progress -> {
            if (progress.phase() != Phase.COPYING && changes.incrementAndGet() < 100) {
                items.get(0).reload().set(Member::points, (long) changes.get()).commit();
            }
        });
        assertThatThrownBy(restless::move)
                .isInstanceOf(RelocationException.class)
                .hasMessageContaining("faster")
                .hasMessageContaining("call again");
        assertThat(changes.get()).isLessThan(100);
        assertThat(all("old")).containsKey(items.get(0).rn().id().orElseThrow());
        relocation().move();
        assertThat(all("new")).hasSize(3);
        assertThat(inNew(items.get(0)).data().points()).isEqualTo(changes.get());
    }

    @Test
    void a_place_that_makes_no_sense_is_refused() {
        fill(1);
        Relocation<Member> from = Korm.collection(Member.class, pool).from("old", "club", "member");
        assertThatThrownBy(() -> from.to("old")).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> from.to("nowhere")).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(from::move)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("to(");
    }

    @Test
    void a_move_that_is_killed_anywhere_is_finished_by_the_next_one() {
        int stops = 0;
        Random random = Seed.random(getClass());
        for (FaultyLayer.Moment moment : FaultyLayer.Moment.values()) {
            for (boolean inOld : List.of(true, false)) {
                for (FaultyLayer.Call call : List.of(FaultyLayer.Call.APPLY, FaultyLayer.Call.EVOLVE)) {
                    for (int n = 1 + random.nextInt(stride()); killed(n, call, moment, inOld); n += stride()) {
                        stops++;
                    }
                }
            }
        }
        assertThat(stops).isGreaterThan(20 / stride());
    }

    /**
     * Returns whether the move was stopped by the nth call; then it was finished by another one, and everything is
     * where it belongs.
     */
    private boolean killed(int n, FaultyLayer.Call call, FaultyLayer.Moment moment, boolean inOld) {
        pool.close();
        pool = null;
        faultyOld = leaks.watch(FaultyLayer.around(from()));
        faultyNew = leaks.watch(FaultyLayer.around(to()));
        old = Interruption.of(faultyOld);
        fresh = Interruption.of(faultyNew);
        notes = leaks.watch(MemoryLayer.create());
        reopen();
        List<Item<Member>> items = fill(7);
        Item<Member> ada = items.get(0);
        items.get(1).set(Member::mentor, ada.rn()).commit();
        Item<Club> club = clubs().fromData(
                        "notes",
                        "club",
                        "club",
                        new Club(
                                "Far",
                                ada.rn(),
                                List.of(new Seat(1, items.get(1).rn()))))
                .create();
        Item<Club> near = clubs().fromData(
                        "old", "club", "club", new Club("Near", ada.rn().without(Rn.FROM), List.of()))
                .create();
        Map<String, String> expected = new LinkedHashMap<>(contents(all("old")));
        FaultyLayer faulty = inOld ? faultyOld : faultyNew;
        faulty.reset();
        faulty.fail(
                call,
                n,
                moment,
                layer -> new StoreUnavailableException(layer, "Killed, as the test says", Outcome.UNKNOWN, null));
        boolean killed = false;
        try {
            relocation().move();
        } catch (KormException stopped) {
            killed = true;
            assertThat(stopped).hasMessageContaining("as the test says");
            reopen();
            Club now = clubs().fromRn(club.rn())
                    .resolvePaths("chair")
                    .requireReferences()
                    .get()
                    .data();
            assertThat(now.chair().isResolved()).isTrue();
            relocation().move();
        }
        assertThat(all("old")).as("step %s %s of %s", n, moment, call).isEmpty();
        Map<String, String> arrived = contents(all("new"));
        String mentored = items.get(1).rn().id().orElseThrow();
        assertThat(arrived.keySet()).isEqualTo(expected.keySet());
        expected.forEach((id, content) -> {
            if (!id.equals(mentored)) {
                assertThat(arrived.get(id)).isEqualTo(content);
            }
        });
        assertThat(inNew(items.get(1)).data().mentor()).isEqualTo(ada.rn().from("new"));
        assertThat(clubs().fromRn(club.rn()).get().data().chair())
                .isEqualTo(ada.rn().from("new"));
        assertThat(clubs().fromRn(near.rn()).get().data().chair())
                .isEqualTo(ada.rn().from("new"));
        assertThat(pool.danglingReferences()).isEmpty();
        return killed;
    }
}
