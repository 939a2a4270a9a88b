package dev.korm.engine.live;

import dev.korm.spi.evaluate.Scope.SourceRow;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The queries of one table by what tells whether a changed row concerns them: the ids that are in their answers, and the values of a column that their filters ask for. So a change looks at those alone, and at
 * those that ask for no value. Guarded by the {@link Guard} whose it is.
 */
final class TableIndex {
    private final Map<SharedQuery<?>, Judge> judges = new HashMap<>();
    private final Map<String, Map<Object, Set<SharedQuery<?>>>> byValue = new HashMap<>();
    private final Set<SharedQuery<?>> withoutValue = new LinkedHashSet<>();
    private final Map<String, List<SharedQuery<?>>> holders = new HashMap<>();
    private final Set<String> columns = new HashSet<>();
    private @Nullable TableSchema schema;

    boolean isEmpty() {
        return judges.isEmpty();
    }

    /** Returns all queries of the table. */
    Set<SharedQuery<?>> all() {
        return judges.keySet();
    }

    @Nullable Judge judge(SharedQuery<?> query) {
        return judges.get(query);
    }

    /** Returns all columns that the judges look at. */
    Set<String> columns() {
        return columns;
    }

    /** Takes note of the table as it is; returns whether it is another than the judges were made for. */
    boolean isNews(TableSchema now) {
        boolean news = schema != null && !schema.equals(now);
        schema = now;
        return news;
    }

    /** @param made the table as it was when the judge was made */
    void put(SharedQuery<?> query, Judge judge, TableSchema made) {
        if (schema == null) {
            schema = made;
        }
        Judge before = judges.get(query);
        if (before != null && before.judgesAs(judge) && before.key().equals(judge.key())) {
            return;
        }
        forget(query, before);
        judges.put(query, judge);
        columns.addAll(judge.columns());
        judge.key()
                .ifPresentOrElse(
                        key -> key.values()
                                .forEach(value -> byValue.computeIfAbsent(key.column(), any -> new HashMap<>())
                                        .computeIfAbsent(value, any -> new LinkedHashSet<>())
                                        .add(query)),
                        () -> withoutValue.add(query));
    }

    private void forget(SharedQuery<?> query, @Nullable Judge judge) {
        withoutValue.remove(query);
        if (judge != null) {
            judge.key().ifPresent(key -> {
                Map<Object, Set<SharedQuery<?>>> values = byValue.getOrDefault(key.column(), new HashMap<>());
                for (Object value : key.values()) {
                    values.computeIfPresent(value, (any, some) -> {
                        some.remove(query);
                        return some.isEmpty() ? null : some;
                    });
                }
                if (values.isEmpty()) {
                    byValue.remove(key.column());
                }
            });
        }
    }

    void remove(SharedQuery<?> query, Answer answer) {
        forget(query, judges.remove(query));
        answer.entries().forEach(entry -> letGo(query, entry.id()));
    }

    void hold(SharedQuery<?> query, String id) {
        holders.computeIfAbsent(id, any -> new ArrayList<>(1)).add(query);
    }

    void letGo(SharedQuery<?> query, String id) {
        holders.computeIfPresent(id, (any, some) -> {
            some.remove(query);
            return some.isEmpty() ? null : some;
        });
    }

    /** Returns the queries whose answers a row can alter: that had it, or admit it now. */
    Set<SharedQuery<?>> concerned(String id, @Nullable SourceRow row) {
        Set<SharedQuery<?>> concerned = new LinkedHashSet<>(holders.getOrDefault(id, List.of()));
        if (row != null) {
            byValue.forEach((column, values) -> {
                Object value = row.get(column);
                if (value != null) {
                    add(values.getOrDefault(value, Set.of()), row, concerned);
                }
            });
            add(withoutValue, row, concerned);
        }
        return concerned;
    }

    private void add(Set<SharedQuery<?>> some, SourceRow row, Set<SharedQuery<?>> concerned) {
        for (SharedQuery<?> query : some) {
            Judge judge = judges.get(query);
            if (judge != null && !concerned.contains(query) && judge.admits(row)) {
                concerned.add(query);
            }
        }
    }
}
