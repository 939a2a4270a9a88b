package dev.korm.engine.read;

import dev.korm.Aggregate;
import dev.korm.FieldPath;
import dev.korm.Group;
import dev.korm.QueryException;
import java.util.Map;
import java.util.Optional;

/** A group's keys and aggregates. */
public record ItemGroup(Map<String, Optional<Object>> keys, Map<Aggregate, Optional<Object>> aggregates)
        implements Group {
    @Override
    public Optional<Object> key(String path) {
        Optional<Object> key = keys.get(FieldPath.parse(path).toString());
        if (key == null) {
            throw new QueryException(
                    "The items were grouped by " + String.join(", ", keys.keySet()) + ", not by " + path);
        }
        return key;
    }

    @Override
    public String text(String path) {
        return key(path).map(Object::toString).orElse("");
    }

    @Override
    public Optional<Object> get(Aggregate aggregate) {
        Optional<Object> value = aggregates.get(aggregate);
        if (value == null) {
            throw new QueryException("The aggregate " + aggregate + " was not selected; name it in select(…)");
        }
        return value;
    }

    @Override
    public Number number(Aggregate aggregate) {
        Object value = get(aggregate).orElse(0L);
        if (value instanceof Number number) {
            return number;
        }
        throw new QueryException("The aggregate " + aggregate + " is not a number; read it with get(…)");
    }

    @Override
    public long count() {
        return number(Aggregate.count()).longValue();
    }

    /** Returns the names of keys and aggregates; never the data. */
    @Override
    public String toString() {
        return "Group by " + String.join(", ", keys.keySet());
    }
}
