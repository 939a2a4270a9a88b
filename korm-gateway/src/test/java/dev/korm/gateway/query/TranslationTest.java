package dev.korm.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.Filter;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.gateway.wire.Json;
import dev.korm.gateway.wire.RefusedException;
import dev.korm.jdbc.Sqlite;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each operator finds the rows that SQL would, on a table with nulls in it, or is refused by its name. */
class TranslationTest {
    private static final FieldNames NAMES = new FieldNames("id", Set.of("secret"), Set.of("data"));
    private static Pool pool;
    private static Items<Document> items;

    @BeforeAll
    static void fill() {
        pool = Korm.pool().layer("main", Sqlite.memory()).open();
        items = Korm.item(Document.class, pool);
        for (String row : List.of(
                "{'n':'a','t':'Rome','i':1,'at':'2024-01-01T00:00:00.000000000Z','l':['x','y'],'data':{'k':1,'in':{'z':'q'},'tags':['p','r']}}",
                "{'n':'b','t':'rOME%','i':2,'l':[],'data':{'k':2}}",
                "{'n':'c','t':'Oslo','i':9007199254740993,'at':'2025-01-01T00:00:00.000000000Z','l':['y'],'data':['k']}",
                "{'n':'d'}")) {
            items.fromData("q", "row", Document.parse(row.replace('\'', '"'))).create();
        }
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    private static String found(Filter filter) {
        return items.fromQuery("q", "row").where(filter).get().stream()
                .map(item -> item.data().text("n"))
                .sorted()
                .collect(Collectors.joining());
    }

    private static Filter filter(String json) {
        return new Translation(NAMES).filter(QueryJson.node(Json.object("filter", json.replace('\'', '"'))));
    }

    @ParameterizedTest(name = "{0} {1} {2} finds {4}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "t | equals | {'StringValue':{'value':'Rome'}} | - | a",
                "t | equals | {'StringValue':{'value':'ROME'}} | ci | a",
                "t | equals | {'NullValue':{}} | - | ``",
                "i | equals | {'Int64Value':{'value':'9007199254740993'}} | - | c",
                "i | equals | {'NumberValue':{'value':9007199254740993}} | - | c",
                "i | equals | {'Int64Value':{'value':'9007199254740992'}} | - | ``",
                "t | notEquals | {'StringValue':{'value':'Rome'}} | - | bc",
                "t | notEquals | {'StringValue':{'value':'ROME'}} | ci | bc",
                "t | notEquals | {'NullValue':{}} | - | ``",
                "i | lessThan | {'NumberValue':{'value':2}} | - | a",
                "i | lessThanOrEquals | {'NumberValue':{'value':2}} | - | ab",
                "i | greaterThan | {'NumberValue':{'value':1.5}} | - | bc",
                "i | greaterThanOrEquals | {'Int64Value':{'value':2}} | - | bc",
                "i | greaterThan | {'NullValue':{}} | - | ``",
                "at | greaterThan | {'TimestampValue':{'epoch':1706000000000000}} | - | c",
                "at | lessThan | {'TimestampValue':{'epoch':'1706000000','unit':'SECONDS'}} | - | a",
                "at | lessThan | {'TimestampValue':{'epoch':1706000000000,'unit':'MILLIS'}} | - | a",
                "at | lessThan | {'TimestampValue':{'epoch':1706000000000000,'unit':'MICROS'}} | - | a",
                "at | lessThan | {'TimestampValue':{'epoch':'1706000000000000000','unit':'NANOS'}} | - | a",
                "i | inList | {'Float64List':{'values':[1.0,2.5]}} | - | a",
                "i | between |"
                        + " {'RangeValue':{'low':{'NumberValue':{'value':1}},'high':{'NumberValue':{'value':2}},'include_high':false}}"
                        + " | - | a",
                "t | isNull | - | - | d",
                "t | isNotNull | {'NullValue':{}} | - | abc",
                "t | startsWith | {'StringValue':{'value':'R'}} | - | a",
                "t | startsWith | {'StringValue':{'value':'r'}} | ci | ab",
                "t | endsWith | {'StringValue':{'value':'%'}} | - | b",
                "t | contains | {'StringValue':{'value':'om'}} | - | a",
                "t | contains | {'StringValue':{'value':'_'}} | - | ``",
                "t | contains | {'StringValue':{'value':'OM'}} | ci | ab",
                "t | notContains | {'StringValue':{'value':'om'}} | - | bc",
                "t | notContains | {'NullValue':{}} | - | ``",
                "l | arrayContains | {'StringValue':{'value':'x'}} | - | a",
                "l | arrayContains | {'StringList':{'values':['x','y']}} | - | a",
                "l | arrayContains | {'StringList':{'values':[]}} | - | abc",
                "l | arrayOverlaps | {'StringList':{'values':['x','y']}} | - | ac",
                "l | arrayOverlaps | {'StringList':{'values':[]}} | - | ``",
                "l | arrayEquals | {'StringList':{'values':['x','y']}} | - | a",
                "l | arrayNotEquals | {'StringList':{'values':['x','y']}} | - | bc",
                "l | arrayEmpty | - | - | b",
                "l | arrayNotEmpty | - | - | ac",
                "l | arrayLength | {'NumberValue':{'value':0}} | - | b",
                "data | jsonContains | {'StringValue':{'value':'{\"k\":1,\"in\":{\"z\":\"q\"}}'}} | - | a",
                "data | jsonContains | {'StringValue':{'value':'{\"tags\":[\"p\"]}'}} | - | a",
                "data | jsonContains | {'StringValue':{'value':'[\"k\"]'}} | - | c",
                "data | jsonHasKey | {'StringValue':{'value':'k'}} | - | abc",
                "data | jsonHasAnyKey | {'StringList':{'values':['in','tags']}} | - | a",
                "data | jsonHasAllKeys | {'StringList':{'values':['in','k']}} | - | a",
                "data.in.z | equals | {'StringValue':{'value':'q'}} | - | a",
                "i | between | {'Int64List':{'values':[1,2]}} | - | ab",
                "i | between |"
                        + " {'RangeValue':{'low':{'NumberValue':{'value':1}},'high':{'NumberValue':{'value':2}},'include_low':false}}"
                        + " | - | b",
                "i | between | {'RangeValue':{'low':{'NumberValue':{'value':1}}}} | - | ``",
                "i | notBetween | {'Int64List':{'values':[1,2]}} | - | c",
                "i | notBetween | {'RangeValue':{'low':{'NumberValue':{'value':2}}}} | - | a",
                "i | rangeContainedBy | {'RangeValue':{'low':{'NumberValue':{'value':2}}}} | - | bc",
                "i | rangeContainedBy | {'RangeValue':{}} | - | abc",
                "t | inList | {'StringList':{'values':['Rome','Oslo',null]}} | - | ac",
                "t | inList | {'StringList':{'values':['rome','oslo']}} | ci | ac",
                "t | inList | {'StringList':{'values':[]}} | - | ``",
                "t | notInList | {'StringList':{'values':['Rome']}} | - | bc",
                "t | notInList | {'StringList':{'values':['Rome',null]}} | - | ``",
                "t | notInList | {'StringList':{'values':[]}} | - | abcd",
            })
    void an_operator_finds_what_sql_does(String field, String type, String value, String modifier, String rows) {
        String json = "{'field_name':'" + field + "','filter_type':'" + type + "'"
                + (value == null ? "" : ",'value':" + value.replace("\"", "\\'").replace("\\'", "\\\""))
                + (modifier == null ? "" : ",'modifier':{'case_insensitive':true}") + "}";
        assertThat(found(filter(json))).isEqualTo(rows);
    }

    @ParameterizedTest
    @CsvSource({
        "regex,not answered", "notRegex,not answered", "arrayContainedBy,not answered", "jsonContainedBy,not answered",
        "jsonGetField,not answered", "jsonGetFieldAsText,not answered", "rangeContains,not answered",
                "isEmpty,no filter_type"
    })
    void what_korm_cannot_say_is_refused_by_name(String type, String why) {
        assertThatThrownBy(() ->
                        filter("{'field_name':'t','filter_type':'" + type + "','value':{'StringValue':{'value':'v'}}}"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(type)
                .hasMessageContaining(why);
    }

    /** Places of nulls belong to an order; in a filter they say nothing, and are no reason to refuse it. */
    @Test
    void where_nulls_stand_says_nothing_in_a_filter() {
        for (String place : List.of("first", "last", "default")) {
            assertThat(found(filter(
                            "{'field_name':'t','filter_type':'equals','value':{'StringValue':{'value':'Rome'}},'modifier':{'nulls_order':'"
                                    + place + "'}}")))
                    .isEqualTo("a");
        }
    }

    @Test
    void each_operator_is_answered_or_refused_in_a_test() throws Exception {
        Set<String> answered = Stream.of(TranslationTest.class
                        .getDeclaredMethod(
                                "an_operator_finds_what_sql_does",
                                String.class,
                                String.class,
                                String.class,
                                String.class,
                                String.class)
                        .getAnnotation(CsvSource.class)
                        .value())
                .map(row -> row.split("\\|")[1].trim())
                .collect(Collectors.toSet());
        Set<String> refused = Stream.of(TranslationTest.class
                        .getDeclaredMethod("what_korm_cannot_say_is_refused_by_name", String.class, String.class)
                        .getAnnotation(CsvSource.class)
                        .value())
                .map(row -> row.split(",")[0])
                .collect(Collectors.toSet());
        Set<String> all = new HashSet<>(answered);
        all.addAll(refused);
        all.remove("isEmpty");
        assertThat(new TreeSet<>(all))
                .isEqualTo(Stream.of(FilterType.values())
                        .map(FilterType::word)
                        .collect(Collectors.toCollection(TreeSet::new)))
                .hasSize(35);
    }

    @Test
    void wrappers_join_as_they_stand() {
        String a = "{'field_name':'n','filter_type':'equals','value':{'StringValue':{'value':'a'}}}";
        String b = a.replace("'a'", "'b'");
        assertThat(found(filter("{'filter_wrapper_type':'or','filters':[" + a + "," + b + "]}")))
                .isEqualTo("ab");
        assertThat(found(filter("{'filter_wrapper_type':'and','filters':[" + a + "," + b + "]}")))
                .isEmpty();
        assertThat(found(filter("{'filter_wrapper_type':'or','filters':[" + a
                        + ",{'filter_wrapper_type':'and','filters':[" + b + "]}]}")))
                .isEqualTo("ab");
        assertThat(found(filter("{'filter_wrapper_type':'or','filters':[]}"))).isEqualTo("abcd");
    }

    @ParameterizedTest
    @CsvSource({"secret,no field", "t.length,not opened", "other.secret,not opened", "[0],begin", "'t[*]',not opened"})
    void a_field_that_the_policy_does_not_show_is_refused(String field, String why) {
        assertThatThrownBy(() -> filter("{'field_name':'" + field + "','filter_type':'isNull'}"))
                .hasMessageContaining(why);
    }

    @Test
    void the_key_is_the_id() {
        String id = items.fromQuery("q", "row")
                .where(Filter.eq("n", "b"))
                .first()
                .orElseThrow()
                .rn()
                .id()
                .orElseThrow();
        assertThat(found(filter(
                        "{'field_name':'id','filter_type':'equals','value':{'StringValue':{'value':'" + id + "'}}}")))
                .isEqualTo("b");
    }

    @ParameterizedTest(name = "{0} {1} behind {2}, strict {3}: {4}")
    @CsvSource({
        "i:ASC_DEFAULT, abcd, i=2, true, cd",
        "i:ASC_DEFAULT, abcd, i=2, false, bcd",
        "i:ASC_NULLS_FIRST, dabc, i=2, true, c",
        "i:ASC_NULLS_FIRST, dabc, i=null, true, abc",
        "i:ASC_NULLS_FIRST, dabc, i=null, false, abcd",
        "i:ASC_DEFAULT, abcd, i=null, true, ''",
        "i:DESC_DEFAULT, dcba, i=2, true, a",
        "i:ASC_NULLS_LAST, abcd, i=2, true, cd",
        "i:ASC_NULLS_LAST, abcd, i=null, false, d",
        "i:DESC_NULLS_FIRST, dcba, i=2, true, a",
        "i:DESC_NULLS_FIRST, dcba, i=null, true, abc",
        "i:DESC_NULLS_LAST, cbad, i=2, true, ad",
        "i:DESC_NULLS_LAST, cbad, i=null, false, d",
        "g:ASC_DEFAULT;n:DESC_DEFAULT, dcba, g=null;n=c, true, ab",
        "g:ASC_DEFAULT;n:DESC_DEFAULT, dcba, g=null;n=c, false, abc",
        "g:ASC_DEFAULT;n:ASC_DEFAULT, abcd, g=null;n=c, true, d",
    })
    void rows_behind_a_cursor_are_those_that_follow_in_the_order(
            String order, String sequence, String cursor, boolean strict, String rows) {
        String keys = Stream.of(order.split(";"))
                .map(key -> "{'field':'" + key.split(":")[0] + "','sort':'" + key.split(":")[1] + "'}")
                .collect(Collectors.joining(","));
        String entries = Stream.of(cursor.split(";"))
                .map(entry -> entry.split("="))
                .map(entry -> "{'field':'" + entry[0] + "','value':"
                        + (entry[1].equals("null")
                                ? "{'NullValue':{}}"
                                : entry[0].equals("i")
                                        ? "{'Int64Value':{'value':" + entry[1] + "}}"
                                        : "{'StringValue':{'value':'" + entry[1] + "'}}")
                        + "}")
                .collect(Collectors.joining(","));
        QuerySpec query = QueryJson.read(Json.object(
                "query",
                ("{'order':[" + keys + "],'cursor':[" + entries + "],'strict_after':" + strict + "}")
                        .replace('\'', '"')));
        Keyset keyset = new Keyset(NAMES);
        assertThat(items.fromQuery("q", "row").orderBy(keyset.order(query)).get().stream()
                        .map(item -> item.data().text("n"))
                        .collect(Collectors.joining()))
                .isEqualTo(sequence);
        assertThat(found(keyset.after(query))).isEqualTo(rows);
    }
}
