package dev.korm.spi.query;

import java.util.List;

/** A way into one place of a JSON value: member keys and array positions, without wildcards. */
public record JsonPath(List<Step> steps) {
    /** The JSON value itself. */
    public static final JsonPath ROOT = new JsonPath(List.of());

    public JsonPath {
        steps = List.copyOf(steps);
    }

    /** One step down. */
    public sealed interface Step {}

    /** To the member of an object; any text is a key. */
    public record Member(String key) implements Step {}

    /** To the entry of an array, counted from 0. */
    public record Entry(int index) implements Step {}

    public boolean isRoot() {
        return steps.isEmpty();
    }
}
