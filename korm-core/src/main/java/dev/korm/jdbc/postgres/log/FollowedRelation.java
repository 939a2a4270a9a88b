package dev.korm.jdbc.postgres.log;

import dev.korm.jdbc.sql.ShownTable;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table of items, as the log shows its rows.
 *
 * @param existing whether korm did not make it, so that its ids are spelt from its key
 * @param key the columns of its key
 * @param revision the column that counts changes; empty where none does
 */
public record FollowedRelation(TableName table, boolean existing, List<String> key, Optional<String> revision) {
    public static FollowedRelation own(TableName table) {
        return new FollowedRelation(table, false, List.of(table.key()), Optional.of(TableName.REVISION));
    }

    public static FollowedRelation existing(ShownTable shown) {
        return new FollowedRelation(
                shown.table().items(),
                true,
                shown.key().stream().map(ShownTable.Place::name).toList(),
                shown.version().map(ShownTable.Place::name));
    }

    /** Returns the columns of a key whose values the log spells otherwise than ids do. */
    public static List<String> otherwiseSpelt(ShownTable shown) {
        return shown.key().stream()
                .filter(place -> !isSpeltAlike(place.form()))
                .map(ShownTable.Place::name)
                .toList();
    }

    private static boolean isSpeltAlike(ShownTable.Form form) {
        boolean asItIs = form.read().equals(ShownTable.Around.NOTHING)
                || form.read().before().equals("CAST(");
        return form.kind() == ColumnKind.INTEGER || (form.kind() == ColumnKind.TEXT && asItIs);
    }

    String id(List<String> columns, @Nullable String[] values) {
        if (!existing) {
            return String.valueOf(value(key.get(0), columns, values));
        }
        return key.stream()
                .map(column -> ShownTable.escaped(String.valueOf(value(column, columns, values))))
                .collect(Collectors.joining(",", "=", ""));
    }

    OptionalLong revision(List<String> columns, @Nullable String[] values) {
        String count = revision.map(column -> value(column, columns, values)).orElse(null);
        try {
            return count == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(count));
        } catch (NumberFormatException noCount) {
            return OptionalLong.empty();
        }
    }

    /** Returns whether a row is marked as deleted. */
    boolean isGone(List<String> columns, @Nullable String[] values) {
        return !existing && value(TableName.DELETED, columns, values) != null;
    }

    private static @Nullable String value(String column, List<String> columns, @Nullable String[] values) {
        int place = columns.indexOf(column);
        return place < 0 ? null : values[place];
    }
}
