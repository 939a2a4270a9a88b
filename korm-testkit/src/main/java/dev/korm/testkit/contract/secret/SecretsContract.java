package dev.korm.testkit.contract.secret;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.exists;
import static dev.korm.Filter.isNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.Assignment;
import dev.korm.ClosedException;
import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.Password;
import dev.korm.PasswordCheck.Outcome;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.SealException;
import dev.korm.SealException.Reason;
import dev.korm.Stored;
import dev.korm.ValueException;
import dev.korm.key.KeyRing;
import dev.korm.key.MissingKeyException;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.testkit.memory.MemoryLayer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** The obligations of a layer for the secrets of items. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class SecretsContract extends SecretsWorld {
    private static final String ORIGINAL_KEY = "0123456789abcdef".repeat(4);
    private static final String ORIGINAL = "{\"__ENCRYPTED__\":true,\"type\":\"symmetric\","
            + "\"value\":\"a335a82e32d2143fa2f2f931\",\"dataType\":\"string\",\"iv\":\"000102030405060708090a0b\","
            + "\"authTag\":\"9a59456f40def046acf89241fed70cc0\"}";

    enum Colour {
        RED
    }

    sealed interface Shape permits Circle {}

    record Circle(double radius) implements Shape {}

    record Inner(int number, List<String> texts) {}

    @Stored(namespace = "kinds", kind = "all")
    record Kinds(
            Encrypted<String> text,
            Encrypted<Boolean> flag,
            Encrypted<Integer> whole,
            Encrypted<Long> large,
            Encrypted<Double> real,
            Encrypted<BigDecimal> decimal,
            Encrypted<BigInteger> huge,
            Encrypted<byte[]> bytes,
            Encrypted<Instant> instant,
            Encrypted<LocalDate> date,
            Encrypted<Duration> duration,
            Encrypted<UUID> uuid,
            Encrypted<Colour> colour,
            Encrypted<Inner> inner,
            Encrypted<List<Inner>> list,
            Encrypted<Map<String, BigDecimal>> map,
            Encrypted<Shape> shape,
            Encrypted<Optional<String>> empty,
            Encrypted<Document> document) {}

    @Test
    void everything_that_can_be_stored_can_be_sealed() {
        Kinds kinds = new Kinds(
                Encrypted.of("é€😀 \" \\ \n"),
                Encrypted.of(true),
                Encrypted.of(-1),
                Encrypted.of(Long.MIN_VALUE),
                Encrypted.of(1e-300),
                Encrypted.of(new BigDecimal("12345678901234567890.50")),
                Encrypted.of(BigInteger.TEN.pow(50)),
                Encrypted.of(new byte[] {0, -1, 7}),
                Encrypted.of(Instant.parse("2024-02-29T01:02:03.123456789Z")),
                Encrypted.of(LocalDate.of(1, 1, 1)),
                Encrypted.of(Duration.ofNanos(1)),
                Encrypted.of(new UUID(1, 2)),
                Encrypted.of(Colour.RED),
                Encrypted.of(new Inner(1, List.of("a", ""))),
                Encrypted.of(List.of(new Inner(1, List.of()), new Inner(2, List.of("b")))),
                Encrypted.of(Map.of("a", new BigDecimal("1.50"))),
                Encrypted.of(new Circle(1.5)),
                Encrypted.of(Optional.empty()),
                Encrypted.of(Document.of(Map.of("a", List.of(1, "b")))));
        Rn<Kinds> rn = Korm.item(Kinds.class, pool).fromData(kinds).create().rn();
        Kinds read = Korm.item(Kinds.class, pool).fromRn(rn.toString()).get().data();
        assertThat(read.bytes().reveal()).containsExactly(0, -1, 7);
        assertThat(read.decimal().reveal()).isEqualTo(new BigDecimal("12345678901234567890.50"));
        assertThat(read.empty().reveal()).isEmpty();
        assertThat(read).isEqualTo(kinds);
        assertThat(read.toString()).doesNotContain("12345").contains("[REDACTED]");
        TableName table = TableName.items("kinds", "all");
        assertThat(schema(table, "text").kind()).isEqualTo(ColumnKind.ENCRYPTED);
        assertThat(Document.parse(cell(table, rn, "decimal")).text("dataType")).isEqualTo("string");
        assertThat(Document.parse(cell(table, rn, "whole")).text("dataType")).isEqualTo("number");
        assertThat(Document.parse(cell(table, rn, "flag")).text("dataType")).isEqualTo("boolean");
        assertThat(Document.parse(cell(table, rn, "list")).text("dataType")).isEqualTo("object");
    }

    @Test
    void a_payload_has_the_originals_members_and_says_its_version_and_key() {
        Rn<Person> rn = people().fromData(Person.of("Fred", "canary")).create().rn();
        Document payload = Document.parse(cell(rn, "token"));
        assertThat(payload.fieldNames())
                .containsExactlyInAnyOrder("__ENCRYPTED__", "type", "value", "dataType", "iv", "authTag", "v", "kid");
        assertThat(payload.bool("__ENCRYPTED__")).isTrue();
        assertThat(payload.longValue("v")).isEqualTo(3);
        assertThat(payload.text("kid")).isEqualTo("k1");
        assertThat(payload.text("iv")).hasSize(24);
        assertThat(payload.text("authTag")).hasSize(32);
        assertThat(payload.text("value")).hasSize(2 * "\"canary\"".length());
    }

    private Person full() {
        return Person.of("Fred", "t")
                .withOther(Encrypted.of("o"))
                .withPassword(hash("p"))
                .withPins(List.of(Encrypted.of(1), Encrypted.of(2), Encrypted.of(3)))
                .withCards(Map.of("visa", new Card("F", Encrypted.of("VISA-4711"))))
                .withCard(new Card("G", Encrypted.of("4712")))
                .withMaybe(Encrypted.of("m"))
                .withNotes(Document.of(Map.of("deep", List.of(Map.of("key", Encrypted.of(5))), "pw", hash("q"))));
    }

    @Test
    void secrets_are_found_at_every_depth() {
        Person made = full();
        Rn<Person> rn = people().fromData(made).create().rn();
        Person read = read(rn);
        assertThat(read).isEqualTo(made);
        assertThat(read.pins().get(2).reveal()).isEqualTo(3);
        assertThat(read.cards().get("visa").number().reveal()).isEqualTo("VISA-4711");
        Encrypted<?> deep = (Encrypted<?>) read.notes().get("deep[0].key").orElseThrow();
        assertThat(deep.reveal()).isEqualTo(5L);
        Password inner = (Password) read.notes().get("pw").orElseThrow();
        assertThat(CHEAP.verify(inner, "q".toCharArray()).outcome()).isEqualTo(Outcome.MATCH);
        assertThat(CHEAP.verify(read.password(), "p".toCharArray()).matches()).isTrue();
        for (String column : List.of("pins", "cards", "card", "notes")) {
            assertThat(cell(rn, column)).contains("__ENCRYPTED__").doesNotContain("VISA-4711");
        }
    }

    @Test
    void secrets_that_did_not_change_keep_their_bytes() {
        Item<Person> made = people().fromData(full()).create();
        Rn<Person> rn = made.rn();
        List<String> columns = List.of("token", "other", "password", "pins", "cards", "maybe", "notes");
        List<String> before = columns.stream().map(column -> cell(rn, column)).toList();
        String card = cell(rn, "card");

        Item<Person> renamed = made.set(Person::name, "Wilma").commit();
        Item<Person> moved = renamed.set("card.holder", "Other").commit();
        assertThat(columns.stream().map(column -> cell(rn, column)).toList()).isEqualTo(before);
        assertThat(Document.parse(cell(rn, "card")).document("number"))
                .isEqualTo(Document.parse(card).document("number"));

        Item<Person> again = people().fromRn(rn.toString()).get();
        again.set("cards.visa.holder", "X").commit();
        assertThat(Document.parse(cell(rn, "cards")).document("visa.number"))
                .isEqualTo(Document.parse(before.get(4)).document("visa.number"));
        assertThat(moved.data().token().reveal()).isEqualTo("t");

        Item<Person> same = people().fromRn(rn.toString()).get();
        assertThat(same.set(Person::token, Encrypted.of("t")).changedFields()).isEmpty();
        same.set(Person::token, Encrypted.of("new")).commit();
        assertThat(cell(rn, "token")).isNotEqualTo(before.get(0));
        assertThat(cell(rn, "other")).isEqualTo(before.get(1));
        assertThat(read(rn).token().reveal()).isEqualTo("new");
    }

    @Test
    void a_secret_that_goes_elsewhere_is_sealed_anew_for_there() {
        Item<Person> fred = people().fromData(full()).create();
        Person read = read(fred.rn());
        Rn<Person> wilma = people().fromData(
                        Person.of("Wilma", "w").withOther(read.token()).withPins(read.pins()))
                .create()
                .rn();
        assertThat(read(wilma).other().reveal()).isEqualTo("t");
        assertThat(read(wilma).pins()).isEqualTo(read.pins());
        assertThat(cell(wilma, "other")).isNotEqualTo(cell(fred.rn(), "token"));

        List<Encrypted<Integer>> rest = new ArrayList<>(read.pins());
        rest.remove(0);
        people().fromRn(fred.rn().toString()).get().set(Person::pins, rest).commit();
        assertThat(read(fred.rn()).pins()).extracting(Encrypted::reveal).containsExactly(2, 3);

        Item<Person> swapped = people().fromRn(fred.rn().toString()).get();
        swapped.set(Person::token, swapped.data().other())
                .set(Person::other, swapped.data().token())
                .commit();
        assertThat(read(fred.rn()).token().reveal()).isEqualTo("o");
        assertThat(read(fred.rn()).other().reveal()).isEqualTo("t");
    }

    @Test
    void a_secret_of_another_pool_is_sealed_with_the_keys_of_this_one() {
        Rn<Person> fred = people().fromData(Person.of("Fred", "t")).create().rn();
        try (Pool other =
                Korm.pool().layer("main", MemoryLayer.create()).keys(keys("k2")).open()) {
            Item<Person> copy = Korm.item(Person.class, other)
                    .fromData(read(fred))
                    .withRn(Rn.<Person>parse(fred.toString()))
                    .create();
            Person read = Korm.item(Person.class, other)
                    .fromRn(copy.rn().toString())
                    .get()
                    .data();
            assertThat(read.token().reveal()).isEqualTo("t");
        }
    }

    @Test
    void what_is_restored_keeps_its_secrets() {
        Item<Person> made = people().fromData(full()).create();
        String before = cell(made.rn(), "token");
        made.delete().restore();
        assertThat(cell(made.rn(), "token")).isEqualTo(before);
        assertThat(read(made.rn()))
                .isEqualTo(full().withPassword(made.data().password())
                        .withNotes(made.data().notes()));
    }

    private void refuses(Person person, Reason reason, String... words) {
        assertThat(person.name()).isNotEmpty();
        SealException refused =
                catchThrowableOfType(SealException.class, () -> person.token().reveal());
        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(refused).hasMessageContainingAll(words).hasMessageContaining("token");
    }

    @Test
    void a_secret_that_was_moved_in_the_store_does_not_open_and_the_rest_of_the_row_does() {
        Rn<Person> fred = people().fromData(full()).create().rn();
        Rn<Person> wilma = people().fromData(Person.of("Wilma", "w")).create().rn();
        put(wilma, "token", cell(fred, "token"));
        refuses(
                read(wilma),
                Reason.FOREIGN_OR_ALTERED,
                "it was moved or altered",
                wilma.id().orElseThrow());
        put(wilma, "token", cell(fred, "other"));
        refuses(read(wilma), Reason.FOREIGN_OR_ALTERED, wilma.id().orElseThrow());
        put(fred, "token", cell(fred, "other"));
        refuses(read(fred), Reason.FOREIGN_OR_ALTERED, fred.id().orElseThrow());
        put(fred, "token", cell(fred, "password"));
        refuses(read(fred), Reason.MALFORMED, fred.id().orElseThrow());
        put(fred, "token", "{\"clear\":1}");
        refuses(read(fred), Reason.MALFORMED, fred.id().orElseThrow());
        put(fred, "password", cell(fred, "other"));
        assertThat(CHEAP.verify(read(fred).password(), "p".toCharArray()).outcome())
                .isEqualTo(Outcome.NOT_CHECKED);
        assertThat(read(fred).other().reveal()).isEqualTo("o");

        // What does not open can be replaced.
        people().fromRn(fred.toString())
                .get()
                .set(Person::token, Encrypted.of("mended"))
                .commit();
        assertThat(read(fred).token().reveal()).isEqualTo("mended");
    }

    @Test
    void with_other_keys_a_secret_says_which_it_lacks_or_that_it_does_not_belong_here() {
        Rn<Person> rn = people().fromData(full()).create().rn();
        try (Pool other = open(keys("k2", "k3"))) {
            Person read =
                    Korm.item(Person.class, other).fromRn(rn.toString()).get().data();
            refuses(read, Reason.UNKNOWN_KEY, "\"k1\"", "k2, k3", rn.id().orElseThrow());
        }
        try (Pool other = open(KeyRing.of("k1", Map.of("k1", new byte[32])))) {
            Person read =
                    Korm.item(Person.class, other).fromRn(rn.toString()).get().data();
            refuses(read, Reason.FOREIGN_OR_ALTERED, "\"k1\"");
        }
        try (Pool both = open(keys("k2", "k1"))) {
            Item<Person> read =
                    Korm.item(Person.class, both).fromRn(rn.toString()).get();
            assertThat(read.data().token().reveal()).isEqualTo("t");
            read.set(Person::other, Encrypted.of("new")).commit();
            assertThat(Document.parse(cell(rn, "other")).text("kid")).isEqualTo("k2");
            assertThat(Document.parse(cell(rn, "token")).text("kid")).isEqualTo("k1");
        }
    }

    @Test
    void what_the_original_sealed_opens_keeps_its_bytes_and_is_bound_when_it_changes() {
        Rn<Person> rn = people().fromData(full()).create().rn();
        put(rn, "token", ORIGINAL);
        String stored = cell(rn, "token");
        try (Pool original =
                open(KeyRing.fromEnvironment(name -> name.equals(KeyRing.KEY_VARIABLE) ? ORIGINAL_KEY : null))) {
            Item<Person> read =
                    Korm.item(Person.class, original).fromRn(rn.toString()).get();
            assertThat(read.data().token().reveal()).isEqualTo("1234567890");
            Item<Person> renamed = read.set(Person::name, "Barney").commit();
            assertThat(cell(rn, "token")).isEqualTo(stored);
            renamed.set(Person::other, renamed.data().token()).commit();
            Document moved = Document.parse(cell(rn, "other"));
            assertThat(moved.longValue("v")).isEqualTo(3);
            assertThat(moved.text("kid")).isEqualTo(KeyRing.DEFAULT_ID);
        }
    }

    @Test
    void a_plain_value_that_is_set_on_a_secret_is_sealed() {
        Item<Person> fred = people().fromData(full()).create();
        fred.set("token", "plain").set("pins[0]", 9).commit();
        assertThat(read(fred.rn()).token().reveal()).isEqualTo("plain");
        assertThat(read(fred.rn()).pins().get(0).reveal()).isEqualTo(9);
        assertThat(cell(fred.rn(), "token")).doesNotContain("plain");
        Item<Document> document = documents().fromRn(fred.rn().toString()).get();
        document.set("token", "plainer").patch(Map.of("other", "plainest")).commit();
        assertThat(cell(fred.rn(), "token")).doesNotContain("plainer");
        assertThat(read(fred.rn()).token().reveal()).isEqualTo("plainer");
        assertThat(read(fred.rn()).other().reveal()).isEqualTo("plainest");
        assertThatThrownBy(() -> fred.set("token", 5))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("token");
    }

    @Test
    void a_document_shows_holders_and_never_what_is_in_them() {
        Rn<Person> rn = people().fromData(full()).create().rn();
        Item<Document> item = documents().fromRn(rn.toString()).get();
        Document data = item.data();
        assertThat(data.get("token")).get().isInstanceOf(Encrypted.class).hasToString("[REDACTED]");
        assertThat(data.get("password")).get().isInstanceOf(Password.class).hasToString("[HASH]");
        assertThat(((Encrypted<?>) data.get("cards.visa.number").orElseThrow()).reveal())
                .isEqualTo("VISA-4711");
        assertThat(data.toJson())
                .contains("[REDACTED]", "[HASH]")
                .doesNotContain("VISA-4711")
                .doesNotContain("__ENCRYPTED__");
        assertThat(item.show(Item.Coloring.PLAIN))
                .contains("[REDACTED]", "[HASH]")
                .doesNotContain("argon2");
        item.set("name", "Fred2").commit();
        assertThat(read(rn).cards().get("visa").number().reveal()).isEqualTo("VISA-4711");
        Item<Document> free = documents()
                .fromData(
                        "free",
                        "form",
                        Document.of(
                                Map.of("s", Encrypted.of(List.of(1, "a")), "card", new Card("x", Encrypted.of("9")))))
                .create();
        Document read = documents().fromRn(free.rn().toString()).get().data();
        assertThat(((Encrypted<?>) read.get("s").orElseThrow()).reveal()).isEqualTo(List.of(1L, "a"));
        assertThat(((Encrypted<?>) read.get("card.number").orElseThrow()).reveal())
                .isEqualTo("9");
    }

    @Test
    void data_that_only_looks_like_a_stored_secret_is_refused() {
        Document forged = Document.parse("{\"a\":" + ORIGINAL + "}");
        assertThatThrownBy(() -> people().fromData(Person.of("Fred", "t").withNotes(forged))
                        .create())
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("Encrypted.of");
        assertThatThrownBy(() -> documents().fromData("free", "form", forged).create())
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("__ENCRYPTED__");
    }

    @Test
    void nothing_can_be_asked_of_secrets_but_whether_there_are_any() {
        people().fromData(full()).create();
        people().fromData(Person.of("Wilma", "w")).create();
        assertThat(people().query().where(isNull("other")).count()).isEqualTo(1);
        assertThat(people().query()
                        .where(exists("other"))
                        .first()
                        .orElseThrow()
                        .data()
                        .name())
                .isEqualTo("Fred");
        assertThat(people().query().where(exists("card.number")).count()).isEqualTo(1);
        Query<Person> query = people().query();
        assertThatThrownBy(() -> query.where(eq("token", "w")))
                .isInstanceOf(QueryException.class)
                .hasMessageContainingAll("token", "isNull");
        assertThatThrownBy(() -> query.where(eq("card.number", "w"))).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.where(eq("pins[*]", 1))).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.where(dev.korm.Filter.gt("token", "w"))).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.where(dev.korm.Filter.startsWith("token", "w")))
                .isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.where(dev.korm.Filter.inList("password", "w")))
                .isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.where(eq("token.value", "w"))).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.orderBy(Order.asc("token"))).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.groupBy("token")).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.max("token")).isInstanceOf(QueryException.class);
        Query<Document> any = documents().fromQuery("people", "plain");
        assertThatThrownBy(() -> any.where(eq("token", "w")).get()).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> any.orderBy(Order.asc("token")).get()).isInstanceOf(QueryException.class);
        assertThat(any.where(isNull("other")).count()).isEqualTo(1);
    }

    @Test
    void secrets_of_referenced_items_open_too_and_stay_sealed() {
        Item<Person> wilma = people().fromData(full()).create();
        String before = cell(wilma.rn(), "card");
        Rn<Person> fred = people().fromData(Person.of("Fred", "f").withFriend(wilma.rn()))
                .create()
                .rn();
        Item<Person> read =
                people().fromRn(fred.toString()).resolvePaths("friend").get();
        Person friend = read.data().friend().orElseThrow().get();
        assertThat(friend.token().reveal()).isEqualTo("t");
        Item<Person> now = read.set("friend.card.holder", "H").commit();
        assertThat(Document.parse(cell(wilma.rn(), "card")).document("number"))
                .isEqualTo(Document.parse(before).document("number"));
        now.set("friend.token", "new").commit();
        assertThat(read(wilma.rn()).token().reveal()).isEqualTo("new");
    }

    @Test
    void many_items_at_once_cannot_be_given_one_secret() {
        Rn<Person> rn = people().fromData(full()).create().rn();
        Query<Person> all = people().query().where(everything());
        assertThatThrownBy(() -> all.updateAll(Assignment.set("token", "x")))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("item by item");
        assertThat(all.updateAll(Assignment.set("token", null))).isEqualTo(1);
        assertThat(read(rn).token()).isNull();
        assertThat(read(rn).other().reveal()).isEqualTo("o");
    }

    @Test
    void a_closed_pool_opens_nothing_more() {
        Rn<Person> rn = people().fromData(full()).create().rn();
        Person read;
        try (Pool other = open(keys("k1"))) {
            read = Korm.item(Person.class, other).fromRn(rn.toString()).get().data();
            assertThat(read.token().reveal()).isEqualTo("t");
        }
        assertThat(read.token().reveal()).isEqualTo("t");
        assertThatThrownBy(() -> read.other().reveal())
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining(rn.id().orElseThrow());
        assertThat(read.other()).isEqualTo(read.other()).isNotEqualTo(Encrypted.of("o"));
    }

    record Open(String name) {}

    @Test
    void a_key_is_looked_for_when_the_first_secret_needs_one() {
        try (Pool none = open(KeyRing.fromEnvironment(name -> null))) {
            Korm.item(Open.class, none).fromData("open", "open", new Open("x")).create();
            assertThatThrownBy(() -> Korm.item(Person.class, none)
                            .fromData(Person.of("Fred", "t"))
                            .create())
                    .isInstanceOf(MissingKeyException.class)
                    .hasMessageContainingAll("korm keygen", "KORM_ENCRYPTION_KEY", "token");
            assertThat(Korm.item(Person.class, none).query().count()).isZero();
            Rn<Person> rn = people().fromData(Person.of("Fred", "t")).create().rn();
            Person read =
                    Korm.item(Person.class, none).fromRn(rn.toString()).get().data();
            assertThat(read.name()).isEqualTo("Fred");
        }
    }
}
