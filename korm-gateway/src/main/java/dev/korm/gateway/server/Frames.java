package dev.korm.gateway.server;

import dev.korm.gateway.live.Subscriber.Row;
import dev.korm.gateway.wire.Json;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/** The frames of the server. */
final class Frames {
    private Frames() {}

    /** Returns a frame of the typed channel, which carries the time. */
    static String typed(String type, @Nullable JsonNode data) {
        ObjectNode frame = Json.MAPPER.createObjectNode();
        frame.put("type", type);
        if (data != null) {
            frame.set("data", data);
        }
        frame.put("timestamp", System.currentTimeMillis());
        return frame.toString();
    }

    static ObjectNode data() {
        return Json.MAPPER.createObjectNode();
    }

    static ObjectNode op(String op) {
        return Json.MAPPER.createObjectNode().put("op", op);
    }

    static String error(String code, @Nullable String hashId, String message) {
        ObjectNode frame = op("error").put("code", code);
        if (hashId != null) {
            frame.put("hashId", hashId);
        }
        return frame.put("message", message).toString();
    }

    static String result(String method, @Nullable String correlation, JsonNode data) {
        ObjectNode frame = op("rpcResult").put("method", method);
        if (correlation != null) {
            frame.put("correlationId", correlation);
        }
        frame.put("ok", true);
        frame.set("data", data);
        return frame.toString();
    }

    static String failure(String method, @Nullable String correlation, String code, String message) {
        ObjectNode frame = op("rpcResult").put("method", method);
        if (correlation != null) {
            frame.put("correlationId", correlation);
        }
        return frame.put("ok", false).put("code", code).put("error", message).toString();
    }

    static String snapshot(String hashId, long version, List<Row> rows) {
        ObjectNode frame = op("snapshot").put("hashId", hashId).put("version", 0);
        frame.putObject("cursor").put("lsn", Long.toString(version));
        ArrayNode all = frame.putArray("rows");
        rows.forEach(row -> all.addRawValue(new RawValue(row.json())));
        return frame.toString();
    }

    static String rangeIndex(String hashId, List<Row> rows) {
        ObjectNode frame = op("rangeIndex").put("hashId", hashId);
        ArrayNode ids = frame.putArray("pks");
        rows.forEach(row -> ids.add(row.id()));
        return frame.toString();
    }

    /** Returns a binary frame as the text that waits in its place where a client is slow. */
    static String diff(String hashId, byte[] diff) {
        return op("diffB64")
                .put("hashId", hashId)
                .put("b64", Base64.getEncoder().encodeToString(diff))
                .toString();
    }
}
