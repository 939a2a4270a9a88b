package dev.korm.testkit.contract.query;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.ConflictException;
import dev.korm.DeletePolicy;
import dev.korm.DeletedItem;
import dev.korm.Document;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.ModelException;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.ValueException;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.LeakCheck;
import dev.korm.testkit.fault.Interruption;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The behaviour of items that refer to an item that is deleted. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class ReferentialContract {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** A person. */
    @Stored(namespace = "crew", kind = "person")
    public record Person(String name) {}

    /** A ship on which several people have their places. */
    @Stored(namespace = "crew", kind = "ship")
    public record Ship(
            String name,
            BigDecimal price,
            @OnDelete(DeletePolicy.RESTRICT) @Nullable Rn<Person> captain,
            @OnDelete(DeletePolicy.SET_NULL) @Nullable Rn<Person> cook,
            @OnDelete(DeletePolicy.SET_NULL) Optional<Unique<Rn<Person>>> pilot,
            @OnDelete(DeletePolicy.SET_NULL) List<Rn<Person>> guests,
            @OnDelete(DeletePolicy.SET_NULL) Map<String, Rn<Person>> watches,
            List<Cabin> cabins,
            @Nullable Cabin best) {
        static Ship of(String name) {
            return new Ship(
                    name, new BigDecimal("2.50"), null, null, Optional.empty(), List.of(), Map.of(), List.of(), null);
        }

        Ship withCaptain(Rn<Person> other) {
            return new Ship(name, price, other, cook, pilot, guests, watches, cabins, best);
        }

        Ship withCook(Rn<Person> other) {
            return new Ship(name, price, captain, other, pilot, guests, watches, cabins, best);
        }

        Ship withPilot(Rn<Person> other) {
            return new Ship(name, price, captain, cook, Optional.of(Unique.of(other)), guests, watches, cabins, best);
        }

        Ship withGuests(List<Rn<Person>> others) {
            return new Ship(name, price, captain, cook, pilot, others, watches, cabins, best);
        }

        Ship withWatches(Map<String, Rn<Person>> others) {
            return new Ship(name, price, captain, cook, pilot, guests, others, cabins, best);
        }

        Ship withCabins(Cabin... others) {
            return new Ship(name, price, captain, cook, pilot, guests, watches, List.of(others), best);
        }

        Ship withBest(Cabin other) {
            return new Ship(name, price, captain, cook, pilot, guests, watches, cabins, other);
        }
    }

    /** A part of a ship. */
    public record Cabin(
            int number,
            @OnDelete(DeletePolicy.SET_NULL) @Nullable Rn<Person> sleeper,
            @OnDelete(DeletePolicy.RESTRICT) @Nullable Rn<Person> owner) {}

    /** A letter that is deleted with its writer, and with the letter that it answers. */
    @Stored(namespace = "crew", kind = "letter")
    public record Letter(
            String text,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Person> writer,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Letter> answers,
            @Nullable Rn<Person> about) {
        static Letter by(Rn<Person> writer) {
            return new Letter("By someone", writer, null, null);
        }

        static Letter answering(Rn<Letter> other) {
            return new Letter("An answer", null, other, null);
        }
    }

    /** A letter, seen by a program that takes its policy back. */
    public record LooseLetter(
            String text,
            @OnDelete(DeletePolicy.LEAVE) @Nullable Rn<Person> writer) {}

    private @Nullable LayerSource store;
    private @Nullable Interruption layer;
    private @Nullable Pool opened;

    /** Returns the store to hold against the contract; asked once in each test, and empty then. */
    protected abstract LayerSource store();

    /** Returns whether the layer evaluates conditions by itself, so that a batch can be held to what it leaves. */
    protected boolean guardsBatches() {
        return true;
    }

    @BeforeEach
    void openPool() {
        store = leaks.watch(store());
        layer = Interruption.of(store);
        opened = Korm.pool().layer("main", layer).open();
    }

    @AfterEach
    void closePool() {
        opened.close();
    }

    private Items<Person> people() {
        return Korm.item(Person.class, opened);
    }

    private Items<Ship> ships() {
        return Korm.item(Ship.class, opened);
    }

    private Items<Letter> letters() {
        return Korm.item(Letter.class, opened);
    }

    private Item<Person> person(String name) {
        return people().fromData(new Person(name)).create();
    }

    private Item<Ship> ship(Ship ship) {
        return ships().fromData(ship).create();
    }

    private boolean exists(Item<?> item) {
        return Korm.item(Document.class, opened)
                .fromRn(item.rn().toString())
                .find()
                .isPresent();
    }

    @Test
    void an_item_that_others_hold_to_is_not_deleted() {
        Item<Person> ada = person("Ada");
        Item<Ship> ship = ship(Ship.of("Argo").withCaptain(ada.rn()));
        ReferencedException refused = catchThrowableOfType(ReferencedException.class, ada::delete);
        assertThat(refused.rn()).isEqualTo(ada.rn());
        assertThat(refused.holders()).isEqualTo(List.of(ship.rn()));
        assertThat(refused.field()).isEqualTo("captain");
        assertThat(refused)
                .hasMessageContaining(ada.rn().toString())
                .hasMessageContaining(ship.rn().toString())
                .hasMessageContaining("captain")
                .hasMessageContaining("\"main\"")
                .hasMessageContaining("delete those first")
                .hasMessageNotContaining("Ada");
        assertThat(ada.reload()).isEqualTo(ada);
        assertThat(ship.reload()).isEqualTo(ship);
        ship.set(Ship::captain, null).commit();
        ada.delete();
        assertThat(exists(ada)).isFalse();
    }

    @Test
    void a_few_of_many_holders_are_named() {
        Item<Person> ada = person("Ada");
        for (int i = 0; i < 20; i++) {
            ship(Ship.of("Argo").withCaptain(ada.rn()));
        }
        ReferencedException refused = catchThrowableOfType(ReferencedException.class, ada::delete);
        assertThat(refused.holders()).hasSizeBetween(1, 3);
    }

    @Test
    void a_holder_inside_nested_data_counts() {
        Item<Person> ada = person("Ada");
        ship(Ship.of("Argo").withCabins(new Cabin(1, null, null), new Cabin(2, null, ada.rn())));
        assertThat(catchThrowableOfType(ReferencedException.class, ada::delete).field())
                .isEqualTo("cabins[*].owner");
        Item<Person> bob = person("Bob");
        ship(Ship.of("Dove").withBest(new Cabin(1, null, bob.rn())));
        assertThat(catchThrowableOfType(ReferencedException.class, bob::delete).field())
                .isEqualTo("best.owner");
    }

    @Test
    void what_goes_in_the_same_transaction_holds_nothing() {
        Item<Person> ada = person("Ada");
        Item<Ship> ship = ship(Ship.of("Argo").withCaptain(ada.rn()));
        Korm.tx(ada.deletion(), ship.deletion()).persist();
        assertThat(exists(ada)).isFalse();
        assertThat(exists(ship)).isFalse();
        Item<Person> bob = person("Bob");
        Item<Ship> dove = ship(Ship.of("Dove").withCaptain(bob.rn()));
        Korm.tx(bob.deletion(), dove.set(Ship::captain, null)).persist();
        assertThat(exists(bob)).isFalse();
        assertThat(dove.reload().data().captain()).isNull();
    }

    @Test
    void a_transaction_does_not_store_what_it_leaves_dangling() {
        Item<Person> ada = person("Ada");
        ship(Ship.of("Other"));
        FloatingItem<Ship> argo = ships().fromData(Ship.of("Argo").withCaptain(ada.rn()));
        assertThatThrownBy(() -> Korm.tx(ada.deletion(), argo).persist())
                .isInstanceOf(ReferencedException.class)
                .hasMessageContaining("same transaction");
        FloatingItem<Letter> letter = letters().fromData(Letter.by(ada.rn()));
        assertThatThrownBy(() -> Korm.tx(ada.deletion(), letter).persist()).isInstanceOf(ReferencedException.class);
        Item<Ship> dove = ship(Ship.of("Dove").withCook(ada.rn()));
        assertThatThrownBy(() ->
                        Korm.tx(ada.deletion(), dove.set(Ship::name, "Swan")).persist())
                .isInstanceOf(ReferencedException.class);
        assertThat(exists(ada)).isTrue();
        assertThat(ships().query().count()).isEqualTo(2);
    }

    @Test
    void references_are_taken_back_wherever_they_stand() {
        Item<Person> ada = person("Ada");
        Item<Person> bob = person("Bob");
        Item<Ship> ship = ship(Ship.of("Argo")
                .withCook(ada.rn())
                .withPilot(ada.rn())
                .withGuests(List.of(ada.rn(), bob.rn(), ada.rn()))
                .withWatches(Map.of("dawn", ada.rn(), "dusk", bob.rn()))
                .withCabins(new Cabin(1, ada.rn(), bob.rn()), new Cabin(2, bob.rn(), null))
                .withBest(new Cabin(3, ada.rn(), null)));
        Item<Ship> other = ship(Ship.of("Dove").withCook(bob.rn()));
        ada.delete();
        Ship left = ship.reload().data();
        assertThat(left)
                .isEqualTo(Ship.of("Argo")
                        .withGuests(List.of(bob.rn()))
                        .withWatches(Map.of("dusk", bob.rn()))
                        .withCabins(new Cabin(1, null, bob.rn()), new Cabin(2, bob.rn(), null))
                        .withBest(new Cabin(3, null, null)));
        assertThat(ship.reload().revision()).isEqualTo(ship.revision() + 1);
        assertThat(other.reload()).isEqualTo(other);
        assertThatThrownBy(() -> ship.set(Ship::name, "Swan").commit()).isInstanceOf(ConflictException.class);
    }

    @NullUnmarked
    record Guide(
            String name, @OnDelete(DeletePolicy.SET_NULL) Rn<Person> follows) {
        Guide {
            Objects.requireNonNull(follows);
        }
    }

    @NullUnmarked
    record Hike(String name, List<Guide> guides) {}

    @NullUnmarked
    record Camper(
            String name, @OnDelete(DeletePolicy.SET_NULL) Rn<Person> beside) {
        Camper {
            if (beside == null && name.length() > 3) {
                throw new IllegalArgumentException("canary");
            }
        }
    }

    @Test
    void a_constructor_that_refuses_the_null_of_a_lost_reference_is_refused_before_anything_is_stored() {
        Item<Person> ada = person("Ada");
        FloatingItem<Guide> guide =
                Korm.item(Guide.class, opened).fromData("crew", "guide", new Guide("canary", ada.rn()));
        assertThatThrownBy(guide::create)
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(
                        "follows", "Guide", "SET_NULL", "NullPointerException", "Optional<Rn<…>>", "RESTRICT")
                .hasMessageNotContaining("canary");
        assertThatThrownBy(() -> Korm.createAll(List.of(guide))).isInstanceOf(ModelException.class);
        assertThatThrownBy(() -> Korm.item(Hike.class, opened)
                        .fromData("crew", "guide", new Hike("canary", List.of(guide.data())))
                        .create())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("guides[*].follows");
        assertThat(Korm.item(Document.class, opened).fromQuery("crew", "guide").count())
                .isZero();

        // A constructor is asked by what there is to store, since what it refuses may depend on that.
        Items<Camper> campers = Korm.item(Camper.class, opened);
        campers.fromData("crew", "camper", new Camper("Bob", null)).create();
        assertThatThrownBy(() -> campers.fromData("crew", "camper", new Camper("canary", ada.rn()))
                        .create())
                .isInstanceOf(ModelException.class)
                .hasMessageNotContaining("canary");
        // One that may do without says nothing about the next.
        Item<Camper> bold =
                campers.fromData("crew", "camper", new Camper("Bo", ada.rn())).create();
        assertThatThrownBy(() -> campers.fromData("crew", "camper", new Camper("canary", ada.rn()))
                        .create())
                .isInstanceOf(ModelException.class)
                .hasMessageNotContaining("canary");
        assertThatThrownBy(() -> bold.set(Camper::name, "canary").commit())
                .isInstanceOf(ModelException.class)
                .hasMessageNotContaining("canary");
        assertThat(campers.fromQuery("crew", "camper").count()).isEqualTo(2);
        ada.delete();
        assertThat(bold.reload().data()).isEqualTo(new Camper("Bo", null));
    }

    @Test
    void what_is_written_by_an_item_goes_with_it_and_is_counted() {
        Item<Person> ada = person("Ada");
        Item<Person> bob = person("Bob");
        Item<Letter> first = letters().fromData(Letter.by(ada.rn())).create();
        Item<Letter> answer = letters().fromData(Letter.answering(first.rn())).create();
        Item<Letter> further = letters().fromData(Letter.answering(answer.rn())).create();
        Item<Letter> kept = letters()
                .fromData(new Letter("About", bob.rn(), null, ada.rn()))
                .create();
        DeletedItem<Person> gone = ada.delete();
        assertThat(gone.cascaded()).isEqualTo(Map.of(Rn.parse("[rn]:crew:letter:*"), 3L));
        assertThat(List.of(first, answer, further)).noneMatch(this::exists);
        assertThat(kept.reload()).isEqualTo(kept);
        assertThat(bob.delete().cascaded()).isEqualTo(Map.of(Rn.parse("[rn]:crew:letter:*"), 1L));
        assertThat(person("Eve").delete().cascaded()).isEmpty();
    }

    @Test
    void circles_of_cascades_end() {
        FloatingItem<Letter> one = letters().fromData(Letter.answering(null));
        FloatingItem<Letter> two = letters().fromData(Letter.answering(one.rn()));
        FloatingItem<Letter> three = letters().fromData(Letter.answering(two.rn()));
        FloatingItem<Letter> itself = letters().fromData(Letter.answering(null));
        List<Item<Letter>> stored = Korm.createAll(
                List.of(one.set(Letter::answers, three.rn()), two, three, itself.set(Letter::answers, itself.rn())));
        assertThat(stored.get(0).delete().cascaded()).isEqualTo(Map.of(Rn.parse("[rn]:crew:letter:*"), 2L));
        assertThat(letters().query().count()).isEqualTo(1);
        assertThat(stored.get(3).delete().cascaded()).isEmpty();
        assertThat(letters().query().count()).isZero();
    }

    @Test
    void a_long_chain_goes_as_a_whole() {
        int length = 300;
        List<FloatingItem<Letter>> chain = new ArrayList<>();
        chain.add(letters().fromData(Letter.answering(null)));
        for (int i = 1; i < length; i++) {
            chain.add(letters().fromData(Letter.answering(chain.get(i - 1).rn())));
        }
        Item<Letter> first = Korm.createAll(chain).get(0);
        assertThat(first.delete().cascaded()).isEqualTo(Map.of(Rn.parse("[rn]:crew:letter:*"), length - 1L));
        assertThat(letters().query().count()).isZero();
    }

    @Test
    void who_holds_to_what_would_go_along_holds_the_whole() {
        Item<Person> ada = person("Ada");
        Item<Letter> letter = letters().fromData(Letter.by(ada.rn())).create();
        Items<Seal> seals = Korm.item(Seal.class, opened);
        Item<Seal> seal =
                seals.fromData("crew", "seal", new Seal(letter.rn(), null)).create();
        assertThatThrownBy(ada::delete)
                .isInstanceOf(ReferencedException.class)
                .hasMessageContaining("would have been deleted along");
        assertThat(exists(letter)).isTrue();
        seal.update(any -> new Seal(letter.rn(), ada.rn())).commit();
        assertThat(ada.delete().cascaded())
                .as("a holder that goes along itself holds nothing")
                .isEqualTo(Map.of(Rn.parse("[rn]:crew:letter:*"), 1L, Rn.parse("[rn]:crew:seal:*"), 1L));
    }

    /** On a letter, of somebody. */
    public record Seal(
            @OnDelete(DeletePolicy.RESTRICT) Rn<Letter> of,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Person> owner) {}

    @Test
    void references_are_found_however_they_are_spelt() {
        Item<Person> ada = person("Ada");
        List<Rn<Person>> spellings = List.of(
                ada.rn(),
                ada.rn().from("main"),
                ada.rn().with("note", "a"),
                ada.rn().from("main").with("note", "a"),
                ada.rn().with("note", "a").from("main"),
                ada.rn().with("zeta", "1").with("note", "x:y"),
                ada.rn().with("frome", "main"));
        Rn<Person> elsewhere = ada.rn().from("other");
        Rn<Person> alsoElsewhere = ada.rn().with("note", "a").from("other");
        List<Item<Ship>> ships = new ArrayList<>();
        for (Rn<Person> spelling : spellings) {
            ships.add(ship(Ship.of("Argo").withCook(spelling).withGuests(List.of(elsewhere, spelling))));
        }
        Item<Ship> foreign = ship(Ship.of("Dove").withCook(alsoElsewhere));
        ada.delete();
        for (Item<Ship> ship : ships) {
            assertThat(ship.reload().data().cook()).isNull();
            assertThat(ship.reload().data().guests()).isEqualTo(List.of(elsewhere));
        }
        assertThat(foreign.reload()).isEqualTo(foreign);
    }

    @Test
    void a_program_that_knows_no_record_keeps_to_the_policies() {
        Item<Person> ada = person("Ada");
        Item<Person> bob = person("Bob");
        ship(Ship.of("Argo").withCaptain(ada.rn()).withCook(bob.rn()));
        try (Pool other = Korm.pool().layer("main", store).open()) {
            Items<Document> documents = Korm.item(Document.class, other);
            Item<Document> found = documents.fromRn(ada.rn().toString()).get();
            assertThatThrownBy(found::delete).isInstanceOf(ReferencedException.class);
            assertThatThrownBy(() -> documents
                            .fromQuery("crew", "person")
                            .where(everything())
                            .deleteAll())
                    .isInstanceOf(ReferencedException.class);
            documents.fromRn(bob.rn().toString()).get().delete();
        }
        assertThat(exists(ada)).isTrue();
        assertThat(ships().query().get().get(0).data().cook()).isNull();
    }

    @Test
    void a_policy_can_be_taken_back() {
        Item<Person> ada = person("Ada");
        Item<Letter> letter = letters().fromData(Letter.by(ada.rn())).create();
        Korm.item(LooseLetter.class, opened)
                .fromData("crew", "letter", new LooseLetter("New", null))
                .create();
        ada.delete();
        assertThat(letter.reload()).isEqualTo(letter);
    }

    @Test
    void many_are_deleted_as_the_policies_say() {
        Item<Person> ada = person("Ada");
        Item<Person> bob = person("Bob");
        Item<Person> eve = person("Eve");
        Item<Ship> ship = ship(Ship.of("Argo").withCaptain(ada.rn()).withGuests(List.of(ada.rn(), bob.rn(), eve.rn())));
        Item<Letter> letter = letters().fromData(Letter.by(bob.rn())).create();
        assertThatThrownBy(() -> people().query().where(everything()).deleteAll())
                .isInstanceOf(ReferencedException.class);
        assertThat(people().query().count()).isEqualTo(3);
        assertThat(people().query().where(eq("name", "Bob")).deleteAll()).isEqualTo(1);
        assertThat(exists(letter)).isFalse();
        assertThat(ship.reload().data().guests()).isEqualTo(List.of(ada.rn(), eve.rn()));
        assertThat(ships().query().where(everything()).deleteAll()).isEqualTo(1);
        assertThat(people().query().where(everything()).deleteAll()).isEqualTo(2);
        assertThat(people().query().where(everything()).deleteAll()).isZero();
    }

    @Test
    void items_that_hold_each_other_go_together() {
        Item<Letter> letter = letters().fromData(Letter.answering(null)).create();
        Items<Knot> knots = Korm.item(Knot.class, opened);
        FloatingItem<Knot> one = knots.fromData("crew", "knot", new Knot(null));
        FloatingItem<Knot> two = knots.fromData("crew", "knot", new Knot(one.rn()));
        List<Item<Knot>> stored = Korm.createAll(List.of(one.set(Knot::other, two.rn()), two));
        assertThatThrownBy(stored.get(0)::delete).isInstanceOf(ReferencedException.class);
        assertThat(knots.fromQuery("crew", "knot").where(everything()).deleteAll())
                .isEqualTo(2);
        assertThat(exists(letter)).isTrue();
    }

    /** Two of them hold each other. */
    public record Knot(
            @OnDelete(DeletePolicy.RESTRICT) @Nullable Rn<Knot> other) {}

    @Test
    void a_policy_is_about_the_collection_where_the_record_is_stored() {
        Item<Document> visitor = Korm.item(Document.class, opened)
                .fromData("crew", "guest", Document.of(Map.of("name", "Ada")))
                .create();
        Rn<Person> guest = Rn.parse(visitor.rn().toString());
        FloatingItem<Ship> argo = ships().fromData(Ship.of("Argo").withCaptain(guest));
        assertThatThrownBy(argo::create)
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("captain")
                .hasMessageContaining("crew:person");
        FloatingItem<Ship> dove = ships().fromData(Ship.of("Dove").withCabins(new Cabin(1, null, guest)));
        assertThatThrownBy(dove::create).isInstanceOf(ValueException.class);
        Item<Ship> swan = ship(Ship.of("Swan"));
        assertThatThrownBy(() -> swan.set(Ship::cook, guest).commit()).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> ships().query().where(everything()).updateAll(set(Ship::cook, guest)))
                .isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> ships().query().where(everything()).updateAll(set(Ship::guests, List.of(guest))))
                .isInstanceOf(ValueException.class);
        visitor.delete();
    }

    @Test
    void a_policy_is_declared_by_an_assignment_too() {
        Item<Person> ada = person("Ada");
        Korm.item(Document.class, opened)
                .fromData(
                        "crew",
                        "letter",
                        Document.builder()
                                .put("text", "Old")
                                .put("writer", Rn.parse("[rn]:crew:person:*"))
                                .put("answers", Rn.parse("[rn]:crew:letter:*"))
                                .put("about", ada.rn())
                                .build())
                .create();
        letters().query().where(everything()).updateAll(set(Letter::writer, ada.rn()));
        assertThat(ada.delete().cascaded()).hasSize(1);
    }

    @Test
    void a_stale_item_is_not_deleted_and_nobody_else_is_changed() {
        Item<Person> ada = person("Ada");
        Item<Ship> ship = ship(Ship.of("Argo").withCook(ada.rn()));
        Item<Letter> letter = letters().fromData(Letter.by(ada.rn())).create();
        ada.set(Person::name, "Lady Ada").commit();
        assertThatThrownBy(ada::delete).isInstanceOf(ConflictException.class);
        assertThat(ship.reload()).isEqualTo(ship);
        assertThat(letter.reload()).isEqualTo(letter);
        ada.reload().delete();
        assertThat(exists(letter)).isFalse();
    }

    @Test
    void a_holder_that_comes_while_it_is_decided_holds() {
        Item<Person> ada = person("Ada");
        ship(Ship.of("Dove"));
        layer.beforeNextBatch(() -> ship(Ship.of("Argo").withCaptain(ada.rn())));
        if (guardsBatches()) {
            assertThatThrownBy(ada::delete).isInstanceOf(ReferencedException.class);
            assertThat(exists(ada)).isTrue();
        }
    }

    @Test
    void a_holder_inside_nested_data_that_comes_while_it_is_decided_holds() {
        Item<Person> ada = person("Ada");
        ship(Ship.of("Dove"));
        layer.beforeNextBatch(() -> ship(Ship.of("Argo").withCabins(new Cabin(1, null, ada.rn()))));
        if (guardsBatches()) {
            assertThatThrownBy(ada::delete).isInstanceOf(ReferencedException.class);
            assertThat(exists(ada)).isTrue();
        }
    }

    @Test
    void what_is_changed_while_it_is_decided_is_looked_at_again() {
        Item<Person> ada = person("Ada");
        Item<Ship> ship = ship(Ship.of("Argo").withCook(ada.rn()));
        Item<Letter> letter = letters().fromData(Letter.by(ada.rn())).create();
        layer.beforeNextBatch(() -> {
            ship.set(Ship::name, "Swan").commit();
            letter.set(Letter::text, "Changed").commit();
        });
        assertThat(ada.delete().cascaded()).hasSize(1);
        assertThat(ship.reload().data()).isEqualTo(Ship.of("Swan"));
        assertThat(exists(letter)).isFalse();
    }

    @Test
    void a_holder_that_lets_go_while_it_is_decided_is_not_overwritten() {
        Item<Person> ada = person("Ada");
        Item<Person> bob = person("Bob");
        Item<Ship> ship = ship(Ship.of("Argo").withCook(ada.rn()));
        layer.beforeNextBatch(() -> ship.set(Ship::cook, bob.rn()).commit());
        ada.delete();
        assertThat(ship.reload().data().cook()).isEqualTo(bob.rn());
    }
}
