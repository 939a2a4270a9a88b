package dev.korm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldPathTest {
    record User(String name, Address address) {}

    record Address(String city) {}

    record Car(int year, Rn<User> owner) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "owner",
                "owner.name",
                "owner.*",
                "owner.*.*",
                "*",
                "members[0]",
                "members[*].name",
                "a[*].b[1].c",
                "matrix[1][0]",
                "labels[\"k8s.io/name\"]",
                "labels[\"a\\\"b\\\\c\"].x",
                "__proto__",
                "straße.größe",
                "[\"\"]"
            })
    void a_path_is_read_and_printed_unchanged(String text) {
        FieldPath path = FieldPath.parse(text);
        assertThat(path).hasToString(text);
        assertThat(FieldPath.parse(path.toString())).isEqualTo(path).hasSameHashCodeAs(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "a..b",
                "a.",
                ".a",
                "a[",
                "a[]",
                "a[x]",
                "a[1",
                "a[-1]",
                "a[*",
                "a]b",
                "a b",
                "a[0]b",
                "a.[0]",
                "a\"b",
                "a[\"x]",
                "a[\"x\\n\"]",
                "a[12345678901]",
                "a.*b",
                "a\u0000"
            })
    void a_path_that_cannot_be_read_is_an_error_that_shows_where(String text) {
        assertThatThrownBy(() -> FieldPath.parse(text))
                .isInstanceOf(PathException.class)
                .hasMessageContaining("character");
    }

    @Test
    void a_path_has_a_bounded_number_of_steps() {
        assertThatThrownBy(() -> FieldPath.parse("a" + ".a".repeat(100))).isInstanceOf(PathException.class);
    }

    @Test
    void accessors_name_fields() {
        assertThat(FieldPath.of(Car::year)).hasToString("year");
        assertThat(FieldPath.of(Car::year).root()).contains(Car.class);
        assertThat(FieldPath.path(Car::owner, User::name)).hasToString("owner.name");
        assertThat(FieldPath.path(User::address, Address::city)).hasToString("address.city");
        assertThat(FieldPath.of(Car::owner).each().at(2)).hasToString("owner[*][2]");
    }

    @Test
    void a_lambda_with_a_body_names_no_field() {
        assertThatThrownBy(() -> FieldPath.of((Car car) -> car.year() + 1)).isInstanceOf(PathException.class);
        int captured = Integer.parseInt("3");
        assertThatThrownBy(() -> FieldPath.of((Car car) -> captured)).isInstanceOf(PathException.class);
        assertThatThrownBy(() -> FieldPath.of(String::length)).hasMessageContaining("not the accessor of a record");
    }

    @Test
    void filters_show_no_constants() {
        assertThat(Filter.eq("name", "secret").and(Filter.inList("age", 1, 2)).toString())
                .contains("name", "age")
                .doesNotContain("secret");
    }
}
