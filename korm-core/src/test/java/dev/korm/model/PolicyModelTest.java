package dev.korm.model;

import static dev.korm.DeletePolicy.CASCADE;
import static dev.korm.DeletePolicy.LEAVE;
import static dev.korm.DeletePolicy.RESTRICT;
import static dev.korm.DeletePolicy.SET_NULL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.DeletePolicy;
import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.ModelException;
import dev.korm.Name;
import dev.korm.OnDelete;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.model.reference.ReferencePolicy;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.IndexSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyModelTest {
    @Stored(namespace = "users", kind = "freetier")
    record User(String name) {}

    record Team(String name) {}

    record Plain(Rn<User> owner, List<Rn<User>> drivers) {}

    record Seat(
            int number,
            @OnDelete(SET_NULL) @Name("who") @Nullable Rn<User> taken) {}

    record Car(
            @OnDelete(RESTRICT) Rn<User> owner,
            @OnDelete(SET_NULL) Optional<Rn<Team>> team,
            @OnDelete(CASCADE) Unique<Rn<Document>> home,
            @OnDelete(SET_NULL) List<Rn<User>> drivers,
            @OnDelete(CASCADE) Map<String, Set<Rn<User>>> byRole,
            @OnDelete(LEAVE) Rn<User> maker,
            Rn<User> plain,
            Seat first,
            @Name("all") List<Seat> seats) {}

    sealed interface Place permits Field, House {}

    record Field(@OnDelete(CASCADE) Rn<User> farmer) implements Place {}

    record House(@OnDelete(RESTRICT) Rn<User> owner) implements Place {}

    record Farm(Place place) {}

    private static ReferencePolicy policy(String path, DeletePolicy policy) {
        return new ReferencePolicy(
                FieldPath.parse(path), policy, Optional.of(new ReferencePolicy.Target("users", "freetier")));
    }

    private static ReferencePolicy open(String path, DeletePolicy policy) {
        return new ReferencePolicy(FieldPath.parse(path), policy, Optional.empty());
    }

    @Test
    void policies_are_found_wherever_references_stand() {
        assertThat(Models.of(Plain.class).policies()).isEmpty();
        assertThat(Models.of(Document.class).policies()).isEmpty();
        assertThat(Models.of(Car.class).policies())
                .containsExactly(
                        policy("owner", RESTRICT),
                        open("team", SET_NULL),
                        open("home", CASCADE),
                        policy("drivers[*]", SET_NULL),
                        policy("byRole.*[*]", CASCADE),
                        policy("maker", LEAVE),
                        policy("first.who", SET_NULL),
                        policy("all[*].who", SET_NULL));
        assertThat(Models.of(Farm.class).policies())
                .containsExactly(policy("place.farmer", CASCADE), policy("place.owner", RESTRICT));
    }

    @Test
    void a_reference_has_an_index_where_it_is_a_column_and_a_write_waits_for_that_of_a_policy_alone() {
        TableName table = TableName.items("cars", "suv");
        Model<Car> model = Models.of(Car.class);
        List<IndexSchema> indexes = model.wanted(table, null).indexes().stream()
                .filter(index -> index.uniqueness() == IndexSchema.Uniqueness.REPEATABLE)
                .toList();
        assertThat(columns(indexes)).containsExactly("owner", "team", "home", "maker", "plain");

        assertThat(columns(indexes.stream()
                        .filter(index -> model.deferredIndexes(table).contains(index.name()))
                        .toList()))
                .containsExactly("maker", "plain");
    }

    private static List<String> columns(List<IndexSchema> indexes) {
        return indexes.stream()
                .map(index -> ((Operand.Column) index.parts().get(0)).name())
                .toList();
    }

    record NoReference(@OnDelete(RESTRICT) String name) {}

    record OnlyNested(@OnDelete(RESTRICT) Plain plain) {}

    record OfDocument(@OnDelete(RESTRICT) Document data) {}

    record AsKey(@OnDelete(RESTRICT) Map<Rn<User>, String> names) {}

    record Chain(@OnDelete(RESTRICT) Rn<User> who, List<Chain> next) {}

    record Holder(Chain chain) {}

    sealed interface Disagreeing permits One, Other {}

    record One(@OnDelete(CASCADE) Rn<User> owner) implements Disagreeing {}

    record Other(@OnDelete(RESTRICT) Rn<User> owner) implements Disagreeing {}

    record OfDisagreeing(Disagreeing some) {}

    @NullMarked
    record Marked(@OnDelete(SET_NULL) Rn<User> owner) {}

    @ParameterizedTest
    @ValueSource(
            classes = {
                NoReference.class,
                OnlyNested.class,
                OfDocument.class,
                AsKey.class,
                Chain.class,
                Holder.class,
                OfDisagreeing.class,
                Marked.class
            })
    void what_cannot_be_kept_is_refused_with_a_way_out(Class<?> type) {
        assertThatThrownBy(() -> Models.of(type))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("@OnDelete")
                .hasMessageContaining(type.getSimpleName());
    }

    @NullMarked
    record Nullables(
            @OnDelete(SET_NULL) @Nullable Rn<User> owner,
            @OnDelete(SET_NULL) Optional<Rn<User>> maybe,
            @OnDelete(SET_NULL) @Nullable Unique<Rn<User>> only,
            @OnDelete(SET_NULL) List<Rn<User>> many) {}

    @NullMarked
    static class Scope {
        @NullUnmarked
        record Unmarked(@OnDelete(SET_NULL) Rn<User> owner) {}

        record Inherited(@OnDelete(SET_NULL) Rn<User> owner) {}
    }

    @Test
    void null_may_be_put_where_null_may_be() {
        assertThat(Models.of(Nullables.class).policies()).hasSize(4);
        assertThat(Models.of(Scope.Unmarked.class).policies()).hasSize(1);
        assertThatThrownBy(() -> Models.of(Scope.Inherited.class))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("@Nullable");
    }
}
