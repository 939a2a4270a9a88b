package dev.korm.gateway.kafka;

import dev.korm.gateway.wire.Json;
import dev.korm.gateway.wire.RefusedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * A change of a query's rows, as a record of a topic.
 *
 * @param key the routing key
 * @param lsn its version; greater than those of the changes before it
 * @param before the version that the list must have before it; empty where whoever made it does not say
 * @param reset whether it says no more than that the rows are to be read anew
 * @param event the event of a row, as JSON text; empty for a change in binary form
 * @param bytes the record's value
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and never changed.
record Change(String key, long lsn, Optional<Long> before, boolean reset, Optional<String> event, byte[] bytes) {
    private static final List<String> LSN_HEADERS = List.of("lsn", "LSN", "__lsn");
    static final String LSN = "lsn";
    private static final String BEFORE = "before";
    private static final String RESET = "reset";

    /**
     * Reads the record of an event of a row.
     *
     * @throws RefusedException when it is none
     */
    static Change ofRow(ConsumerRecord<String, byte[]> record) {
        String text = new String(record.value(), StandardCharsets.UTF_8);
        JsonNode event = Json.object("row event", text);
        String key = Json.text(event, record.key(), "routingKey");
        long lsn = lsn(record).orElseGet(() -> number(event, LSN).orElse(0L));
        if (key == null || lsn <= 0) {
            throw RefusedException.bad("A row event has no routing key, or no lsn");
        }
        return new Change(
                key,
                lsn,
                number(event, BEFORE),
                RESET.equals(Json.text(event, "", "kind")),
                Optional.of(text),
                record.value());
    }

    /**
     * Reads the record of a change in binary form.
     *
     * @throws RefusedException when it is none
     */
    static Change ofPage(ConsumerRecord<String, byte[]> record) {
        if (record.key() == null || record.value() == null) {
            throw RefusedException.bad("A page diff has no key, or no value");
        }
        long lsn = lsn(record).orElseThrow(() -> RefusedException.bad("A page diff has no header \"lsn\""));
        return new Change(record.key(), lsn, Optional.empty(), false, Optional.empty(), record.value());
    }

    /** Returns the value of a record that tells an event. */
    static byte[] row(String key, String event, long before) {
        return ("{\"routingKey\":" + StringNode.valueOf(key) + ",\"before\":\"" + before + "\"," + event.substring(1))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the value of a record that says to read the rows anew. */
    static byte[] reset(String key, long lsn) {
        return Json.MAPPER
                .createObjectNode()
                .put("routingKey", key)
                .put("kind", RESET)
                .put("needFetch", true)
                .put(LSN, Long.toString(lsn))
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Optional<Long> number(JsonNode event, String name) {
        String text = Json.text(event, null, name);
        return text == null ? Optional.empty() : Optional.of(parsed(text));
    }

    private static Optional<Long> lsn(ConsumerRecord<String, byte[]> record) {
        for (String name : LSN_HEADERS) {
            Header header = record.headers().lastHeader(name);
            if (header != null) {
                return Optional.of(parsed(new String(header.value(), StandardCharsets.UTF_8)));
            }
        }
        return Optional.empty();
    }

    private static long parsed(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException noNumber) {
            throw RefusedException.bad("The lsn of a record is no whole number of 64 bits");
        }
    }
}
