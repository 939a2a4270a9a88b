package dev.korm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RnTest {
    private static final String ID = "3dd91ede-37a4-4c25-a86a-6f1a9e132186";

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "[rn][from::pg]:cars:suv:3dd91ede-37a4-4c25-a86a-6f1a9e132186 ITEM",
                "[rn]:cars:suv:* COLLECTION",
                "[rn][depot::files]:invoices:2024:receipt.txt FILE",
                "[rn][depot::files]:* PREFIX",
                "[rn][depot::files]:a*b:c FILE",
                "[rn][tag::a:b/c]:cars:suv:* COLLECTION",
            })
    void a_text_that_follows_the_grammar_is_read_and_printed_unchanged(String text, Rn.Form form) {
        Rn<?> rn = Rn.parse(text);
        assertThat(rn.toString()).isEqualTo(text);
        assertThat(rn.form()).isEqualTo(form);
        assertThat(Rn.isRn(text)).isTrue();
        assertThat(Rn.parse(rn.toString())).isEqualTo(rn).hasSameHashCodeAs(rn);
    }

    @Test
    void the_parts_of_an_item_are_told() {
        Rn<?> rn = Rn.parse("[rn][from::pg][tag::x y]:cars:suv:" + ID);
        assertThat(rn.namespace()).isEqualTo("cars");
        assertThat(rn.kind()).isEqualTo("suv");
        assertThat(rn.id()).contains(ID);
        assertThat(rn.layer()).contains("pg");
        assertThat(rn.depot()).isEmpty();
        assertThat(rn.mods()).containsExactly(Map.entry("from", "pg"), Map.entry("tag", "x y"));
        assertThat(rn.depotParts()).isEmpty();
    }

    @Test
    void the_parts_of_a_file_are_told() {
        Rn<?> rn = Rn.parse("[rn][depot::files]:invoices:2024:receipt.txt");
        assertThat(rn.depot()).contains("files");
        assertThat(rn.depotParts()).containsExactly("invoices", "2024", "receipt.txt");
        assertThat(rn.id()).isEmpty();
        assertThatThrownBy(rn::namespace).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_repeated_mod_takes_the_later_value_and_the_first_place() {
        assertThat(Rn.parse("[rn][from::a][tag::x][from::b]:c:d:*")).hasToString("[rn][from::b][tag::x]:c:d:*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '`',
            value = {
                "cars 0",
                "[rm]:a:b:* 2",
                "[rn] 4",
                "[rn]: 5",
                "[rn]cars:suv:* 4",
                "[rn][from]:cars:suv:* 9",
                "[rn][From::pg]:cars:suv:* 5",
                "[rn][from::bad[]:cars:suv:* 14",
                "[rn][from::pg]]:cars:suv:* 14",
                "[rn][from::pg:cars:suv:* 24",
                "[rn][from::]:cars:suv:* 11",
                "[rn][::x]:cars:suv:* 5",
                "[rn]:cars:suv 13",
                "[rn]:cars:suv: 14",
                "[rn]:cars:suv:x 14",
                "[rn]:cars:suv:** 14",
                "[rn]::suv:* 5",
                "[rn]:cars::* 10",
                "[rn]:Cars:suv:* 5",
                "[rn]:cars:basic-kind:* 15",
                "[rn]:undefined:suv:* 5",
                "[rn]:cars:undefined:* 10",
                "[rn]:cars:suv:3DD91EDE-37a4-4c25-a86a-6f1a9e132186 15",
                "[rn]:cars:suv:3dd91ede-37a4-1c25-a86a-6f1a9e132186 28",
                "[rn]:cars:suv:3dd91ede-37a4-4c25-c86a-6f1a9e132186 33",
                "[rn]:cars:suv:3dd91ede-37a4-4c25-a86a-6f1a9e13218 49",
                "[rn]:cars:suv:3dd91ede-37a4-4c25-a86a-6f1a9e132186:extra 50",
                "[rn][depot::files]:a:*:b 21",
                "[rn][depot::files]:a:..:b 21",
                "[rn][depot::files]:. 19",
                "[rn][depot::files]:a::b 21",
                "[rn][depot::files]:a: 21",
                "[rn][depot::files]:a/b 20",
                "[rn][depot::files]:a\\b 20",
                "[rn][depot::files]:a[b 20",
            })
    void an_error_points_at_the_offending_character(String text, int position) {
        RnException error = catchThrowableOfType(RnException.class, () -> Rn.parse(text));
        assertThat(error.position()).as(error.getMessage()).isEqualTo(position);
        assertThat(Rn.isRn(text)).isFalse();
    }

    @Test
    void an_error_says_what_is_allowed() {
        assertThatThrownBy(() -> Rn.parse("[rn]:Cars:suv:*"))
                .hasMessageContaining("namespace")
                .hasMessageContaining("[a-z][a-z0-9]*")
                .hasMessageContaining("character 5");
        assertThatThrownBy(() -> Rn.parse("[rn]:cars:suv:x")).hasMessageContaining("version 4 UUID");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "a\u0000b"})
    void a_part_of_a_depot_rn_has_no_nul(String part) {
        assertThatThrownBy(() -> Rn.parse("[rn][depot::files]:" + part)).isInstanceOf(RnException.class);
    }

    @Test
    void rns_are_built_of_parts() {
        assertThat(Rn.item("cars", "suv", UUID.fromString(ID))).hasToString("[rn]:cars:suv:" + ID);
        assertThat(Rn.collection("cars", "suv").from("pg")).hasToString("[rn][from::pg]:cars:suv:*");
        assertThat(Rn.file("files", "a", "b.txt")).hasToString("[rn][depot::files]:a:b.txt");
        assertThat(Rn.prefix("files")).hasToString("[rn][depot::files]:*");
        assertThat(Rn.prefix("files", "a")).hasToString("[rn][depot::files]:a:*");
        assertThat(Rn.collection("cars", "suv").item(ID)).hasToString("[rn]:cars:suv:" + ID);
        assertThat(Rn.parse("[rn][from::pg]:cars:suv:" + ID).collection()).hasToString("[rn][from::pg]:cars:suv:*");
    }

    @Test
    void at_each_place_of_an_id_exactly_the_characters_of_a_version_4_uuid_are_allowed() {
        Pattern uuid = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        Rn<?> collection = Rn.collection("cars", "suv");
        for (int i = 0; i < ID.length(); i++) {
            // Beyond 255 there are those whose lower bits are a digit's.
            for (char c = 0; c < 0x180; c++) {
                if (i == 0 && c == '=') {
                    continue; // Begins the key of a row.
                }
                String id = ID.substring(0, i) + c + ID.substring(i + 1);
                boolean valid = uuid.matcher(id).matches();
                assertThat(Rn.isRn("[rn]:cars:suv:" + id))
                        .as("%x at %d", (int) c, i)
                        .isEqualTo(valid);
                if (valid) {
                    assertThat(collection.item(id).id()).contains(id);
                } else if (c < 0x100) {
                    assertThatThrownBy(() -> collection.item(id)).isInstanceOf(RnException.class);
                }
            }
        }
    }

    @Test
    void an_item_of_a_collection_has_the_same_text_hash_and_order_as_the_one_that_is_read() {
        Rn<?> collection = Rn.collection("cars", "suv").from("pg");
        Rn<?> read = Rn.parse("[rn][from::pg]:cars:suv:" + ID);
        assertThat(collection.item(ID)).isEqualTo(read).hasSameHashCodeAs(read).hasToString(read.toString());
        assertThat(read).isEqualTo(collection.item(ID));
        assertThat(collection.item(ID).compareTo(read)).isZero();
        assertThat(collection.item(ID).with("tag", "x")).hasToString("[rn][from::pg][tag::x]:cars:suv:" + ID);
        assertThat(collection.item(ID).collection()).isEqualTo(collection);
        assertThat(collection.item(ID))
                .isNotEqualTo(Rn.collection("cars", "suv").item(ID));
    }

    @Test
    void parts_cannot_smuggle_further_parts_in() {
        assertThatThrownBy(() -> Rn.collection("a:b", "c")).isInstanceOf(RnException.class);
        assertThatThrownBy(() -> Rn.collection("a", "b:c")).isInstanceOf(RnException.class);
        assertThatThrownBy(() -> Rn.file("files", "a:b")).isInstanceOf(RnException.class);
        assertThatThrownBy(() -> Rn.file("files", "*")).isInstanceOf(RnException.class);
        assertThatThrownBy(() -> Rn.file("files]:x[y::z", "a")).isInstanceOf(RnException.class);
        assertThatThrownBy(() -> Rn.item("a", "b", UUID.fromString("3dd91ede-37a4-1c25-a86a-6f1a9e132186")))
                .isInstanceOf(RnException.class);
        assertThatThrownBy(() -> Rn.collection("a", "b").item("x")).isInstanceOf(RnException.class);
    }

    @Test
    void mods_are_added_replaced_and_taken_away_on_a_new_rn() {
        Rn<?> rn = Rn.parse("[rn][tag::x]:cars:suv:*");
        assertThat(rn.from("pg")).hasToString("[rn][tag::x][from::pg]:cars:suv:*");
        assertThat(rn.with("tag", "y")).hasToString("[rn][tag::y]:cars:suv:*");
        assertThat(rn.from("pg").without("tag")).hasToString("[rn][from::pg]:cars:suv:*");
        assertThat(rn).hasToString("[rn][tag::x]:cars:suv:*");
    }

    @Test
    void mods_are_checked() {
        Rn<?> rn = Rn.parse("[rn]:cars:suv:*");
        assertThatThrownBy(() -> rn.with("Tag", "x")).isInstanceOf(RnException.class);
        assertThatThrownBy(() -> rn.with("tag", "")).isInstanceOf(RnException.class);
        assertThatThrownBy(() -> rn.with("tag", "a]b")).isInstanceOf(RnException.class);
        assertThatThrownBy(() -> rn.with("depot", "files")).hasMessageContaining("depot");
    }

    @Test
    void two_spellings_of_one_item_differ_as_values_and_name_the_same() {
        Rn<?> bare = Rn.parse("[rn]:cars:suv:" + ID);
        Rn<?> named = bare.from("main");
        assertThat(bare).isNotEqualTo(named);
        assertThat(bare.sameItem(named, "main")).isTrue();
        assertThat(bare.sameItem(named, "other")).isFalse();
    }

    @Test
    void an_unresolved_reference_says_how_to_resolve_it() {
        Rn<String> rn = Rn.parse("[rn]:cars:suv:" + ID);
        assertThat(rn.isResolved()).isFalse();
        assertThatThrownBy(rn::get).isInstanceOf(QueryException.class).hasMessageContaining("resolvePaths");
        assertThatThrownBy(rn::item).isInstanceOf(QueryException.class);
    }

    @Test
    void rns_are_ordered_by_their_text() {
        // "-" comes before ":", and so does ".": shorter parts are not always first.
        List<String> texts = List.of(
                "[rn]:b:b:*",
                "[rn]:a:b:*",
                "[rn]:a:b:" + ID,
                "[rn]:a1:b:*",
                "[rn][a::1][b::2]:a:b:*",
                "[rn][b::2][a::1]:a:b:*",
                "[rn][a::1]:a:b:*",
                "[rn][depot::files]:a:b",
                "[rn][depot::files]:a-b",
                "[rn][depot::files]:a:b:c",
                "[rn][depot::files]:a.:c",
                "[rn][depot::files]:a:*");
        assertThat(texts.stream().map(Rn::parse).sorted())
                .extracting(Rn::toString)
                .isEqualTo(texts.stream().sorted().toList());
        for (String one : texts) {
            for (String other : texts) {
                assertThat(Rn.parse(one).equals(Rn.parse(other)))
                        .as("%s and %s", one, other)
                        .isEqualTo(one.equals(other));
            }
        }
    }

    @Test
    void an_rn_holds_the_same_whoever_made_it_and_whether_or_not_its_text_was_asked_for() {
        // As libraries for tests look into it, field by field.
        Rn<?> asked = Rn.collection("cars", "suv").from("pg").item(ID);
        assertThat(asked.toString()).endsWith(ID);
        assertThat(Rn.collection("cars", "suv").from("pg").item(ID))
                .usingRecursiveComparison()
                .isEqualTo(asked)
                .isEqualTo(Rn.parse("[rn][from::pg]:cars:suv:" + ID));
    }
}
