package dev.korm.jdbc.sql.text;

import dev.korm.spi.query.JsonPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Paths as SQLite and PostgreSQL spell them, such as {@code $."key"[0]}; every key stands in quotes, so any text can be one. */
public final class JsonPathText {
    private JsonPathText() {}

    public static String print(JsonPath path) {
        StringBuilder text = new StringBuilder("$");
        for (JsonPath.Step step : path.steps()) {
            if (step instanceof JsonPath.Member member) {
                if (member.key().indexOf('\0') >= 0) {
                    throw new RenderException("A member's key holds no NUL");
                }
                String key = member.key().replace("\\", "\\\\").replace("\"", "\\\"");
                text.append(".\"").append(key).append('"');
            } else if (step instanceof JsonPath.Entry entry) {
                text.append('[').append(entry.index()).append(']');
            }
        }
        return text.toString();
    }

    /** Reads what {@link #print} wrote; empty when it is something else. */
    public static Optional<JsonPath> parse(String text) {
        List<JsonPath.Step> steps = new ArrayList<>();
        int position = 1;
        while (position < text.length()) {
            int end;
            if (text.startsWith(".\"", position)) {
                end = endOfKey(text, position + 2);
                if (end < 0) {
                    return Optional.empty();
                }
                String key = text.substring(position + 2, end);
                steps.add(new JsonPath.Member(key.replace("\\\"", "\"").replace("\\\\", "\\")));
            } else {
                end = text.indexOf(']', position);
                if (text.charAt(position) != '[' || end < 0) {
                    return Optional.empty();
                }
                steps.add(new JsonPath.Entry(Integer.parseInt(text.substring(position + 1, end))));
            }
            position = end + 1;
        }
        JsonPath path = new JsonPath(steps);
        return print(path).equals(text) ? Optional.of(path) : Optional.empty();
    }

    private static int endOfKey(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                return i;
            }
        }
        return -1;
    }
}
