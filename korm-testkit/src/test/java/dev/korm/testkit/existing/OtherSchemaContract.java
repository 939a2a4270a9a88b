package dev.korm.testkit.existing;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.gt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.AlreadyExistsException;
import dev.korm.ConflictException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.Stored;
import dev.korm.jdbc.Sqlite;
import dev.korm.live.LiveQuery;
import dev.korm.spi.LayerSource;
import dev.korm.table.Id;
import dev.korm.table.Table;
import dev.korm.table.Version;
import dev.korm.testkit.memory.MemoryJournal;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows in a schema that is not the layer's, whose keys the database does not make; and what of the pool's other parts takes in rows that were there before. */
@SuppressWarnings("NullAway") // Tests dereference what they expect to be there.
abstract class OtherSchemaContract {
    /** Annotations take constants, so the tests of a server share it. */
    static final String OTHER = "korm_other_shop";

    @Table(name = "parts", schema = OTHER)
    @Stored(namespace = "far", kind = "part")
    record Part(
            @Id Long id,
            String name,
            Rn<Part> partOf,
            @Version int version) {
        Part(String name, Rn<Part> partOf) {
            this(null, name, partOf, 0);
        }
    }

    /** Of the same name, in the layer's own schema. */
    @Table(name = "parts")
    @Stored(namespace = "near", kind = "part")
    record NearPart(@Id String code, String name) {}

    @Stored(namespace = "crm", kind = "note")
    record Note(Rn<Part> about, String text) {}

    @Stored(namespace = "local", kind = "mark")
    record Mark(Rn<Part> about) {}

    @TempDir
    Path folder;

    private Pool pool;
    private Items<Part> parts;

    /** Makes the schema anew, with a table of two rows, whose key is drawn by nobody; and one of the same name, empty, in the layer's own. */
    abstract LayerSource made() throws SQLException;

    abstract void execute(String sql) throws SQLException;

    /** Returns the names of the triggers and columns in the other schema. */
    abstract List<String> schema() throws SQLException;

    @BeforeEach
    void open() throws SQLException {
        pool = Korm.pool()
                .layer("main", made())
                .layer("file", Sqlite.file(folder.resolve("local.sqlite")))
                .home("local", "file")
                .defaultLayer("main")
                .withWal(MemoryJournal.create())
                .open();
        parts = Korm.item(Part.class, pool);
    }

    @AfterEach
    void close() throws SQLException {
        pool.close();
        execute("DROP TABLE " + OTHER + ".parts");
    }

    private Item<Part> part(long id) {
        return parts.fromRn(Rn.byKey(Part.class, id)).get();
    }

    @Test
    void rows_of_another_schema_are_read_and_written_and_it_stays_as_it_was() throws SQLException {
        List<String> before = schema();
        assertThat(part(7).data().name()).isEqualTo("wheel");
        Item<Part> hub = parts.fromData(new Part(40L, "hub", part(7).rn(), 0)).create();
        assertThat(parts.query().where(eq("partOf.name", "wheel")).count()).isEqualTo(2);
        Item<Part> changed = hub.set(Part::name, "axle").commit();
        assertThat(changed.reload().data().name()).isEqualTo("axle");
        assertThat(changed.reload().data().version()).isEqualTo(2);
        assertThat(changed.reload().data().partOf().key()).containsExactly("7");
        assertThat(changed.reload().data().partOf().layer()).contains("main");
        assertThatThrownBy(() -> hub.set(Part::name, "x").commit()).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> part(7).delete()).isInstanceOf(ReferencedException.class);
        changed.delete();
        assertThat(parts.query().count()).isEqualTo(2);
        parts.prepare();
        assertThat(schema()).isEqualTo(before);
    }

    @Test
    void tables_of_one_name_in_two_schemas_are_two() {
        Items<NearPart> near = Korm.item(NearPart.class, pool);
        near.fromData(new NearPart("W", "near wheel")).create();
        assertThat(near.query().count()).isEqualTo(1);
        assertThat(parts.query().count()).isEqualTo(2);
        assertThat(near.fromRn(Rn.byKey(NearPart.class, "W")).get().data().name())
                .isEqualTo("near wheel");
    }

    @Test
    void a_key_that_nobody_draws_is_one_more_than_the_highest_or_what_the_program_says() {
        assertThat(parts.fromData(new Part("rim", null)).create().data().id()).isEqualTo(9);
        List<Item<Part>> many = Korm.createAll(List.of(
                parts.fromData(new Part("a", null)),
                parts.fromData(new Part(100L, "b", null, 0)),
                parts.fromData(new Part("c", null))));
        assertThat(many)
                .extracting(item -> item.data().id())
                .doesNotHaveDuplicates()
                .contains(100L);
        assertThat(parts.query().where(gt(Part::id, 9L)).count()).isEqualTo(3);
        assertThatThrownBy(() -> parts.fromData(new Part(100L, "d", null, 0)).create())
                .isInstanceOf(AlreadyExistsException.class);
        assertThat(parts.query().count()).isEqualTo(6);
    }

    @Test
    void korms_own_items_refer_to_them_and_change_with_them_over_layers() {
        Items<Note> notes = Korm.item(Note.class, pool);
        Items<Mark> marks = Korm.item(Mark.class, pool);
        Korm.tx(notes.fromData(new Note(part(7).rn(), "old")), part(7).set(Part::name, "Wheel"))
                .persist();
        assertThat(notes.query().where(eq("about.name", "Wheel")).count()).isEqualTo(1);

        Rn<Part> spoke = Rn.byKey(Part.class, 8).from("main");
        Korm.tx(marks.fromData(new Mark(spoke)), part(8).set(Part::name, "Spoke"))
                .persist();
        assertThat(part(8).data().name()).isEqualTo("Spoke");
        assertThat(marks.query().where(eq("about.name", "Spoke")).count()).isEqualTo(1);
        Korm.createAll(IntStream.range(0, 300)
                .mapToObj(i -> marks.fromData(new Mark(Rn.byKey(Part.class, 7).from("main"))))
                .toList());
        assertThat(marks.query().where(eq("about.name", "Spoke")).count()).isEqualTo(1);
        assertThat(marks.query().where(eq("about.name", "Wheel")).count()).isEqualTo(300);
        assertThat(marks.query()
                        .where(eq("about.name", "Wheel"))
                        .limit(10)
                        .resolvePaths("about")
                        .get())
                .allMatch(mark -> mark.data().about().get().name().equals("Wheel"));

        Item<Part> stale = part(8);
        part(8).set(Part::name, "newer").commit();
        assertThatThrownBy(() -> Korm.tx(marks.fromData(new Mark(spoke)), stale.set(Part::name, "older"))
                        .persist())
                .isInstanceOf(ConflictException.class);
        assertThat(marks.query().count()).isEqualTo(301);
        assertThat(part(8).data().name()).isEqualTo("newer");
    }

    @Test
    void what_would_need_a_trigger_or_a_history_is_refused() throws SQLException {
        List<String> before = schema();
        assertThatThrownBy(() -> {
                    try (LiveQuery<Part> live = parts.query().live(event -> {})) {
                        throw new AssertionError(live);
                    }
                })
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("parts");
        assertThatThrownBy(() -> parts.history(part(7).rn())).isInstanceOf(SchemaException.class);
        assertThat(schema()).isEqualTo(before);
    }
}
