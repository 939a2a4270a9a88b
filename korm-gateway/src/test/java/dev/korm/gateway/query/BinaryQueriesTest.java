package dev.korm.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.korm.gateway.wire.Json;
import dev.korm.gateway.wire.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** Queries in FlatBuffers, as the original's own encoder wrote them, mean what their JSON means; no bytes do harm. */
class BinaryQueriesTest {
    static List<JsonNode> vectors() {
        try (InputStream file = BinaryQueriesTest.class.getResourceAsStream("/dev/korm/gateway/vectors.json")) {
            JsonNode all = Json.object("vectors", new String(file.readAllBytes(), StandardCharsets.UTF_8));
            return StreamSupport.stream(all.get("queries").spliterator(), false).toList();
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    @TestFactory
    List<DynamicTest> a_binary_query_is_the_query_of_its_json() {
        return vectors().stream()
                .map(vector ->
                        DynamicTest.dynamicTest(vector.get("json").get("hash").stringValue(), () -> assertThat(
                                        QueryBuffers.read(vector.get("base64").stringValue()))
                                .isEqualTo(QueryJson.read(Json.object(
                                        "query",
                                        // The original's encoder leaves modifiers out.
                                        vector.get("json")
                                                .toString()
                                                .replace(",\"modifier\":{\"case_insensitive\":true}", ""))))))
                .toList();
    }

    /** The vectors have every other operator; the numbers of the others are here. */
    @Test
    void each_operator_has_its_number() {
        List<String> numbered = List.of(
                ("equals notEquals lessThan lessThanOrEquals greaterThan greaterThanOrEquals isNull isNotNull regex notRegex startsWith endsWith contains notContains"
                                + " arrayContains arrayContainedBy arrayOverlaps arrayEquals arrayNotEquals arrayEmpty arrayNotEmpty arrayLength jsonContains"
                                + " jsonContainedBy jsonHasKey jsonHasAnyKey jsonHasAllKeys jsonGetField jsonGetFieldAsText between notBetween rangeContains"
                                + " rangeContainedBy inList notInList")
                        .split(" "));
        assertThat(Stream.of(FilterType.values()).map(FilterType::word)).isEqualTo(numbered);
        for (int number = 0; number < numbered.size(); number++) {
            assertThat(only(operator(number)).type().word()).isEqualTo(numbered.get(number));
        }
        assertThatThrownBy(() -> only(operator(numbered.size())))
                .as("left out, more rows would come")
                .isInstanceOf(RefusedException.class);
    }

    private static QuerySpec.Basic only(byte[] query) {
        QuerySpec.Wrapper all =
                (QuerySpec.Wrapper) QueryBuffers.read(query).filter().orElseThrow();
        return (QuerySpec.Basic) all.parts().get(0);
    }

    /** Returns a query with one filter that compares with null, which the original's encoder cannot say. */
    private static byte[] operator(int number) {
        FlatBufferBuilder out = new FlatBufferBuilder(64);
        int field = out.createString("f");
        out.startTable(0);
        int nothing = out.endTable();
        out.startTable(5);
        out.addOffset(0, field, 0);
        out.addByte(1, (byte) 4, 0);
        out.addOffset(2, nothing, 0);
        out.addByte(3, (byte) number, 0);
        int basic = out.endTable();
        out.startVector(4, 1, 4);
        out.addOffset(basic);
        int parts = out.endVector();
        out.startVector(1, 1, 1);
        out.addByte((byte) 2);
        int types = out.endVector();
        out.startTable(3);
        out.addByte(0, (byte) 1, 0);
        out.addOffset(1, types, 0);
        out.addOffset(2, parts, 0);
        int wrapper = out.endTable();
        out.startTable(6);
        out.addOffset(1, wrapper, 0);
        out.finish(out.endTable());
        return out.sizedByteArray();
    }

    @Test
    void slots_that_no_vector_has_are_read() {
        FlatBufferBuilder out = new FlatBufferBuilder(64);
        int field = out.createString("at");
        out.startTable(2);
        out.addLong(0, 1_700_000_000L, 0);
        out.addByte(1, (byte) 0, 2);
        int time = out.endTable();
        out.startTable(3);
        out.addBoolean(0, true, false);
        out.addBoolean(1, true, false);
        int modifier = out.endTable();
        out.startTable(5);
        out.addOffset(0, field, 0);
        out.addByte(1, (byte) 6, 0);
        out.addOffset(2, time, 0);
        out.addByte(3, (byte) FilterType.GREATER_THAN.ordinal(), 0);
        out.addOffset(4, modifier, 0);
        int basic = out.endTable();
        out.startVector(1, 2, 1);
        out.addBoolean(false);
        out.addBoolean(true);
        int truths = out.endVector();
        out.startTable(1);
        out.addOffset(0, truths, 0);
        int list = out.endTable();
        out.startTable(5);
        out.addOffset(0, field, 0);
        out.addByte(1, (byte) 10, 0);
        out.addOffset(2, list, 0);
        out.addByte(3, (byte) FilterType.NOT_IN_LIST.ordinal(), 0);
        int second = out.endTable();
        out.startVector(4, 2, 4);
        out.addOffset(second);
        out.addOffset(basic);
        int parts = out.endVector();
        out.startVector(1, 2, 1);
        out.addByte((byte) 2);
        out.addByte((byte) 2);
        int types = out.endVector();
        out.startTable(3);
        out.addOffset(1, types, 0);
        out.addOffset(2, parts, 0);
        int wrapper = out.endTable();
        out.startTable(6);
        out.addOffset(1, wrapper, 0);
        out.addInt(2, 0, 50);
        out.finish(out.endTable());
        assertThat(QueryBuffers.read(out.sizedByteArray())).isEqualTo(QueryJson.read(Json.object("query", """
            {"limit":0,"wrapper":{"filter_wrapper_type":"or","filters":[
              {"field_name":"at","filter_type":"greaterThan","value":{"TimestampValue":{"epoch":1700000000,"unit":"SECONDS"}},
               "modifier":{"distinct":true,"case_insensitive":true}},
              {"field_name":"at","filter_type":"notInList","value":{"BoolList":{"values":[true,false]}}}]}}\
            """)));
    }

    @Test
    void bytes_that_were_altered_are_read_or_refused_and_nothing_else() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<byte[]> sound = vectors().stream()
                .map(vector -> Base64.getDecoder().decode(vector.get("base64").stringValue()))
                .toList();
        int refused = 0;
        for (int round = 0; round < 60_000; round++) {
            byte[] bytes = sound.get(random.nextInt(sound.size())).clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] =
                        (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(9) - 4);
            }
            try {
                QueryBuffers.read(
                        random.nextInt(9) == 0 ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
            } catch (RefusedException expected) {
                refused++;
            } catch (RuntimeException | Error other) {
                throw new AssertionError("seed " + seed + ", round " + round, other);
            }
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(1_000);
    }

    @Test
    void a_wrapper_that_holds_itself_is_refused() {
        // A table whose vtable stands before it, with a wrapper in slot 1 whose filters are one entry: itself.
        byte[] bytes = Base64.getDecoder().decode(vectors().get(1).get("base64").stringValue());
        java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        int root = buffer.getInt(0);
        int wrapper = follow(buffer, root, 1);
        int types = follow(buffer, wrapper, 1);
        buffer.put(types + 4, (byte) 1);
        int parts = follow(buffer, wrapper, 2);
        buffer.putInt(parts + 4, wrapper - (parts + 4));
        assertThatThrownBy(() -> QueryBuffers.read(bytes))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("nested deeper");
    }

    private static int follow(java.nio.ByteBuffer buffer, int table, int slot) {
        int vtable = table - buffer.getInt(table);
        int at = table + buffer.getShort(vtable + 4 + 2 * slot);
        return at + buffer.getInt(at);
    }
}
