package dev.korm.cli;

import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Password;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The sealed values and hashes of an item, none of which goes into a file. */
final class Secrets {
    private Secrets() {}

    /** Returns the data without secrets. */
    static Document without(Item<Document> item, Consumer<String> found) {
        return without(item.data(), "", found);
    }

    private static Document without(Document document, String path, Consumer<String> found) {
        Document.Builder open = Document.builder();
        for (Map.Entry<String, @Nullable Object> field : document.asMap().entrySet()) {
            String at = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
            if (isSecret(field.getValue())) {
                found.accept(at);
            } else {
                open.put(field.getKey(), open(field.getValue(), at, found));
            }
        }
        return open.build();
    }

    private static @Nullable Object open(@Nullable Object value, String path, Consumer<String> found) {
        if (value instanceof Document document) {
            return without(document, path, found);
        }
        if (!(value instanceof List<?> list)) {
            return value;
        }
        List<@Nullable Object> entries = new ArrayList<>();
        for (Object entry : list) {
            if (isSecret(entry)) {
                found.accept(path + "[*]");
                // What follows stays where it is.
                entries.add(null);
            } else {
                entries.add(open(entry, path + "[*]", found));
            }
        }
        return entries;
    }

    private static boolean isSecret(@Nullable Object value) {
        return value instanceof Encrypted<?> || value instanceof Password;
    }
}
