package dev.korm.engine.live;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The items that a live query finds at a moment, in order, without their data. Immutable. */
record Answer(List<Entry> entries) {
    static final Answer NONE = new Answer(List.of());

    Answer {
        entries = List.copyOf(entries);
    }

    int size() {
        return entries.size();
    }

    /** Returns the answer without some items. */
    Answer without(Set<String> ids) {
        return new Answer(
                entries.stream().filter(entry -> !ids.contains(entry.id())).toList());
    }

    /** Returns the place of each item. */
    Map<String, Integer> places() {
        Map<String, Integer> places = new HashMap<>(2 * size());
        for (int i = 0; i < entries.size(); i++) {
            places.put(entries.get(i).id(), i);
        }
        return places;
    }
}
