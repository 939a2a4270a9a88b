package dev.korm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.Indexed;
import dev.korm.ModelException;
import dev.korm.Name;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.model.row.Columns;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

class ModelShapeTest {
    record Address(String street, @Name("zip-code") String zip) {}

    @Stored(namespace = "cars", kind = "suv")
    @Indexed({"make", "year"})
    @Indexed("address.zip")
    record Car(
            Unique<String> uniqueVin,
            @Indexed String make,
            int year,
            Optional<Unique<String>> plate,
            @Name("class") String category,
            Address address,
            Rn<?> owner) {}

    @Test
    void the_wanted_table_has_key_fields_hidden_columns_and_the_revision_last() {
        TableSchema schema = Models.of(Car.class).wanted(TableName.items("cars", "suv"), null);
        assertThat(schema.columns())
                .containsExactly(
                        new ColumnSchema("rnId", ColumnKind.ID),
                        new ColumnSchema("uniqueVin", ColumnKind.TEXT),
                        new ColumnSchema("__korm_unique__uniqueVin", ColumnKind.FINGERPRINT),
                        new ColumnSchema("make", ColumnKind.TEXT),
                        new ColumnSchema("year", ColumnKind.INTEGER),
                        new ColumnSchema("plate", ColumnKind.TEXT),
                        new ColumnSchema("__korm_unique__plate", ColumnKind.FINGERPRINT),
                        new ColumnSchema("class", ColumnKind.TEXT),
                        new ColumnSchema("address", ColumnKind.JSON),
                        new ColumnSchema("owner", ColumnKind.RN),
                        new ColumnSchema("__korm_unique____korm_rev__", ColumnKind.INTEGER));
        assertThat(schema.indexes().get(0))
                .isEqualTo(new IndexSchema(
                        "__korm_u_4c969fc8401a9b6218122e51",
                        IndexSchema.Uniqueness.UNIQUE,
                        List.of(new Operand.Column(0, "__korm_unique__uniqueVin", ColumnKind.FINGERPRINT))));
        assertThat(schema.indexes()).hasSize(6);
        assertThat(schema.indexes().get(2).name()).matches("__korm_i_[0-9a-f]{24}");
        assertThat(schema.indexes().get(2).parts()).containsExactly(new Operand.Column(0, "make", ColumnKind.TEXT));
        assertThat(schema.indexes().get(3).parts()).containsExactly(new Operand.Column(0, "owner", ColumnKind.RN));
        assertThat(schema.indexes().get(4).parts())
                .containsExactly(
                        new Operand.Column(0, "make", ColumnKind.TEXT),
                        new Operand.Column(0, "year", ColumnKind.INTEGER));
        assertThat(schema.indexes().get(5).parts())
                .containsExactly(new Operand.Json(
                        new Operand.Column(0, "address", ColumnKind.JSON),
                        new JsonPath(List.of(new JsonPath.Member("zip-code"))),
                        ColumnKind.TEXT));
        assertThat(Models.of(Car.class).home()).map(Stored::kind).contains("suv");
    }

    @Test
    void the_name_of_a_unique_index_is_that_of_the_original() {
        assertThat(Columns.uniqueIndex(TableName.items("users", "basic"), FingerprintKey.of("email"))
                        .name())
                .isEqualTo("__korm_u_63d21816f103367a66260a99");
    }

    record Pair<A, B>(A first, B second) {}

    record Tree(String value, List<Tree> children, Optional<Tree> left) {}

    record Generic(Pair<String, Pair<Integer, List<Tree>>> pair, Map<Integer, Tree> trees) {}

    @Test
    void generic_and_recursive_records_are_understood() {
        Model<Generic> model = Models.of(Generic.class);
        Tree leaf = new Tree("leaf", List.of(), Optional.empty());
        Generic data = new Generic(
                new Pair<>("a", new Pair<>(1, List.of(new Tree("root", List.of(leaf, leaf), Optional.of(leaf))))),
                Map.of(7, leaf));
        assertThat(OneRow.of(model, data).read(model)).isEqualTo(data);
        assertThat(Models.of(Tree.class).root().member("left"))
                .map(Node.Member::node)
                .map(Node::typeName)
                .contains("Tree");
    }

    @Test
    void a_local_record_is_as_good_as_any() {
        record Local(int a) {}
        Model<Local> model = Models.of(Local.class);
        assertThat(OneRow.of(model, new Local(3)).read(model)).isEqualTo(new Local(3));
    }

    interface Open {}

    sealed interface Half permits Whole, Rest {}

    record Whole() implements Half {}

    static final class Rest implements Half {}

    sealed interface Clash permits ClashA, ClashB {}

    @Name("same")
    record ClashA() implements Clash {}

    @Name("same")
    record ClashB() implements Clash {}

    sealed interface Typed permits TypedA {}

    record TypedA(@Name("@type") String type) implements Typed {}

    sealed interface Parameters<T> permits ParametersA {}

    record ParametersA(String a) implements Parameters<String> {}

    record Endless<T>(Endless<List<T>> next) {}

    record Bad<T>(T value) {}

    record OfDate(Date date) {}

    record OfArray(String[] texts) {}

    record OfArrayList(ArrayList<String> texts) {}

    record OfHashMap(HashMap<String, String> texts) {}

    record OfWildcard(List<? extends Number> numbers) {}

    @SuppressWarnings("rawtypes")
    record OfRaw(List numbers) {}

    record OfOpen(Open open) {}

    record OfHalf(Half half) {}

    record OfClash(Clash clash) {}

    record OfTyped(Typed typed) {}

    record OfParameters(Parameters<String> parameters) {}

    record OfEndless(Endless<String> endless) {}

    record OfThread(Thread thread) {}

    record OfBuilder(StringBuilder text) {}

    record OfNumber(Number number) {}

    record OfKey(Map<Address, String> map) {}

    record OfBytesKey(Map<byte[], String> map) {}

    record OfSorted(SortedSet<Address> sorted) {}

    record OfOptional(Optional<Optional<String>> twice) {}

    record OfUniqueOptional(Unique<Optional<String>> unique) {}

    record OfRn(Rn<String> rn) {}

    record OfGenericRn(Rn<Bad<String>> rn) {}

    record OfSameName(String a, @Name("a") String b) {}

    record OfNested(List<OfDate> dates) {}

    record OfIntermediate(Type type) {}

    @Test
    void what_cannot_be_stored_is_refused_with_record_field_type_and_way_out() {
        refused(OfDate.class, "OfDate.date", "java.util.Date", "java.time.Instant");
        refused(OfArray.class, "OfArray.texts", "String[]", "use List");
        refused(OfArrayList.class, "OfArrayList.texts", "ArrayList", "List, Set");
        refused(OfHashMap.class, "OfHashMap.texts", "HashMap", "Map");
        refused(OfWildcard.class, "OfWildcard.numbers", "? extends", "wildcard");
        refused(OfRaw.class, "OfRaw.numbers", "java.util.List", "type arguments");
        refused(OfOpen.class, "OfOpen.open", "Open", "must be sealed");
        refused(OfHalf.class, "OfHalf.half", "Half", "Rest is not one");
        refused(OfClash.class, "OfClash.clash", "Clash", "named same");
        refused(OfTyped.class, "OfTyped.typed", "Typed", "another @Name");
        refused(OfParameters.class, "OfParameters.parameters", "Parameters", "leave the parameters out");
        refused(OfEndless.class, "Endless.next", "Endless", "without end");
        refused(OfThread.class, "OfThread.thread", "java.lang.Thread", "Document");
        refused(OfBuilder.class, "OfBuilder.text", "StringBuilder", "use String");
        refused(OfNumber.class, "OfNumber.number", "java.lang.Number", "BigDecimal");
        refused(OfKey.class, "OfKey.map", "Address", "String, an enum");
        refused(OfBytesKey.class, "OfBytesKey.map", "byte[]", "String, an enum");
        refused(OfSorted.class, "OfSorted.sorted", "Address", "use Set");
        refused(OfOptional.class, "OfOptional.twice", "Optional", "use one");
        refused(OfUniqueOptional.class, "OfUniqueOptional.unique", "Unique", "Optional<Unique<…>>");
        refused(OfRn.class, "OfRn.rn", "Rn<java.lang.String>", "no Rn can name one");
        refused(OfGenericRn.class, "OfGenericRn.rn", "Bad", "no Rn can name one");
        refused(OfSameName.class, "OfSameName.b", "java.lang.String", "another @Name");
        refused(OfNested.class, "OfDate.date", "java.util.Date", "java.time.Instant");
        refused(OfIntermediate.class, "OfIntermediate.type", "Type", "sealed");
        refused(Bad.class, "Bad", "type arguments", "Bad<…>");
    }

    private static void refused(Class<?> type, String... words) {
        assertThatThrownBy(() -> Models.of(type))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(words);
    }

    record BadColumn(@Name("zip-code") String zip) {}

    record Reserved(String rnId) {}

    record Own(@Name("__korm_rev__") long revision) {}

    record Case(String name, String Name) {}

    record TooLong(
            @Name("a234567890123456789012345678901234567890123456789012345678901234")
            String name) {}

    record TooLongUnique(
            @Name("a2345678901234567890123456789012345678901234567890")
            Unique<String> name) {}

    @Test
    void a_field_that_cannot_be_a_column_is_refused() {
        refused(BadColumn.class, "BadColumn.zip", "letters, digits", "@Name");
        refused(Reserved.class, "Reserved.rnId", "item's id", "@Name");
        refused(Own.class, "Own.revision", "korm's own", "@Name");
        refused(Case.class, "Case.Name", "only in case", "@Name");
        refused(TooLong.class, "TooLong.name", "63 characters", "@Name");
        refused(TooLongUnique.class, "TooLongUnique.name", "48 characters", "@Name");
    }

    @Test
    void nested_names_are_free() {
        record Outer(BadColumn bad, Reserved reserved, Case both) {}
        Model<Outer> model = Models.of(Outer.class);
        Outer data = new Outer(new BadColumn("1"), new Reserved("2"), new Case("3", "4"));
        OneRow row = OneRow.of(model, data);
        assertThat(row.cell("bad")).isEqualTo("{\"zip-code\":\"1\"}");
        assertThat(row.read(model)).isEqualTo(data);
    }

    @Indexed("adress.zip")
    record IndexUnknown(Address address) {}

    @Indexed("address")
    record IndexWhole(Address address) {}

    @Indexed("owner.name")
    record IndexReference(Rn<Car> owner) {}

    @Indexed("all[*].zip")
    record IndexMany(List<Address> all) {}

    @Indexed
    record IndexNothing(String a) {}

    record IndexOnField(@Indexed("a") String a) {}

    @Indexed("a..b")
    record IndexMalformed(String a) {}

    @Test
    void an_index_that_cannot_be_kept_is_refused() {
        refused(IndexUnknown.class, "IndexUnknown", "adress.zip", "no field");
        refused(IndexWhole.class, "IndexWhole", "address", "name a field inside");
        refused(IndexReference.class, "IndexReference", "owner.name", "another table");
        refused(IndexMany.class, "IndexMany", "several values");
        refused(IndexNothing.class, "IndexNothing", "names the fields");
        refused(IndexOnField.class, "IndexOnField", "takes no paths");
        refused(IndexMalformed.class, "IndexMalformed", "path");
    }

    @Test
    void only_records_and_documents_can_be_items() {
        refused(String.class, "java.lang.String", "record", "Document");
        refused(Half.class, "Half", "sealed interface");
        assertThat(Models.of(Document.class).type()).isEqualTo(Document.class);
        assertThat(Models.of(Car.class)).isSameAs(Models.of(Car.class));
    }

    @Test
    void an_index_may_reach_into_a_list_at_a_place() {
        @Indexed("all[0].zip")
        record IndexEntry(List<Address> all, OptionalInt none) {}
        assertThat(Models.of(IndexEntry.class)
                        .wanted(OneRow.TABLE, null)
                        .indexes()
                        .get(0)
                        .parts())
                .containsExactly(new Operand.Json(
                        new Operand.Column(0, "all", ColumnKind.JSON),
                        new JsonPath(List.of(new JsonPath.Entry(0), new JsonPath.Member("zip-code"))),
                        ColumnKind.TEXT));
    }
}
