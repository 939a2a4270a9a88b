package dev.korm.testkit.existing;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.gt;
import static dev.korm.Filter.gte;
import static dev.korm.Filter.inList;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.like;
import static dev.korm.Filter.lt;
import static dev.korm.Filter.ne;
import static dev.korm.Filter.not;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Aggregate;
import dev.korm.AlreadyExistsException;
import dev.korm.Assignment;
import dev.korm.ConflictException;
import dev.korm.Document;
import dev.korm.DuplicateException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.ModelException;
import dev.korm.NotFoundException;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.ValueException;
import dev.korm.spi.LayerSource;
import dev.korm.table.Column;
import dev.korm.table.Id;
import dev.korm.table.Table;
import dev.korm.table.Version;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records as rows of tables that korm did not make. */
@SuppressWarnings("NullAway") // Tests dereference what they expect to be there.
abstract class ExistingTableContract {
    private static final UUID DESK = UUID.fromString("0190163d-8694-739b-aea5-966c26f8ad91");

    @Table(name = "Customers")
    @Stored(namespace = "shop", kind = "customer")
    record Customer(
            @Id Long id,
            @Column("full name") String name,
            String email,
            boolean active,
            BigDecimal balance,
            LocalDate bornOn,
            Rn<Customer> referrer,
            @Version int version) {
        Customer(String name, String email) {
            this(null, name, email, true, new BigDecimal("0.50"), LocalDate.of(1990, 1, 2), null, 0);
        }
    }

    @Table(name = "orders")
    @Stored(namespace = "shop", kind = "order")
    record Order(@Id String code, @Column("customer_id") Rn<Customer> customer, Optional<String> note) {}

    @Table(name = "order_lines")
    @Stored(namespace = "shop", kind = "line")
    record Line(
            @Id @Column("order_code") String code,
            @Id int pos,
            @Column("order_code") Rn<Order> order,
            int quantity) {}

    @Table(name = "line_notes")
    @Stored(namespace = "shop", kind = "linenote")
    record LineNote(
            @Id long id, @Column({"line_code", "line_pos"}) Rn<Line> line, String text) {}

    @Table(name = "devices")
    @Stored(namespace = "shop", kind = "device")
    record Device(@Id UUID id, String label) {}

    /** Of korm's own. */
    @Stored(namespace = "crm", kind = "visit")
    record Visit(Rn<Customer> customer, Rn<Order> order, String what) {}

    private Pool pool;
    private Items<Customer> customers;
    private Items<Order> orders;
    private Items<Line> lines;

    /** Returns a layer over tables that these statements of the database made. */
    abstract LayerSource made() throws SQLException;

    /** Returns all that the database says of its schema. */
    abstract String schema() throws SQLException;

    abstract void execute(String sql) throws SQLException;

    @BeforeEach
    void open() throws SQLException {
        pool = Korm.pool().layer("main", made()).open();
        customers = Korm.item(Customer.class, pool);
        orders = Korm.item(Order.class, pool);
        lines = Korm.item(Line.class, pool);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private List<String> names(List<Item<Customer>> items) {
        return items.stream().map(item -> item.data().name()).toList();
    }

    @Test
    void rows_are_created_read_changed_and_deleted_and_the_schema_stays_as_it_was() throws SQLException {
        String before = schema();
        Item<Customer> ada =
                customers.fromData(new Customer("Ada", "ada@x.org")).create();
        assertThat(ada.rn().toString())
                .isEqualTo("[rn]:shop:customer:=" + ada.data().id());
        assertThat(ada.rn()).isEqualTo(Rn.byKey(Customer.class, ada.data().id()));
        assertThat(ada.revision()).isEqualTo(1);
        assertThat(ada.data().version()).isEqualTo(1);
        Item<Customer> read = customers.fromRn(ada.rn()).get();
        assertThat(read.data())
                .usingRecursiveComparison()
                .withComparatorForType(BigDecimal::compareTo, BigDecimal.class)
                .isEqualTo(ada.data());
        assertThat(read.revision()).isEqualTo(1);
        Item<Customer> changed =
                read.set(Customer::name, "Ada L.").set(Customer::bornOn, null).commit();
        assertThat(changed.data().version()).isEqualTo(2);
        assertThat(changed.reload().data()).isEqualTo(changed.data());
        assertThat(changed.data().name()).isEqualTo("Ada L.");
        Item<Customer> bob = customers
                .fromData(new Customer(77L, "Bob", "bob@x.org", false, new BigDecimal("12.25"), null, ada.rn(), 0))
                .create();
        assertThat(bob.rn().key()).containsExactly("77");
        assertThat(bob.reload().data().balance()).isEqualByComparingTo("12.25");
        assertThat(bob.reload().data().referrer()).isEqualTo(ada.rn());
        assertThat(bob.reload().data().active()).isFalse();
        assertThat(customers.query().count()).isEqualTo(2);
        bob.delete();
        assertThat(customers.fromRn(bob.rn()).find()).isEmpty();
        assertThat(customers.fromRns(List.of(ada.rn(), bob.rn()))).hasSize(1);
        assertThat(customers.query().where(everything()).updateAll(Assignment.set(Customer::active, false)))
                .isEqualTo(1);
        assertThat(customers.fromRn(ada.rn()).get().data().version()).isEqualTo(3);
        assertThat(customers.query().where(everything()).deleteAll()).isEqualTo(1);
        assertThat(schema()).isEqualTo(before);
    }

    @Test
    void a_write_from_an_old_state_is_refused_by_the_version_of_the_table() throws SQLException {
        Item<Customer> ada =
                customers.fromData(new Customer("Ada", "ada@x.org")).create();
        execute("UPDATE Customers SET version = version + 1");
        assertThatThrownBy(() -> ada.set(Customer::name, "Eve").commit()).isInstanceOf(ConflictException.class);
        assertThatThrownBy(ada::delete).isInstanceOf(ConflictException.class);
        execute("DELETE FROM Customers");
        assertThatThrownBy(() -> ada.set(Customer::name, "Eve").commit())
                .isInstanceOfAny(NotFoundException.class, ConflictException.class);
        Item<Order> order =
                orders.fromData(new Order("A 1", null, Optional.empty())).create();
        order.set(Order::note, Optional.of("x")).commit();
        assertThat(order.set(Order::note, Optional.of("y"))
                        .commit()
                        .reload()
                        .data()
                        .note())
                .as("without a version the last write stays")
                .hasValue("y");
    }

    @Test
    void keys_of_every_sort_are_ids() {
        for (String code :
                List.of("A 1", "50%", "a:b", "x,y", "[z]", "gr\u00f6\u00dfe/\u6f22\u5b57", "", "=", "'\"`\\")) {
            Item<Order> order =
                    orders.fromData(new Order(code, null, Optional.of(code))).create();
            assertThat(order.rn()).isEqualTo(Rn.byKey(Order.class, code));
            assertThat(orders.fromRn(Rn.<Order>parse(order.rn().toString()))
                            .get()
                            .data()
                            .code())
                    .isEqualTo(code);
            assertThat(orders.query()
                            .where(eq("code", code))
                            .first()
                            .orElseThrow()
                            .rn())
                    .isEqualTo(order.rn());
            Item<Line> line = lines.fromData(new Line(code, 3, order.rn(), 1)).create();
            assertThat(line.rn().key()).containsExactly(code, "3");
            assertThat(lines.fromRn(line.rn()).get().data()).isEqualTo(new Line(code, 3, order.rn(), 1));
            assertThat(line.set(Line::quantity, 4).commit().reload().data().quantity())
                    .isEqualTo(4);
        }
        assertThat(orders.fromRn(Rn.byKey(Order.class, "a 1")).find())
                .as("case counts")
                .isEmpty();
        assertThat(orders.fromRns(orders.query().get().stream().map(Item::rn).toList()))
                .hasSize(9);
        Items<Device> devices = Korm.item(Device.class, pool);
        Item<Device> desk = devices.fromData(new Device(DESK, "desk")).create();
        assertThat(devices.fromRn(desk.rn()).get().data()).isEqualTo(new Device(DESK, "desk"));
        assertThat(desk.rn()).isEqualTo(Rn.byKey(Device.class, DESK));
        assertThat(devices.query().where(eq("id", DESK)).count()).isEqualTo(1);
        assertThat(devices.query().where(eq("id", DESK)).deleteAll()).isEqualTo(1);
        assertThat(customers.fromRn(Rn.<Customer>parse("[rn]:shop:customer:=x")).find())
                .isEmpty();
        assertThat(customers
                        .fromRn(Rn.<Customer>parse("[rn]:shop:customer:3dd91ede-37a4-4c25-a86a-6f1a9e132186"))
                        .find())
                .isEmpty();
        lines.query().where(gt("quantity", 0)).deleteAll();
        assertThat(lines.query().count()).isZero();
    }

    private Item<Customer> person(int number) {
        return customers
                .fromData(new Customer(
                        null,
                        "P" + number,
                        "p" + number + "@x.org",
                        number % 2 == 0,
                        new BigDecimal(number).movePointLeft(1),
                        number % 5 == 0 ? null : LocalDate.of(2000, 1, 1 + number),
                        null,
                        0))
                .create();
    }

    @Test
    void questions_are_answered_as_of_any_collection() {
        List<Item<Customer>> made = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            made.add(person(i));
        }
        assertThat(names(customers
                        .query()
                        .where(eq(Customer::active, true))
                        .orderBy(desc("name"))
                        .limit(3)
                        .get()))
                .containsExactly("P8", "P6", "P4");
        assertThat(customers.query().where(isNull("bornOn")).count()).isEqualTo(3);
        assertThat(names(customers
                        .query()
                        .where(gte(Customer::bornOn, LocalDate.of(2000, 1, 11)))
                        .get()))
                .containsExactlyInAnyOrder("P11");
        assertThat(names(customers
                        .query()
                        .where(lt("balance", new BigDecimal("0.2")))
                        .orderBy(asc("name"))
                        .get()))
                .containsExactly("P0", "P1");
        assertThat(customers.query().where(like("email", "p1%")).count()).isEqualTo(3);
        assertThat(customers.query().where(inList("name", "P1", "P2", "Q")).count())
                .isEqualTo(2);
        assertThat(customers.query().where(not(inList("name", "P1", "P2"))).count())
                .isEqualTo(10);
        assertThat(customers.query().where(ne("name", "p1")).count())
                .as("case counts")
                .isEqualTo(12);
        assertThat(customers.query().where(eq("id", made.get(3).data().id())).get())
                .hasSize(1);
        assertThat(customers.query().max("name")).isEqualTo(Optional.of("P9"));
        Set<Rn<Customer>> paged = new HashSet<>();
        Optional<String> cursor = Optional.empty();
        List<String> order = new ArrayList<>();
        do {
            Page<Customer> page = customers.query().orderBy(asc("bornOn")).page(5, cursor.orElse(null));
            page.items().forEach(item -> {
                paged.add(item.rn());
                order.add(item.data().name());
            });
            cursor = page.next();
        } while (cursor.isPresent());
        assertThat(paged).hasSize(12);
        assertThat(order).hasSize(12).containsSubsequence("P1", "P2", "P11");
        assertThat(customers.query().where(eq(Customer::active, false)).deleteAll())
                .isEqualTo(6);
        assertThat(customers.query().groupBy("active").select(Aggregate.count()))
                .hasSize(1);
        assertThat(Korm.item(Document.class, pool)
                        .fromQuery("shop", "customer")
                        .where(eq("name", "P4"))
                        .get()
                        .get(0)
                        .data()
                        .text("email"))
                .isEqualTo("p4@x.org");
    }

    @Test
    void references_lead_to_and_from_such_tables() {
        Item<Customer> ada = person(1);
        Item<Customer> bob = customers
                .fromData(new Customer(null, "Bob", "b@x.org", true, null, null, ada.rn(), 0))
                .create();
        Item<Order> first =
                orders.fromData(new Order("o1", ada.rn(), Optional.empty())).create();
        Item<Order> second =
                orders.fromData(new Order("o2", bob.rn(), Optional.empty())).create();
        orders.fromData(new Order("o3", null, Optional.empty())).create();
        Item<Line> line = lines.fromData(new Line("o2", 1, second.rn(), 7)).create();
        Item<LineNote> note = Korm.item(LineNote.class, pool)
                .fromData(new LineNote(5, line.rn(), "heavy"))
                .create();
        Items<Visit> visits = Korm.item(Visit.class, pool);
        Item<Visit> visit =
                visits.fromData(new Visit(bob.rn(), second.rn(), "call")).create();
        visits.fromData(new Visit(ada.rn(), null, "mail")).create();

        assertThat(orders.query().where(eq("customer.name", "Bob")).get())
                .extracting(Item::rn)
                .containsExactly(second.rn());
        assertThat(orders.query().where(eq("customer.referrer.name", "P1")).get())
                .extracting(Item::rn)
                .containsExactly(second.rn());
        assertThat(orders.query().where(eq(Order::customer, ada.rn())).get())
                .extracting(Item::rn)
                .containsExactly(first.rn());
        assertThat(orders.query().where(isNull("customer")).count()).isEqualTo(1);
        assertThat(lines.query().where(eq("order.customer.name", "Bob")).count())
                .isEqualTo(1);
        assertThat(Korm.item(LineNote.class, pool)
                        .query()
                        .where(eq("line.order.customer.name", "Bob"))
                        .get())
                .extracting(Item::rn)
                .containsExactly(note.rn());
        assertThat(orders.query().orderBy(asc("customer.name"), asc("code")).get().stream()
                        .map(item -> item.data().code())
                        .filter(code -> !code.equals("o3")))
                .containsExactly("o2", "o1");
        assertThat(visits.query().where(eq("customer.name", "Bob")).get())
                .extracting(Item::rn)
                .containsExactly(visit.rn());
        assertThat(visits.query().where(eq("order.customer.name", "Bob")).count())
                .isEqualTo(1);
        assertThat(visits.query().where(eq(Visit::customer, bob.rn())).count()).isEqualTo(1);
        Item<Order> resolved =
                orders.fromRn(second.rn()).resolvePaths("customer.referrer").get();
        assertThat(resolved.data().customer().get().referrer().get().name()).isEqualTo("P1");
        assertThat(visits.fromRn(visit.rn())
                        .resolvePaths("customer")
                        .get()
                        .data()
                        .customer()
                        .get()
                        .name())
                .isEqualTo("Bob");
        assertThatThrownBy(() -> orders.fromData(new Order("o9", Rn.byKey(Customer.class, 4711), Optional.empty()))
                        .create())
                .as("the foreign key holds")
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("foreign key");
        assertThatThrownBy(ada::delete).isInstanceOf(ReferencedException.class);
        assertThat(orders.query().count()).isEqualTo(3);
    }

    @Test
    void changes_of_such_rows_and_of_korms_items_are_one_transaction() {
        Item<Customer> ada = person(1);
        Item<Customer> stale = customers.fromRn(ada.rn()).get();
        ada.set(Customer::name, "X").commit();
        Items<Visit> visits = Korm.item(Visit.class, pool);
        assertThatThrownBy(
                        () -> Korm.tx(visits.fromData(new Visit(ada.rn(), null, "a")), stale.set(Customer::name, "Y"))
                                .persist())
                .isInstanceOf(ConflictException.class);
        assertThat(visits.query().count()).isZero();
        Item<Customer> fresh = stale.reload();
        Korm.tx(visits.fromData(new Visit(ada.rn(), null, "a")), fresh.set(Customer::name, "Y"))
                .persist();
        assertThat(visits.query().count()).isEqualTo(1);
        String seen = pool.transaction(tx -> {
            Item<Customer> inside = tx.item(Customer.class).fromRn(ada.rn()).get();
            tx.update(inside.set(Customer::name, "Z"));
            return tx.item(Customer.class).fromRn(ada.rn()).get().data().name();
        });
        assertThat(seen).isEqualTo("Z");
        assertThat(fresh.reload().data().name()).isEqualTo("Z");
        List<Item<Customer>> many = Korm.createAll(
                List.of(customers.fromData(new Customer("M1", "m1")), customers.fromData(new Customer("M2", "m2"))));
        assertThat(many.get(0).rn()).isNotEqualTo(many.get(1).rn());
    }

    @Test
    void what_the_table_forbids_is_a_typed_error_and_nothing_is_written() throws SQLException {
        person(1);
        assertThatThrownBy(() ->
                        customers.fromData(new Customer("Other", "p1@x.org")).create())
                .isInstanceOf(DuplicateException.class)
                .hasMessageContaining("email");
        Item<Customer> ada = customers.query().first().orElseThrow();
        assertThatThrownBy(() -> customers
                        .fromData(new Customer(ada.data().id(), "Twin", "t@x.org", true, null, null, null, 0))
                        .create())
                .isInstanceOf(AlreadyExistsException.class);
        assertThatThrownBy(() -> ada.set(Customer::id, 9L).commit()).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> ada.set(Customer::version, 9).commit()).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> customers.query().where(everything()).updateAll(Assignment.set(Customer::id, 9L)))
                .isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> orders.fromData(new Order(null, null, Optional.empty())))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("code");
        assertThat(customers.query().count()).isEqualTo(1);
    }

    @Table(name = "Customers")
    @Stored(namespace = "shop", kind = "wide")
    record Wide(@Id Long id, String shoeSize) {}

    @Table(name = "nowhere")
    @Stored(namespace = "shop", kind = "nowhere")
    record Nowhere(@Id Long id) {}

    @Table(name = "order_lines")
    @Stored(namespace = "shop", kind = "half")
    record Half(@Id @Column("order_code") String code, int pos) {}

    @Table(name = "Customers")
    @Stored(namespace = "shop", kind = "unique")
    record UniqueMail(@Id Long id, Unique<String> email) {}

    @Test
    void what_korm_would_have_to_alter_is_refused() throws SQLException {
        String before = schema();
        assertThatThrownBy(() -> Korm.item(Wide.class, pool).query().get())
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("shoeSize");
        assertThatThrownBy(() ->
                        Korm.item(Nowhere.class, pool).fromData(new Nowhere(1L)).create())
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("nowhere");
        assertThat(Korm.item(Nowhere.class, pool).query().count()).isZero();
        assertThatThrownBy(() -> Korm.item(Half.class, pool).query().get())
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("primary key");
        assertThatThrownBy(() -> Korm.item(UniqueMail.class, pool)).isInstanceOf(ModelException.class);
        Item<Customer> ada = person(1);
        List<ThrowingCallable> refused = List.of(
                () -> ada.moveTo("main"),
                () -> Korm.collection(Customer.class, pool),
                () -> customers.history(ada.rn()),
                () -> customers.asOf(Instant.EPOCH),
                () -> customers.restore(ada.rn()));
        refused.forEach(call ->
                assertThatThrownBy(call).isInstanceOf(SchemaException.class).hasMessageContaining("Customers"));
        assertThatThrownBy(() -> Korm.item(Document.class, pool)
                        .fromData("shop", "customer", Document.of(Map.of("name", "x")))
                        .create())
                .isInstanceOf(KormException.class);
        Item<Document> asDocument = Korm.item(Document.class, pool)
                .fromRn(Rn.<Document>parse(ada.rn().toString()))
                .get();
        assertThatThrownBy(() -> asDocument.set("unknown", 1).commit()).isInstanceOf(SchemaException.class);
        assertThatThrownBy(() -> asDocument.set("name", 1).destructive().commit())
                .isInstanceOf(KormException.class);
        assertThat(asDocument.set("name", "D").commit().reload().data().text("name"))
                .isEqualTo("D");
        customers.prepare();
        assertThat(schema()).isEqualTo(before);
    }
}
