package dev.korm.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.Korm;
import dev.korm.Password;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.access.Authenticator;
import dev.korm.gateway.access.Right;
import dev.korm.gateway.access.TableRule;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The methods of clients, and that none of them reaches a row that is not the client's. */
@Timeout(60)
class CallsTest {
    private static TestGateway world;
    private TestClient fred;
    private TestClient other;

    @BeforeAll
    static void start() {
        world = new TestGateway();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @BeforeEach
    void connect() {
        Korm.item(Document.class, world.pool)
                .fromQuery(TestGateway.TODOS)
                .where(dev.korm.Filter.everything())
                .deleteAll();
        fred = world.client("acme", "fred");
        other = world.client("other", "olga");
    }

    @AfterEach
    void disconnect() {
        fred.close();
        other.close();
    }

    private String add(TestClient client, String row) {
        return client.data("ADD_SINGLE", "todos", "{'data':" + row + "}")
                .get("id")
                .stringValue();
    }

    private String error(JsonNode result) {
        assertThat(result.get("ok").booleanValue()).as("%s", result).isFalse();
        return result.get("error").stringValue();
    }

    @Test
    void a_row_is_added_read_changed_and_deleted() {
        JsonNode added = fred.data("ADD_SINGLE", "todos", "{'data':{'text':'buy milk','n':9007199254740993}}");
        String id = added.get("id").stringValue();
        assertThat(added.get("tenant").stringValue()).isEqualTo("acme");
        assertThat(added.get("n").longValue()).isEqualTo(9007199254740993L);
        assertThat(fred.data("GET_SINGLE", "todos", "{'primaryId':'" + id + "'}"))
                .isEqualTo(added);
        JsonNode changed = fred.data(
                "UPDATE_SINGLE",
                "todos",
                "{'primary_key_column':'id','primary_id':'" + id
                        + "','updates_json':'{\\'text\\':null,\\'done\\':true}'}".replace("\\'", "\\\""));
        assertThat(changed.get("done").booleanValue()).isTrue();
        assertThat(changed.get("n").longValue()).isEqualTo(9007199254740993L);
        assertThat(changed.path("text").asString("")).isEmpty();
        assertThat(fred.data("DELETE_ROW", "todos", "{'primaryId':'" + id + "'}")
                        .booleanValue())
                .isTrue();
        assertThat(fred.data("GET_SINGLE", "todos", "{'primaryId':'" + id + "'}")
                        .isNull())
                .isTrue();
        assertThat(error(fred.call("DELETE_ROW", "todos", "{'primaryId':'" + id + "'}")))
                .isEqualTo("There is no such row");
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @CsvSource({
        "row, primaryId, updates",
        "row_json, primary_id, updates_json",
        "rowJson, primaryId, updatesJson",
        "data, primary_id, updates",
    })
    void names_come_in_either_spelling(String row, String id, String updates) {
        String text = "'{\\'text\\':\\'%s\\'}'".replace("\\'", "\\\"");
        String key = fred.data("ADD_SINGLE", "todos", "{'" + row + "':" + text.formatted("a") + "}")
                .get("id")
                .stringValue();
        assertThat(fred.data(
                                "UPDATE_SINGLE",
                                "todos",
                                "{'" + id + "':'" + key + "','" + updates + "':" + text.formatted("b") + "}")
                        .get("text")
                        .stringValue())
                .isEqualTo("b");
        assertThat(fred.data("GET_SINGLE", "todos", "{'" + id + "':'" + key + "'}")
                        .get("text")
                        .stringValue())
                .isEqualTo("b");
        assertThat(fred.data("DELETE_ROW", "todos", "{'" + id + "':'" + key + "'}")
                        .booleanValue())
                .isTrue();
        assertThat(fred.data(
                                "CREATE_TABLE",
                                "open",
                                "{'" + (row.contains("_") ? "definition_json" : "definition") + "':{'name':'open'}}")
                        .booleanValue())
                .isTrue();
    }

    @Test
    void a_row_may_bring_its_id() {
        String id = UUID.randomUUID().toString();
        assertThat(add(fred, "{'id':'" + id + "','text':'a'}")).isEqualTo(id);
        assertThat(error(fred.call("ADD_SINGLE", "todos", "{'data':{'id':'" + id + "','text':'b'}}")))
                .contains(id);
        assertThat(error(fred.call("ADD_SINGLE", "todos", "{'data':{'id':'42'}}")))
                .contains("UUID of version 4");
    }

    @Test
    void rows_come_by_limit_and_offset_or_by_a_query_with_a_cursor() {
        for (int n = 1; n <= 5; n++) {
            add(fred, "{'n':" + n + "}");
        }
        assertThat(fred.data("GET_DATA", "todos", "{}")).hasSize(5);
        assertThat(fred.data("GET_DATA", "todos", "{'limit':2,'offset':4}")).hasSize(1);
        String query = "{'order':[{'field':'n','sort':'ASC_DEFAULT'}],'limit':2%s}";
        JsonNode page = fred.data("GET_DATA", "todos", query.formatted(""));
        assertThat(page.get("rows").get(1).get("n").intValue()).isEqualTo(2);
        assertThat(page.get("cursor").get("n").stringValue()).isEqualTo("2");
        String behind = query.formatted(",'cursor':[{'field':'n','value':{'Int64Value':{'value':'2'}}}]");
        assertThat(fred.data("GET_DATA", "todos", behind)
                        .get("rows")
                        .get(0)
                        .get("n")
                        .intValue())
                .isEqualTo(3);
        JsonNode same = fred.data("GET_DATA", "todos", "{'queryJson':'" + behind.replace("'", "\\\"") + "'}");
        assertThat(same.get("rows").get(0).get("n").intValue()).isEqualTo(3);
    }

    @Test
    void five_hundred_rows_come_where_no_limit_is_said() {
        Korm.createAll(IntStream.rangeClosed(1, 501)
                .mapToObj(n -> Korm.item(Document.class, world.pool)
                        .fromData(TestGateway.TODOS, Document.of(Map.of("tenant", "acme", "n", n))))
                .toList());
        assertThat(fred.data("GET_DATA", "todos", "{}")).hasSize(500);
        assertThat(fred.data("GET_DATA", "todos", "{'limit':501}")).hasSize(501);
    }

    @Test
    void aggregates_are_exact_texts() {
        add(fred, "{'n':9007199254740993,'t':'x'}");
        add(fred, "{'n':1,'t':'y'}");
        add(other, "{'n':5}");
        JsonNode answer = fred.data(
                "RUN_AGGREGATION",
                "todos",
                "{'countEnabled':true,'sum_fields':['n'],'averageFields':['n'],'minimumFields':['n','t'],'maximumFields':['n'],"
                        + "'wrapper':{'field_name':'n','filter_type':'greaterThan','value':{'NumberValue':{'value':0}}}}");
        assertThat(answer.get("count").intValue()).isEqualTo(2);
        assertThat(answer.get("sumValues").get(0).get("value").stringValue()).isEqualTo("9007199254740994");
        assertThat(answer.get("minimumValues").get(1).get("value").stringValue())
                .isEqualTo("x");
        assertThat(answer.get("maximumValues").get(0).get("key").stringValue()).isEqualTo("n");
        assertThat(error(fred.call("RUN_AGGREGATION", "todos", "{}"))).contains("Nothing is to be aggregated");
    }

    @Test
    void a_tenant_sees_and_changes_its_own_rows_alone() {
        String id = add(fred, "{'text':'mine'}");
        assertThat(other.data("GET_DATA", "todos", "{}")).isEmpty();
        assertThat(other.data("GET_SINGLE", "todos", "{'primaryId':'" + id + "'}")
                        .isNull())
                .isTrue();
        assertThat(error(other.call("UPDATE_SINGLE", "todos", "{'primaryId':'" + id + "','updates':{'text':'x'}}")))
                .isEqualTo("There is no such row");
        assertThat(error(other.call("DELETE_ROW", "todos", "{'primaryId':'" + id + "'}")))
                .isEqualTo("There is no such row");
        assertThat(error(other.call("ADD_SINGLE", "todos", "{'data':{'tenant':'acme'}}")))
                .contains("policy does not allow");
        assertThat(error(
                        fred.call("UPDATE_SINGLE", "todos", "{'primaryId':'" + id + "','updates':{'tenant':'other'}}")))
                .contains("policy does not allow");
        assertThat(error(fred.call("UPDATE_SINGLE", "todos", "{'primaryId':'" + id + "','updates':{'tenant':null}}")))
                .contains("policy does not allow");
        String everything = "{'wrapper':{'filter_wrapper_type':'or','filters':["
                + "{'field_name':'tenant','filter_type':'isNotNull'},{'field_name':'tenant','filter_type':'isNull'}]}}";
        assertThat(other.data("GET_DATA", "todos", everything).get("rows")).isEmpty();
        assertThat(other.data("RUN_AGGREGATION", "todos", "{'countEnabled':true}")
                        .get("count")
                        .intValue())
                .isZero();
        assertThat(fred.data("GET_SINGLE", "todos", "{'primaryId':'" + id + "'}")
                        .get("text")
                        .stringValue())
                .isEqualTo("mine");
    }

    @Test
    void a_company_that_is_not_the_tenant_is_refused() {
        assertThat(error(fred.call("GET_DATA", "todos", "{'companyId':'other'}")))
                .contains("not the tenant");
        fred.send("{'op':'rpc','method':'GET_DATA','companyId':'other','table':'todos','correlationId':'c'}");
        assertThat(error(fred.op("rpcResult"))).contains("not the tenant");
        assertThat(fred.data("GET_DATA", "todos", "{'companyId':'acme'}")).isEmpty();
    }

    @Test
    void a_filter_of_the_policy_holds_before_and_after_a_change() {
        JsonNode mine = fred.data("ADD_SINGLE", "mine", "{'row':{'tenant':'acme','owner':'fred'}}");
        String id = mine.get("id").stringValue();
        assertThat(error(fred.call("ADD_SINGLE", "mine", "{'row':{'tenant':'acme','owner':'wilma'}}")))
                .contains("policy");
        assertThat(error(fred.call("UPDATE_SINGLE", "mine", "{'primaryId':'" + id + "','updates':{'owner':'wilma'}}")))
                .contains("policy");
        assertThat(error(fred.call("DELETE_ROW", "mine", "{'primaryId':'" + id + "'}")))
                .contains("DELETE");
        assertThat(fred.data("GET_SINGLE", "mine", "{'primaryId':'" + id + "'}")
                        .get("owner")
                        .stringValue())
                .isEqualTo("fred");
    }

    @Test
    void a_hidden_field_is_nowhere() {
        Korm.item(Document.class, world.pool)
                .fromData(TestGateway.TODOS, Document.of(Map.of("tenant", "acme", "secret", "s3", "text", "t")))
                .create();
        JsonNode row = fred.data("GET_DATA", "todos", "{}").get(0);
        assertThat(row.has("secret")).isFalse();
        String id = row.get("id").stringValue();
        String field = "'field_name':'secret','filter_type':'startsWith','value':{'StringValue':{'value':'s'}}";
        assertThat(error(fred.call("GET_DATA", "todos", "{'wrapper':{" + field + "}}")))
                .contains("no field");
        assertThat(error(fred.call("GET_DATA", "todos", "{'order':[{'field':'secret'}]}")))
                .contains("no field");
        assertThat(error(fred.call("RUN_AGGREGATION", "todos", "{'minimumFields':['secret']}")))
                .contains("no field");
        assertThat(error(fred.call("UPDATE_SINGLE", "todos", "{'primaryId':'" + id + "','updates':{'secret':'x'}}")))
                .contains("no field");
        assertThat(error(fred.call("GET_SINGLE", "todos", "{'primaryKeyColumn':'secret','primaryId':'s3'}")))
                .contains("no field");
    }

    @Test
    void a_path_through_a_reference_tells_nothing_of_other_collections() {
        Rn<Document> user = Korm.item(Document.class, world.pool)
                .fromData("todo", "user", Document.of(Map.of("password", "pw")))
                .create()
                .rn();
        Korm.item(Document.class, world.pool)
                .fromData(TestGateway.TODOS, Document.of(Map.of("tenant", "acme", "author", user)))
                .create();
        String field =
                "'field_name':'author.password','filter_type':'startsWith','value':{'StringValue':{'value':'p'}}";
        assertThat(error(fred.call("GET_DATA", "todos", "{'wrapper':{" + field + "}}")))
                .contains("not opened");
        String key = "'field_name':'author','filter_type':'jsonHasKey','value':{'StringValue':{'value':'password'}}";
        assertThat(error(fred.call("GET_DATA", "todos", "{'wrapper':{" + key + "}}")))
                .contains("not opened");
        assertThat(error(fred.call("GET_DATA", "todos", "{'order':[{'field':'author.password'}]}")))
                .contains("not opened");
        assertThat(error(fred.call("RUN_AGGREGATION", "todos", "{'minimumFields':['author.password']}")))
                .contains("not opened");
    }

    @ParameterizedTest
    @CsvSource({
        "unknown,GET_DATA,no such table",
        "nothing,GET_DATA,no such table",
        "'',GET_DATA,missing",
        "seen,ADD_SINGLE,does not allow ADD",
        "seen,UPDATE_SINGLE,does not allow UPDATE",
        "seen,DELETE_ROW,does not allow DELETE",
        "todos,CREATE_TABLE,does not allow CREATE_TABLE",
        "todos,DROP_TABLE,Unknown RPC method",
        "todos,GET_SINGLE,missing",
        "todos,ADD_SINGLE,not a JSON object",
    })
    void what_is_not_allowed_is_refused(String table, String method, String why) {
        assertThat(error(fred.call(method, table, "{}"))).contains(why);
    }

    @Test
    void a_client_sets_the_fields_that_it_may_and_makes_no_new_ones() {
        JsonNode row = fred.data("ADD_SINGLE", "strict", "{'data':{'text':'t','tenant':'acme'}}");
        String update = "{'primaryId':'" + row.get("id").stringValue() + "','updates':{'%s':1}}";
        assertThat(error(fred.call("ADD_SINGLE", "strict", "{'data':{'text':'t','role':'admin'}}")))
                .contains("does not allow to set the field \"role\"");
        assertThat(error(fred.call("UPDATE_SINGLE", "strict", update.formatted("role"))))
                .contains("\"role\"");
        assertThat(error(fred.call("UPDATE_SINGLE", "strict", update.formatted("tenant"))))
                .contains("\"tenant\"");
        assertThatThrownBy(() -> AccessPolicy.builder()
                        .table("t", TableRule.of(TestGateway.TODOS).allRows().allow(Right.ADD)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("which fields");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "1e-999999999", "-1E+2000"})
    void a_number_that_is_short_here_and_long_elsewhere_is_refused(String number) {
        assertThat(error(fred.call("ADD_SINGLE", "todos", "{'data':{'n':" + number + "}}")))
                .contains("1000 digits");
        assertThat(error(fred.call("GET_DATA", "todos", "{'limit':" + number + "}")))
                .contains("1000 digits");
        String filter = "{'wrapper':{'field_name':'n','filter_type':'equals','value':{'%s':{'value':" + number + "}}}}";
        assertThat(error(fred.call("GET_DATA", "todos", filter.formatted("NumberValue"))))
                .contains("1000 digits");
        assertThat(error(fred.call("GET_DATA", "todos", filter.formatted("Int64Value"))))
                .contains("1000 digits");
    }

    @Test
    void a_filter_without_end_is_refused() {
        String condition = "{'field_name':'n','filter_type':'isNull'}";
        assertThat(error(fred.call(
                        "GET_DATA",
                        "todos",
                        "{'wrapper':{'filter_wrapper_type':'or','filters':["
                                + String.join(",", Collections.nCopies(501, condition)) + "]}}")))
                .contains("more than 500 conditions");
        assertThat(error(fred.call(
                        "GET_DATA",
                        "todos",
                        "{'wrapper':{'field_name':'n','filter_type':'inList','value':{'Int64List':{'values':["
                                + String.join(",", Collections.nCopies(5001, "1")) + "]}}}}")))
                .contains("more than 5000 values");
    }

    @Test
    void sealed_values_and_passwords_are_no_plain_text() {
        record Account(String tenant, Encrypted<String> iban, Password password) {}
        try (Pool pool = Korm.pool()
                        .layer("main", Sqlite.memory())
                        .keys(KeyRing.of("k", Map.of("k", new byte[32])))
                        .open();
                Gateway gateway = Gateway.builder(pool)
                        .authenticator(Authenticator.anonymous("acme"))
                        .policy(AccessPolicy.builder()
                                .table(
                                        "accounts",
                                        TableRule.of(Rn.collection("bank", "account"))
                                                .allRows()
                                                .allow(Right.READ))
                                .build())
                        .host("127.0.0.1")
                        .port(0)
                        .start();
                TestClient client = TestClient.connect(gateway.port())) {
            Korm.item(Account.class, pool)
                    .fromData("bank", "account", new Account("acme", Encrypted.of("DE1234"), Password.hash("pw")))
                    .create();
            JsonNode row = client.data("GET_DATA", "accounts", "{}").get(0);
            assertThat(row.toString()).doesNotContain("DE1234", "argon2", "$argon");
        }
    }

    @Test
    void a_table_exists_for_those_who_may_use_it() {
        assertThat(fred.data("TABLE_EXISTS", "todos", "{}").booleanValue()).isTrue();
        assertThat(fred.data("TABLE_EXISTS", "nothing", "{}").booleanValue()).isFalse();
        assertThat(fred.data("TABLE_EXISTS", "", "{'tableName':'todos'}").booleanValue())
                .isTrue();
    }

    @Test
    void a_table_is_made_where_the_policy_allows_it() {
        String columns = "{'definition':{'name':'open','columns':[{'name':'id','constraints':['%s']}]}}";
        assertThat(fred.data("CREATE_TABLE", "", columns.formatted("primaryKey"))
                        .booleanValue())
                .isTrue();
        assertThat(error(fred.call("CREATE_TABLE", "open", columns.formatted("unique"))))
                .contains("Constraints");
    }
}
