package dev.korm.gateway.query;

import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.gateway.wire.Json;
import dev.korm.gateway.wire.RefusedException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The condition that a field contains a piece of JSON: each member of an object at its place, each entry of a list among the entries. */
final class JsonContainment {
    private final FieldPath field;

    JsonContainment(FieldPath field) {
        this.field = field;
    }

    Filter filter(String json) {
        JsonNode piece;
        try {
            piece = Json.MAPPER.readTree(json);
        } catch (JacksonException broken) {
            throw RefusedException.bad("jsonContains needs a text of JSON");
        }
        return contains(field, piece);
    }

    private static Filter contains(FieldPath path, JsonNode piece) {
        if (piece.isNull() || piece.isMissingNode()) {
            throw RefusedException.unsupported("jsonContains is not answered for null, which counts as absent");
        }
        if (!piece.isContainer()) {
            return Filter.eq(path, Json.plain(piece));
        }
        if (piece.isEmpty()) {
            throw RefusedException.unsupported("jsonContains is not answered for an empty object or list");
        }
        List<Filter> parts = new ArrayList<>();
        if (piece.isObject()) {
            piece.forEachEntry((name, value) -> parts.add(contains(path.then(new FieldPath.Field(name)), value)));
        } else {
            for (JsonNode entry : piece) {
                if (entry.isContainer() || entry.isNull()) {
                    throw RefusedException.unsupported(
                            "jsonContains is not answered for objects, lists and nulls within a list");
                }
                parts.add(Filter.eq(path.each(), Json.plain(entry)));
            }
        }
        return Filter.and(parts.toArray(Filter[]::new));
    }
}
