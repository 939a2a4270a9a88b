package dev.korm.wal.backup.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The members of a JSON object, each of which is there and of its type, or the object is not what it should be. */
public final class Members {
    private final Map<?, ?> all;

    private Members(Map<?, ?> all) {
        this.all = all;
    }

    /** @throws IllegalArgumentException when the value is no object */
    public static Members of(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return new Members(map);
        }
        throw new IllegalArgumentException("There is no JSON object where one should be");
    }

    private <T> Optional<T> find(String name, Class<T> type) {
        Object value = all.get(name);
        if (value != null && !type.isInstance(value)) {
            throw new IllegalArgumentException("The member " + name + " is not as it should be");
        }
        return Optional.ofNullable(value).map(type::cast);
    }

    private <T> T need(String name, Class<T> type) {
        return find(name, type).orElseThrow(() -> new IllegalArgumentException("The member " + name + " is missing"));
    }

    public String text(String name) {
        return need(name, String.class);
    }

    public Optional<String> maybeText(String name) {
        return find(name, String.class);
    }

    public long number(String name) {
        return need(name, Long.class);
    }

    public Optional<Long> maybeNumber(String name) {
        return find(name, Long.class);
    }

    public Map<?, ?> map(String name) {
        return need(name, Map.class);
    }

    boolean truth(String name) {
        return need(name, Boolean.class);
    }

    boolean has(String name) {
        return all.get(name) != null;
    }

    List<?> list(String name) {
        return need(name, List.class);
    }

    List<Members> objects(String name) {
        List<Members> objects = new ArrayList<>();
        list(name).forEach(each -> objects.add(of(each)));
        return objects;
    }

    public Optional<Members> maybeObject(String name) {
        return find(name, Map.class).map(Members::new);
    }

    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        list(name).forEach(each -> texts.add(text(each)));
        return texts;
    }

    public Map<String, String> textMap(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        Map<?, ?> map = need(name, Map.class);
        map.forEach((key, value) -> texts.put(text(key), text(value)));
        return texts;
    }

    static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("There is no text where one should be");
    }
}
