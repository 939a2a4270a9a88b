package dev.korm.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.korm.gateway.query.CallBuffers.Answer;
import dev.korm.gateway.query.CallBuffers.Call;
import dev.korm.gateway.wire.Json;
import dev.korm.gateway.wire.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** Calls and answers in FlatBuffers, as the original's own code wrote them, mean what their JSON means, and go there and back through ours. */
class BinaryCallsTest {
    private static List<JsonNode> vectors(String of) {
        try (InputStream file = BinaryCallsTest.class.getResourceAsStream("/dev/korm/gateway/vectors.json")) {
            JsonNode all = Json.object("vectors", new String(file.readAllBytes(), StandardCharsets.UTF_8));
            return StreamSupport.stream(all.get(of).spliterator(), false).toList();
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private static byte[] bytes(JsonNode vector) {
        return Base64.getDecoder().decode(vector.get("base64").stringValue());
    }

    @TestFactory
    List<DynamicTest> a_binary_call_is_the_call_of_its_json() {
        return vectors("requests").stream()
                .map(vector -> DynamicTest.dynamicTest(vector.get("method").stringValue(), () -> {
                    Call call = CallBuffers.call(bytes(vector));
                    JsonNode json = vector.get("json");
                    assertThat(call.replyTopic()).isEqualTo("sql.rpc.responses.ws.test");
                    assertThat(call.correlation()).startsWith("corr-");
                    assertThat(call.method()).isEqualTo(vector.get("method").stringValue());
                    assertThat(call.company()).isEqualTo(json.get("companyId").stringValue());
                    assertThat(call.table()).isEqualTo(json.get("tableName").stringValue());
                    json.forEachEntry((name, value) -> {
                        if (call.payload().has(name) && value.isString()) {
                            assertThat(call.payload().get(name)).isEqualTo(value);
                        }
                    });
                    if (call.query().isPresent()) {
                        QuerySpec expected = QueryJson.read(json.get("query"));
                        assertThat(call.query().get().filter()).isEqualTo(expected.filter());
                        assertThat(call.query().get().order()).isEqualTo(expected.order());
                        assertThat(call.query().get().limit()).isEqualTo(2);
                        assertThat(call.query().get().strictAfter()).isFalse();
                    }
                    assertThat(CallBuffers.call(CallBuffers.write(call)).payload())
                            .isEqualTo(again(call).payload());
                    assertThat(again(call).query()).isEqualTo(call.query());
                }))
                .toList();
    }

    private static Call again(Call call) {
        return CallBuffers.call(CallBuffers.write(call));
    }

    @TestFactory
    List<DynamicTest> a_binary_answer_is_the_answer_of_its_json() {
        return vectors("responses").stream()
                .map(vector -> DynamicTest.dynamicTest(vector.get("json").toString(), () -> {
                    Answer answer = CallBuffers.answer(bytes(vector));
                    assertThat(answer.correlation()).isEqualTo("corr-r");
                    JsonNode json = vector.get("json");
                    if (json.has("error")) {
                        assertThat(answer.error()).contains("unknown table");
                        assertThat(answer.badRequest()).isTrue();
                    } else if (json.has("cursor")) {
                        assertThat(answer.data().get("cursor")).isEqualTo(json.get("cursor"));
                        assertThat(answer.data().get("rows").get(0).toString()).isEqualTo("{\"id\":\"1\"}");
                    } else if (json.has("rows")) {
                        assertThat(answer.data().get(1).get("n").longValue()).isEqualTo(9_007_199_254_740_993L);
                    } else if (json.has("value")) {
                        assertThat(answer.data().booleanValue()).isTrue();
                    } else {
                        assertThat(answer.data().get("id").stringValue()).isEqualTo("42");
                    }
                    assertThat(CallBuffers.answer(CallBuffers.write(answer))).isEqualTo(answer);
                }))
                .toList();
    }

    @Test
    void aggregates_are_texts_with_every_digit() {
        Answer answer = Answer.of(
                "c",
                Json.object(
                        "aggregates",
                        "{\"count\":3,\"sumValues\":[{\"key\":\"n\",\"value\":\"9007199254740993.5\"}],\"avgValues\":[],"
                                + "\"minimumValues\":[{\"key\":\"n\",\"value\":null}],\"maximumValues\":[]}"));
        assertThat(CallBuffers.answer(CallBuffers.write(answer)).data().toString())
                .isEqualTo(answer.data().toString());
    }

    @TestFactory
    List<DynamicTest> a_query_that_is_written_is_read_as_it_was() {
        return BinaryQueriesTest.vectors().stream()
                .map(vector ->
                        DynamicTest.dynamicTest(vector.get("json").get("hash").stringValue(), () -> {
                            QuerySpec query =
                                    QueryBuffers.read(vector.get("base64").stringValue());
                            assertThat(QueryBuffers.read(QueryBuffers.write(query)))
                                    .isEqualTo(query);
                        }))
                .toList();
    }

    /** A definition has a name, columns with their constraints, and types, comments and options that say nothing here. */
    @Test
    void a_table_that_is_to_be_made_is_read() {
        FlatBufferBuilder out = new FlatBufferBuilder(128);
        int[] columns = new int[2];
        for (int each = 0; each < columns.length; each++) {
            int name = out.createString("c" + each);
            out.startVector(1, 1, 1);
            out.addByte((byte) each);
            int constraints = out.endVector();
            out.startTable(5);
            out.addOffset(0, name, 0);
            out.addByte(1, (byte) 31, 0);
            out.addBoolean(2, true, false);
            out.addOffset(3, constraints, 0);
            columns[each] = out.endTable();
        }
        out.startVector(4, 2, 4);
        out.addOffset(columns[1]);
        out.addOffset(columns[0]);
        int all = out.endVector();
        int name = out.createString("cars");
        int comment = out.createString("of Bedrock");
        out.startTable(4);
        out.addOffset(0, name, 0);
        out.addOffset(1, all, 0);
        out.addOffset(2, comment, 0);
        int definition = out.endTable();
        int company = out.createString("acme");
        out.startTable(2);
        out.addOffset(0, company, 0);
        out.addOffset(1, definition, 0);
        int payload = out.endTable();
        int correlation = out.createString("corr-1");
        int replies = out.createString("replies");
        out.startTable(5);
        out.addOffset(0, correlation, 0);
        out.addOffset(1, replies, 0);
        out.addByte(2, (byte) 5, 0);
        out.addByte(3, (byte) 6, 0);
        out.addOffset(4, payload, 0);
        out.finish(out.endTable());
        Call call = CallBuffers.call(out.sizedByteArray());
        assertThat(List.of(call.method(), call.company(), call.table()))
                .containsExactly("CREATE_TABLE", "acme", "cars");
        assertThat(call.payload().get("definition").toString())
                .isEqualTo("{\"name\":\"cars\",\"columns\":[{\"name\":\"c0\",\"constraints\":[\"primaryKey\"]},"
                        + "{\"name\":\"c1\",\"constraints\":[\"other\"]}]}");
    }

    @Test
    void what_has_no_slot_is_refused() {
        for (String value : List.of("{\"RangeValue\":{}}", "{\"NumberValue\":{\"value\":0.1234567890123456789}}")) {
            QuerySpec query = QueryJson.read(Json.object(
                    "query",
                    "{\"wrapper\":{\"filters\":[{\"field_name\":\"n\",\"filter_type\":\"equals\",\"value\":" + value
                            + "}]}}"));
            assertThatThrownBy(() -> QueryBuffers.write(query))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("has no place in a binary query");
        }
    }

    @Test
    void no_bytes_of_a_call_do_harm() {
        long seed = Long.getLong("korm.seed", System.nanoTime());
        Random random = new Random(seed);
        List<JsonNode> vectors = vectors("requests");
        for (int turn = 0; turn < 20_000; turn++) {
            byte[] bytes = bytes(vectors.get(random.nextInt(vectors.size())));
            for (int broken = 0; broken < 1 + random.nextInt(3); broken++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                CallBuffers.call(bytes);
            } catch (RefusedException refused) {
                assertThat(refused).as("-Dkorm.seed=%d", seed).hasMessageNotContaining("Exception");
            }
        }
    }
}
