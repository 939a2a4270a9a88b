package dev.korm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.PathException;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.ValueException;
import dev.korm.model.reference.ReferenceEditor;
import dev.korm.model.reference.ReferenceVisitor;
import dev.korm.model.row.Encoded;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ColumnSchema;
import java.time.Month;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EditTest {
    record Address(String street, int number, Optional<String> city) {}

    sealed interface Shape permits Circle, Square {}

    record Circle(double radius) implements Shape {}

    record Square(double side) implements Shape {}

    record Person(
            String name,
            int age,
            Month month,
            Unique<String> login,
            Optional<Address> home,
            Address work,
            List<Address> others,
            Map<String, Integer> scores,
            Rn<Person> friend,
            List<Rn<Person>> friends,
            Shape shape,
            Document extra) {}

    private final Model<Person> model = Models.of(Person.class);
    private final Person fred = new Person(
            "Fred",
            40,
            Month.MAY,
            Unique.of("freddie"),
            Optional.of(new Address("Cobblestone", 1, Optional.empty())),
            new Address("Quarry", 2, Optional.of("Bedrock")),
            List.of(new Address("a", 1, Optional.empty()), new Address("b", 2, Optional.empty())),
            Map.of("bowling", 300),
            OneRow.rn(),
            List.of(OneRow.rn(), OneRow.rn()),
            new Circle(1),
            Document.of(Map.of("car", Map.of("wheels", List.of("stone")), "ref", OneRow.rn())));

    /** Notes what it is asked, and marks the reference. */
    private final class Editor implements ReferenceEditor {
        private final List<Object> asked = new ArrayList<>();

        @Override
        public Rn<?> set(Rn<?> reference, List<FieldPath.Step> rest, @Nullable Object value, FieldPath path) {
            asked.add(FieldPath.of(rest) + "=" + value + " by " + path);
            return reference.with("set", "yes");
        }

        @Override
        public Rn<?> patch(Rn<?> reference, Map<String, ? extends @Nullable Object> change, FieldPath path) {
            asked.add(change + " by " + path);
            return reference.with("patched", "yes");
        }
    }

    private final Editor editor = new Editor();

    private Person set(String path, @Nullable Object value) {
        return model.set(fred, FieldPath.parse(path), value, editor);
    }

    @Test
    void a_value_is_set_at_every_kind_of_path() {
        assertThat(set("name", "Barney").name()).isEqualTo("Barney");
        assertThat(set("name", null).name()).isNull();
        assertThat(set("age", 5L).age()).isEqualTo(5);
        assertThat(set("age", 5.0).age()).isEqualTo(5);
        assertThat(set("month", "JUNE").month()).isEqualTo(Month.JUNE);
        assertThat(set("login", "barney").login()).isEqualTo(Unique.of("barney"));
        assertThat(set("login", Unique.of("barney")).login()).isEqualTo(Unique.of("barney"));
        assertThat(set("home", null).home()).isEmpty();
        assertThat(set("home", Map.of("street", "x", "number", 3)).home())
                .contains(new Address("x", 3, Optional.empty()));
        assertThat(set("home.number", 7).home()).map(Address::number).contains(7);
        assertThat(set("work.city", "Rome").work().city()).contains("Rome");
        assertThat(set("others[1].street", "c").others().get(1).street()).isEqualTo("c");
        assertThat(set("scores.golf", 3).scores()).isEqualTo(Map.of("bowling", 300, "golf", 3));
        assertThat(set("scores[\"__proto__\"]", 3).scores()).containsEntry("__proto__", 3);
        assertThat(set("friend", OneRow.rn().with("a", "b").toString()).friend())
                .isEqualTo(OneRow.rn().with("a", "b"));
        assertThat(set("shape.radius", 2).shape()).isEqualTo(new Circle(2));
        assertThat(set("shape", Map.of("@type", "Square", "side", 3)).shape()).isEqualTo(new Square(3));
        assertThat(set("extra.car.wheels[0]", "wood").extra().list("car.wheels"))
                .containsExactly("wood");
        assertThat(set("extra.new.deep[\"\"]", 1).extra().get("new.deep[\"\"]")).contains(1L);
        assertThat(set("others", List.of()).others()).isEmpty();
        assertThat(fred.age()).isEqualTo(40);
        assertThat(model.set(fred, FieldPath.path(Person::work, Address::number), 9, editor)
                        .work()
                        .number())
                .isEqualTo(9);
    }

    @Test
    void a_path_that_goes_on_through_a_reference_is_handed_on() {
        assertThat(set("friend.work.number", 3).friend().mod("set")).contains("yes");
        assertThat(set("friends[1].name", "x").friends().get(1).mod("set")).contains("yes");
        assertThat(set("extra.ref.name", "y").extra().rn("ref").mod("set")).contains("yes");
        assertThat(editor.asked)
                .containsExactly(
                        "work.number=3 by friend.work.number", "name=x by friends[1].name", "name=y by extra.ref.name");
    }

    @Test
    void a_path_that_leads_nowhere_is_refused() {
        notSet("nme", "did you mean \"name\"?");
        notSet("work.nummer", "did you mean \"number\"?");
        notSet("zzzzzzzz", "it has name, age");
        notSet("name.first", "no fields");
        notSet("work[0]", "no numbered entries");
        notSet("others[2].street", "[2] of 2 entries");
        notSet("others[2]", "[2] of 2 entries");
        notSet("others[*].street", "several values");
        notSet("work.*", "several values");
        notSet("extra.car.wheels[1]", "[1] of 1 entries");
        notSet("extra.car.wheels.x", "not an object");
        notSet("shape.side", "radius");
        Person homeless = model.set(fred, FieldPath.parse("work"), null, editor);
        assertThatThrownBy(() -> model.set(homeless, FieldPath.parse("work.city"), "x", editor))
                .isInstanceOf(PathException.class)
                .hasMessageContaining("null");
        assertThatThrownBy(() -> model.set(fred, FieldPath.of(Address::number), 1, editor))
                .isInstanceOf(PathException.class)
                .hasMessageContainingAll("Address", "Person");
    }

    private void notSet(String path, String why) {
        assertThatThrownBy(() -> set(path, "x"))
                .isInstanceOf(PathException.class)
                .hasMessageContainingAll(path, why);
    }

    @Test
    void a_value_that_would_lose_something_is_refused_and_not_shown() {
        notFit("age", 5.5);
        notFit("age", "secret");
        notFit("age", 1L << 40);
        notFit("age", null);
        notFit("month", "secret");
        notFit("work", Map.of("street", "secret"));
        notFit("work", Map.of("street", "secret", "number", 1, "secret", 3));
        notFit("work", "secret");
        notFit("others", List.of("secret"));
        notFit("scores", Map.of("secret", "secret"));
        notFit("friend", "secret");
        notFit("shape", Map.of("@type", "secret"));
        notFit("extra", "secret");
        notFit("extra.x", new Thread());
    }

    private void notFit(String path, @Nullable Object value) {
        assertThatThrownBy(() -> set(path, value))
                .isInstanceOf(dev.korm.KormException.class)
                .isNotInstanceOf(PathException.class)
                .message()
                .doesNotContain("secret");
    }

    @Test
    void a_change_is_merged_deeply_and_everything_else_replaced() {
        Map<String, Object> change = new LinkedHashMap<>();
        change.put("name", null);
        change.put("home", Map.of("number", 5));
        change.put("work", Map.of("city", "Rome"));
        change.put("scores", Map.of("golf", 1));
        change.put("friend", Map.of("age", 41));
        change.put("friends", List.of());
        change.put("shape", Map.of("radius", 3));
        change.put("extra", Map.of("car", Map.of("doors", 0), "ref", Map.of("x", 1)));
        Person patched = model.patch(fred, change, editor);
        assertThat(patched.name()).isNull();
        assertThat(patched.home()).contains(new Address("Cobblestone", 5, Optional.empty()));
        assertThat(patched.work()).isEqualTo(new Address("Quarry", 2, Optional.of("Rome")));
        assertThat(patched.scores()).isEqualTo(Map.of("bowling", 300, "golf", 1));
        assertThat(patched.friend().mod("patched")).contains("yes");
        assertThat(patched.friends()).isEmpty();
        assertThat(patched.shape()).isEqualTo(new Circle(3));
        assertThat(patched.extra().get("car.doors")).contains(0L);
        assertThat(patched.extra().list("car.wheels")).containsExactly("stone");
        assertThat(patched.extra().rn("ref").mod("patched")).contains("yes");
        assertThat(editor.asked).containsExactly("{age=41} by friend", "{x=1} by extra.ref");
        assertThat(model.patch(fred, Map.of("work", new Address("n", 1, Optional.empty())), editor)
                        .work()
                        .street())
                .isEqualTo("n");
        assertThat(model.patch(fred, Map.of("shape", Map.of("@type", "Square", "side", 1)), editor)
                        .shape())
                .isEqualTo(new Square(1));
        assertThatThrownBy(() -> model.patch(fred, Map.of("work", Map.of("cty", "x")), editor))
                .isInstanceOf(PathException.class)
                .hasMessageContainingAll("work.cty", "city");
        assertThatThrownBy(() -> model.patch(fred, Map.of("work", Map.of("number", "secret")), editor))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("work.number")
                .message()
                .doesNotContain("secret");
        Map<String, Object> cyclic = new HashMap<>();
        cyclic.put("extra", cyclic);
        assertThatThrownBy(() -> model.patch(fred, cyclic, editor)).isInstanceOf(ValueException.class);
    }

    @Test
    void documents_are_changed_the_same_way() {
        Model<Document> documents = Models.of(Document.class);
        Document car = Document.of(Map.of("owner", OneRow.rn(), "login", Unique.of("a"), "tags", List.of(1, 2)));
        assertThat(documents.set(car, FieldPath.parse("a.b.c"), 1, editor).get("a.b.c"))
                .contains(1L);
        assertThat(documents
                        .set(car, FieldPath.parse("owner.name"), "x", editor)
                        .rn("owner")
                        .mod("set"))
                .contains("yes");
        assertThat(documents.set(car, FieldPath.parse("login"), "b", editor).get("login"))
                .contains(Unique.of("b"));
        assertThat(documents
                        .patch(car, Map.of("owner", Map.of("age", 1)), editor)
                        .rn("owner")
                        .mod("patched"))
                .contains("yes");
        assertThat(documents.patch(car, Map.of("tags", List.of(3)), editor).list("tags"))
                .containsExactly(3L);
        assertThatThrownBy(() -> documents.set(car, FieldPath.parse("tags[*]"), 1, editor))
                .isInstanceOf(PathException.class);
        assertThatThrownBy(() -> documents.set(car, FieldPath.parse("tags[2]"), 1, editor))
                .isInstanceOf(PathException.class);
    }

    @Test
    void references_along_a_path_are_replaced_and_the_rest_stays_the_same_instance() {
        List<String> met = new ArrayList<>();
        ReferenceVisitor visitor = (reference, target, rest) -> {
            met.add(target.getSimpleName() + rest.size());
            return reference.with("seen", "yes");
        };
        Person seen = model.mapReferences(fred, FieldPath.parse("friend.work").steps(), visitor);
        assertThat(seen.friend().mod("seen")).contains("yes");
        assertThat(seen.work()).isSameAs(fred.work());
        assertThat(met).containsExactly("Person1");
        assertThat(model.mapReferences(fred, FieldPath.parse("friends[*]").steps(), visitor)
                        .friends())
                .allMatch(rn -> rn.mod("seen").isPresent());
        assertThat(model.mapReferences(fred, FieldPath.parse("friends[1]").steps(), visitor)
                        .friends()
                        .get(0))
                .isSameAs(fred.friends().get(0));
        assertThat(model.mapReferences(fred, FieldPath.parse("extra.ref").steps(), visitor)
                        .extra()
                        .rn("ref")
                        .mod("seen"))
                .isPresent();
        assertThat(met.get(met.size() - 1)).isEqualTo("Document0");
        met.clear();
        Person all = model.mapReferences(fred, FieldPath.parse("*").steps(), visitor);
        assertThat(met).containsExactly("Person0");
        assertThat(all.friends()).isSameAs(fred.friends());
        assertThat(model.mapReferences(fred, FieldPath.parse("friends").steps(), visitor))
                .isSameAs(fred);
        assertThat(model.mapReferences(fred, FieldPath.parse("name.nothing[3]").steps(), visitor))
                .isSameAs(fred);
        assertThat(model.mapReferences(fred, List.of(), visitor)).isSameAs(fred);
        assertThat(model.mapReferences(fred, FieldPath.parse("friend").steps(), (rn, target, rest) -> rn))
                .isSameAs(fred);
        assertThat(model.mapAllReferences(fred, rn -> rn.with("all", "yes"))
                        .extra()
                        .rn("ref")
                        .mod("all"))
                .isPresent();
        assertThat(model.changedFields(fred, model.mapAllReferences(fred, rn -> rn.with("all", "yes"))))
                .containsExactly("friend", "friends", "extra");
    }

    @Test
    void only_columns_that_differ_are_encoded() {
        var schema = model.wanted(OneRow.TABLE, null);
        Person changed = set("login", "x");
        Encoded encoded = model.encodeChanges(fred, changed, schema, OneRow.rn());
        assertThat(encoded.columns())
                .containsExactly(
                        new ColumnSchema("login", ColumnKind.TEXT),
                        new ColumnSchema("__korm_unique__login", ColumnKind.FINGERPRINT));
        assertThat(encoded.values().values())
                .containsExactly("x", Unique.of("x").fingerprint());
        assertThat(model.encodeChanges(fred, fred, schema, OneRow.rn()).columns())
                .isEmpty();
        assertThat(model.changedFields(fred, set("work.number", 3))).containsExactly("work");
    }

    @Test
    void assignments_are_top_level_fields_only() {
        var schema = model.wanted(OneRow.TABLE, null);
        Map<FieldPath, Object> values = new LinkedHashMap<>();
        values.put(FieldPath.parse("age"), 3L);
        values.put(FieldPath.parse("name"), null);
        Encoded encoded = model.encodeAssignments(values, schema);
        assertThat(encoded.columns()).extracting(ColumnSchema::name).containsExactly("age", "name");
        assertThat(encoded.values().values()).containsExactly(3L, null);
        assertThatThrownBy(() -> model.encodeAssignments(Map.of(FieldPath.parse("work.city"), "x"), schema))
                .isInstanceOf(PathException.class);
        assertThatThrownBy(() -> model.encodeAssignments(Map.of(FieldPath.parse("agee"), "x"), schema))
                .isInstanceOf(PathException.class)
                .hasMessageContaining("age");
        assertThatThrownBy(() -> model.encodeAssignments(Map.of(FieldPath.parse("age"), "secret"), schema))
                .isInstanceOf(ValueException.class);
    }

    @Test
    void a_description_is_for_people() {
        assertThat(model.describe(fred))
                .containsEntry("name", "Fred")
                .containsEntry("age", "40")
                .containsEntry("login", "freddie")
                .containsEntry("shape", Map.of("@type", "Circle", "radius", "1.0"));
        assertThat(model.describe(set("name", null))).containsEntry("name", "null");
    }
}
