package dev.korm.testkit.kalam.data;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A change of one row that was applied; rows hold stored values by column, and {@code _seq}. */
public record Change(
        TableDef table,
        String user,
        Write.Kind kind,
        Map<String, @Nullable Object> row,
        Map<String, @Nullable Object> before) {}
