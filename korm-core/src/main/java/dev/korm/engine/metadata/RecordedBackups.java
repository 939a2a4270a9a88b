package dev.korm.engine.metadata;

import dev.korm.Document;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The member {@code backups} of metadata: which depot, schedules and retentions by layer. */
final class RecordedBackups {
    /** Around the schedules that the original's builder has made. */
    static final String WRAPPER = "_spec";

    private RecordedBackups() {}

    /** Returns the same with lists sorted, members in the order of their names and without the original's wrapper, so that equal configurations are equal. */
    static Document comparable(Document backups) {
        return (Document) sorted(backups);
    }

    private static Object sorted(@Nullable Object value) {
        if (value instanceof Document object) {
            if (object.fieldNames().equals(List.of(WRAPPER))) {
                return sorted(object.asMap().get(WRAPPER));
            }
            Map<String, Object> members = new TreeMap<>();
            object.asMap().forEach((name, member) -> members.put(name, sorted(member)));
            return Document.of(members);
        }
        if (value instanceof List<?> list) {
            List<Object> entries = new ArrayList<>();
            list.forEach(entry -> entries.add(sorted(entry)));
            entries.sort(Comparator.comparing(Object::toString)
                    .thenComparing(entry -> entry instanceof Document object ? object.toJson() : ""));
            return entries;
        }
        return value == null ? "null" : value;
    }
}
