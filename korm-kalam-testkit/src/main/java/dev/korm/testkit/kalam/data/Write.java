package dev.korm.testkit.kalam.data;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A change of one row, planned from what a statement saw, applied later by primary key. */
public record Write(
        TableDef table, String user, Kind kind, Object key, Map<String, @Nullable Object> values, boolean overwrites) {
    public enum Kind {
        INSERT,
        UPDATE,
        DELETE
    }
}
