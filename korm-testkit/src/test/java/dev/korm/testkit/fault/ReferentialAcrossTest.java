package dev.korm.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConflictException;
import dev.korm.DanglingReference;
import dev.korm.DanglingReference.Reason;
import dev.korm.DeletePolicy;
import dev.korm.DeletedItem;
import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.ScanProgress;
import dev.korm.Unique;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** References from one layer into another: what becomes of them, and those that name nothing. */
@NullUnmarked // Tests dereference what they expect to be there.
class ReferentialAcrossTest {
    record Part(
            String name,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Part> of,
            @OnDelete(DeletePolicy.SET_NULL) @Nullable Rn<Part> near,
            @OnDelete(DeletePolicy.SET_NULL) List<Rn<Part>> like,
            @OnDelete(DeletePolicy.RESTRICT) @Nullable Rn<Part> on,
            @Nullable Rn<Part> loose) {
        static Part of(String name) {
            return new Part(name, null, null, List.of(), null, null);
        }

        Part of(Rn<Part> other) {
            return new Part(name, other, near, like, on, loose);
        }

        Part near(Rn<Part> other) {
            return new Part(name, of, other, like, on, loose);
        }

        Part like(List<Rn<Part>> others) {
            return new Part(name, of, near, others, on, loose);
        }

        Part on(Rn<Part> other) {
            return new Part(name, of, near, like, other, loose);
        }

        Part loose(Rn<Part> other) {
            return new Part(name, of, near, like, on, other);
        }
    }

    private Map<String, FaultyLayer> layers;
    private Interruption between;
    private Pool pool;

    @BeforeEach
    void open() {
        layers = Map.of(
                "lite", FaultyLayer.around(Sqlite.memory()),
                "server", FaultyLayer.around(PostgresServer.in(PostgresServer.newSchema())),
                "memory", FaultyLayer.around(MemoryLayer.create()));
        between = Interruption.of(layers.get("server"));
        pool = Korm.pool()
                .layer("lite", layers.get("lite"))
                .layer("server", between)
                .layer("memory", layers.get("memory"))
                .open();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private Items<Part> parts() {
        return Korm.item(Part.class, pool);
    }

    private Item<Part> part(String layer, Part data) {
        return parts().fromData(layer, "things", "part", data).create();
    }

    private Optional<Item<Part>> now(Item<Part> item) {
        return parts().fromRn(item.rn()).find();
    }

    @Test
    void a_policy_reaches_into_every_layer() {
        Item<Part> whole = part("lite", Part.of("whole"));
        Item<Part> held = part("lite", Part.of("held"));
        Item<Part> far = part("server", Part.of("far").of(whole.rn()));
        Item<Part> further = part("memory", Part.of("further").of(far.rn()));
        Item<Part> back = part("lite", Part.of("back").of(further.rn()));
        Item<Part> beside = part(
                "server",
                Part.of("beside")
                        .near(back.rn())
                        .like(List.of(whole.rn(), held.rn()))
                        .loose(far.rn()));
        Item<Part> holding = part("server", Part.of("holding").on(held.rn()));
        assertThatThrownBy(held::delete)
                .isInstanceOf(ReferencedException.class)
                .hasMessageContaining(holding.rn().toString())
                .hasMessageContaining("\"server\"");
        DeletedItem<Part> gone = whole.delete();
        assertThat(gone.cascaded())
                .isEqualTo(Map.of(
                        Rn.parse("[rn][from::server]:things:part:*"), 1L,
                        Rn.parse("[rn][from::memory]:things:part:*"), 1L,
                        Rn.parse("[rn][from::lite]:things:part:*"), 1L));
        assertThat(Stream.of(whole, far, further, back))
                .noneMatch(item -> now(item).isPresent());
        assertThat(now(beside).orElseThrow().data())
                .isEqualTo(Part.of("beside").like(List.of(held.rn())).loose(far.rn()));
        holding.delete();
        held.delete();
    }

    @Test
    void an_equal_id_in_another_layer_is_another_item() {
        Item<Part> one = part("lite", Part.of("one"));
        Item<Part> other = parts().fromData("server", "things", "part", Part.of("other"))
                .withRn(one.rn().from("server"))
                .create();
        Item<Part> holder = part("server", Part.of("holder").on(one.rn().without(Rn.FROM)));
        one.delete();
        assertThatThrownBy(other::delete)
                .isInstanceOf(ReferencedException.class)
                .hasMessageContaining(holder.rn().toString());
    }

    @Test
    void a_stale_item_leaves_the_other_layers_as_they_are() {
        Item<Part> whole = part("lite", Part.of("whole"));
        Item<Part> far = part("server", Part.of("far").of(whole.rn()));
        whole.set(Part::name, "changed").commit();
        assertThatThrownBy(whole::delete).isInstanceOf(ConflictException.class);
        assertThat(now(far)).isPresent();
    }

    @Test
    void circles_over_several_layers_end() {
        FloatingItem<Part> one = parts().fromData("lite", "things", "part", Part.of("one"));
        Item<Part> two = part("server", Part.of("two").of(one.rn()));
        Item<Part> three = part("memory", Part.of("three").of(two.rn()));
        Item<Part> first = one.set(Part::of, three.rn()).create();
        assertThat(first.delete().cascaded()).hasSize(2);
        assertThat(Stream.of(first, two, three)).noneMatch(item -> now(item).isPresent());
    }

    @Test
    void a_deletion_that_is_killed_anywhere_leaves_no_dangling_reference_and_is_finished_by_the_next_one() {
        int stops = 0;
        for (String layer : layers.keySet()) {
            for (Moment moment : Moment.values()) {
                for (int n = 1; killed(layer, n, moment); n++) {
                    stops++;
                }
            }
        }
        assertThat(stops).isGreaterThanOrEqualTo(8);
    }

    private boolean killed(String layer, int n, Moment moment) {
        Item<Part> whole = part("lite", Part.of("whole"));
        Item<Part> far = part("server", Part.of("far").of(whole.rn()));
        Item<Part> further = part("memory", Part.of("further").of(far.rn()).near(whole.rn()));
        Item<Part> back = part("lite", Part.of("back").of(further.rn()).like(List.of(far.rn(), whole.rn())));
        Item<Part> last = part("server", Part.of("last").of(back.rn()));
        Item<Part> beside = part("memory", Part.of("beside").near(back.rn()).like(List.of(last.rn(), whole.rn())));
        FaultyLayer faulty = layers.get(layer);
        faulty.fail(Call.APPLY, n, moment, name -> new IllegalStateException("Killed, as the test says"));
        boolean killed = false;
        try {
            whole.delete();
        } catch (IllegalStateException stopped) {
            killed = true;
            assertThat(stopped).hasMessageContaining("as the test says");
        }
        faulty.heal();
        assertThat(pool.danglingReferences()).as("%s %s %s", layer, n, moment).isEmpty();
        now(whole).ifPresent(Item::delete);
        assertThat(Stream.of(whole, far, further, back, last))
                .noneMatch(item -> now(item).isPresent());
        assertThat(now(beside).orElseThrow().data()).isEqualTo(Part.of("beside"));
        beside.reload().delete();
        return killed;
    }

    @Test
    void a_holder_in_another_layer_that_was_changed_meanwhile_is_looked_at_again() {
        Item<Part> whole = part("lite", Part.of("whole"));
        Item<Part> far = part("server", Part.of("far").near(whole.rn()));
        between.beforeNextBatch(() -> far.set(Part::name, "changed").commit());
        whole.delete();
        assertThat(now(whole)).isEmpty();
        assertThat(now(far).orElseThrow().data()).isEqualTo(Part.of("changed"));
    }

    @Test
    void references_that_name_nothing_are_found_in_all_layers() {
        Item<Part> gone = part("server", Part.of("gone"));
        Item<Part> there = part("server", Part.of("there"));
        Item<Part> one = part("lite", Part.of("one").loose(gone.rn()));
        Item<Part> fine = part("memory", Part.of("fine").loose(there.rn()).like(List.of(one.rn())));
        Item<Part> unknown = part("memory", Part.of("unknown").loose(there.rn().from("nowhere")));
        Rn<Part> never = Rn.parse("[rn]:things:never:3dd91ede-37a4-4c25-a86a-6f1a9e132186");
        Item<Document> deep = Korm.item(Document.class, pool)
                .fromData(
                        "server",
                        "things",
                        "note",
                        Document.parse("{\"a\":{\"b\":[1,\"" + gone.rn() + "\",{\"c\":\"" + never + "\"}]},\"d\":\""
                                + there.rn() + "\",\"e\":\"[rn] no name\",\"f\":\"[rn]:things:part:*\"}"))
                .create();
        Item<Document> only = Korm.item(Document.class, pool)
                .fromData("lite", "things", "badge", Document.of(Map.of("of", Unique.of(gone.rn()))))
                .create();
        gone.delete();
        List<ScanProgress> told = new ArrayList<>();
        List<DanglingReference> found = pool.danglingReferences(told::add).toList();
        assertThat(found)
                .containsExactlyInAnyOrder(
                        new DanglingReference("lite", one.rn(), FieldPath.parse("loose"), gone.rn(), Reason.NO_ITEM),
                        new DanglingReference("lite", only.rn(), FieldPath.parse("of"), gone.rn(), Reason.NO_ITEM),
                        new DanglingReference(
                                "memory",
                                unknown.rn(),
                                FieldPath.parse("loose"),
                                there.rn().from("nowhere"),
                                Reason.UNKNOWN_LAYER),
                        new DanglingReference(
                                "server", deep.rn(), FieldPath.parse("a.b[1]"), gone.rn(), Reason.NO_ITEM),
                        new DanglingReference("server", deep.rn(), FieldPath.parse("a.b[2].c"), never, Reason.NO_ITEM));
        assertThat(told.get(told.size() - 1).items()).isEqualTo(6);
        assertThat(told.get(told.size() - 1).findings()).isEqualTo(5);
        assertThat(now(fine)).isPresent();
    }

    @Test
    void a_scan_asks_a_few_questions_for_each_page_and_leaves_nothing_open() {
        Item<Part> there = part("server", Part.of("there"));
        List<FloatingItem<Part>> many = new ArrayList<>();
        for (int i = 0; i < 1_200; i++) {
            Part data = i % 100 == 0
                    ? Part.of("dangling")
                            .loose(parts().fromData("server", "things", "part", Part.of("never"))
                                    .rn())
                    : Part.of("fine").loose(there.rn());
            many.add(parts().fromData("lite", "things", "part", data));
        }
        Korm.createAll(many);
        layers.values().forEach(FaultyLayer::reset);
        assertThat(pool.danglingReferences()).hasSize(12);
        assertThat(layers.get("lite").calls(Call.SELECT)).isEqualTo(3);
        assertThat(layers.get("server").calls(Call.SELECT)).isEqualTo(4);
        int open = layers.get("lite").leaks();
        assertThat(pool.danglingReferences().findFirst()).isPresent();
        assertThat(layers.get("lite").leaks()).isEqualTo(open);
    }
}
