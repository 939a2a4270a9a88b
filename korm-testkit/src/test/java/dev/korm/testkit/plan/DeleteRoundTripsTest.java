package dev.korm.testkit.plan;

import static dev.korm.Filter.everything;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.DeletePolicy;
import dev.korm.Document;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Layer;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.testkit.Seed;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.VirtualEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often a store is asked by a deletion, and how long what it was told may be used. */
class DeleteRoundTripsTest {
    private static final int MANY = 1_000;

    @Stored(namespace = "mail", kind = "box")
    record Box(String name) {}

    record Letter(
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Box> in,
            @OnDelete(DeletePolicy.SET_NULL) @Nullable Rn<Box> was,
            @OnDelete(DeletePolicy.SET_NULL) List<Rn<Box>> copies) {}

    record Held(@OnDelete(DeletePolicy.RESTRICT) Rn<Box> by) {}

    @TempDir
    Path folder;

    private final VirtualEnvironment environment =
            VirtualEnvironment.seeded(Seed.next(DeleteRoundTripsTest.class)).withThreads();
    private FaultyLayer layer;
    private Pool pool;
    private Items<Box> boxes;

    @BeforeEach
    void open() {
        layer = FaultyLayer.around(Sqlite.file(folder.resolve("mail.sqlite")));
        pool = another();
        boxes = Korm.item(Box.class, pool);
    }

    private Pool another() {
        return Korm.pool().layer("main", layer).environment(environment).open();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private Item<Box> box() {
        return boxes.fromData(new Box("Box")).create();
    }

    private List<Item<Box>> boxes(int count) {
        List<FloatingItem<Box>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(boxes.fromData(new Box("Box")));
        }
        return Korm.createAll(all);
    }

    private void letters(List<Item<Box>> in) {
        List<FloatingItem<Letter>> all = new ArrayList<>();
        for (Item<Box> box : in) {
            all.add(Korm.item(Letter.class, pool)
                    .fromData("mail", "letter", new Letter(box.rn(), null, List.of(box.rn()))));
        }
        Korm.createAll(all);
    }

    @Test
    void an_item_without_policies_is_deleted_in_one_round_trip() {
        box().delete();
        Item<Box> box = box();
        layer.reset();
        box.delete();
        assertThat(layer.roundTrips()).isEqualTo(1);
    }

    @Test
    void those_who_refer_are_found_by_one_question_for_each_table_and_wave() {
        Item<Box> box = box();
        letters(boxes(100));
        letters(Collections.nCopies(300, box));
        box().delete();
        layer.reset();
        assertThat(box.delete().cascaded().values()).containsExactly(300L);
        assertThat(layer.calls(Call.SELECT)).isEqualTo(1);
        assertThat(layer.calls(Call.APPLY)).isEqualTo(1);
    }

    @Test
    void many_deleted_items_are_asked_about_together() {
        letters(boxes(MANY));
        box().delete();
        layer.reset();
        assertThat(boxes.query().where(everything()).deleteAll()).isEqualTo(MANY);
        assertThat(layer.calls(Call.SELECT))
                .as("their rows, and twice 500 of them")
                .isEqualTo(3);
        assertThat(layer.calls(Call.APPLY)).isEqualTo(1);
        assertThat(Korm.item(Letter.class, pool).fromQuery("mail", "letter").count())
                .isZero();
    }

    @Test
    void what_another_program_declares_is_known_within_a_second() {
        Item<Box> box = box();
        box().delete();
        try (Pool other = another()) {
            Korm.item(Held.class, other)
                    .fromData("mail", "held", new Held(box.rn()))
                    .create();
        }
        environment.advance(Duration.ofMillis(1_001));
        assertThatThrownBy(box::delete).isInstanceOf(ReferencedException.class);
    }

    record Newer(String name, String note) {}

    @Test
    void a_column_that_another_program_adds_is_carried_within_a_second() {
        box().delete();
        try (Pool other = another()) {
            Rn<Newer> rn = Korm.item(Newer.class, other)
                    .fromData("mail", "box", new Newer("Box", "kept"))
                    .create()
                    .rn();
            environment.advance(Duration.ofMillis(1_001));
            boxes.fromRn(rn.toString()).get().delete().restore();
            assertThat(Korm.item(Newer.class, other).fromRn(rn).get().data().note())
                    .isEqualTo("kept");
        }
    }

    @Test
    void what_this_pool_declares_is_known_at_once() {
        Item<Box> box = box();
        box().delete();
        Korm.item(Held.class, pool).fromData("mail", "held", new Held(box.rn())).create();
        assertThatThrownBy(box::delete).isInstanceOf(ReferencedException.class);
    }

    @Test
    void a_policy_of_a_table_that_is_complete_already_is_declared_by_its_first_write() {
        Item<Box> box = box();
        Korm.item(Document.class, pool)
                .fromData("mail", "held", Document.builder().put("by", box.rn()).build())
                .create();
        try (Pool other = another()) {
            Items<Held> held = Korm.item(Held.class, other);
            assertThat(held.fromQuery("mail", "held").count()).isEqualTo(1);
            held.fromData("mail", "held", new Held(box().rn())).create();
            assertThatThrownBy(() ->
                            Korm.item(Box.class, other).fromRn(box.rn()).get().delete())
                    .isInstanceOf(ReferencedException.class);
        }
    }

    @Test
    void an_index_finds_those_who_refer() {
        letters(boxes(3));
        String id = box().rn().id().orElseThrow();
        Condition naming = new Condition.RefersTo(
                new Operand.Column(0, "in", ColumnKind.RN), "main", TableName.items("mail", "box"), List.of(id));
        try (Layer open = layer.open("main", environment)) {
            Selection selection = new Selection(
                    TableName.items("mail", "letter"),
                    List.of(),
                    List.of(new Output.Count()),
                    naming,
                    List.of(),
                    List.of(),
                    OptionalLong.empty());
            assertThat(open.explain(selection).steps())
                    .anyMatch(step -> step.contains("USING") && step.contains("INDEX"))
                    .noneMatch(step -> step.startsWith("SCAN"));
        }
    }
}
