package dev.korm.kalam.live;

import dev.korm.kalam.error.KalamProtocolException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import okio.ByteString;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Readers of frames. */
final class Frames {
    private Frames() {}

    /** Returns the text of a compressed frame. */
    static String unzipped(ByteString frame, int limit) {
        try (GZIPInputStream content = new GZIPInputStream(new ByteArrayInputStream(frame.toByteArray()))) {
            byte[] bytes = content.readNBytes(limit);
            if (bytes.length == limit && content.read() >= 0) {
                throw new KalamProtocolException(
                        "A message is larger than " + limit + " bytes, the client's limit", false, null);
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new KalamProtocolException("A compressed message is broken", false, e);
        }
    }

    static JsonNode tree(String text, int limit) {
        if (text.length() > limit) {
            throw new KalamProtocolException(
                    "A message is larger than " + limit + " bytes, the client's limit", false, null);
        }
        try {
            JsonNode json = JsonMapper.shared().readTree(text);
            if (json != null && json.isObject()) {
                return json;
            }
        } catch (JacksonException e) {
            // Its text holds a piece of the message.
            throw new KalamProtocolException("A message is no JSON", false, null);
        }
        throw new KalamProtocolException("A message is no JSON object", false, null);
    }
}
