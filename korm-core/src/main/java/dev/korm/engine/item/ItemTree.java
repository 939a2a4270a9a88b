package dev.korm.engine.item;

import dev.korm.Item;
import dev.korm.Referenced;
import dev.korm.Rn;
import dev.korm.file.FileRef;
import dev.korm.model.Models;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.fusesource.jansi.Ansi;
import org.jspecify.annotations.Nullable;

/** The lines that show an item's data: a field each, what is nested in it below, as are items and files that were read along. */
final class ItemTree {
    /** How many entries of a list or map are shown. */
    private static final int ENTRIES = 50;

    private final boolean types;
    private final List<Line> lines = new ArrayList<>();

    /** The items above the one that is shown, since references may lead in a circle. */
    private final Set<Rn<?>> above = new HashSet<>();

    /**
     * A line, of parts that are painted differently.
     *
     * @param indent what stands before, such as {@code "│  ├ "}
     * @param name of the field, padded
     */
    record Line(String indent, String name, String type, String value, Ansi.@Nullable Color color) {}

    private ItemTree(boolean types) {
        this.types = types;
    }

    static List<Line> of(StoredItem<?> item, boolean types) {
        ItemTree tree = new ItemTree(types);
        tree.item(item, "", "");
        return tree.lines;
    }

    /** Returns the fields of an item as they are described: texts, maps, lists, RNs and files. */
    static <T> Map<String, Object> fields(StoredItem<T> item) {
        return item.home().model().describe(item.data());
    }

    private void item(StoredItem<?> item, String first, String rest) {
        above.add(item.rn());
        fields(fields(item), item.data().getClass(), first, rest);
        above.remove(item.rn());
    }

    private void fields(Map<String, ?> fields, @Nullable Type owner, String first, String rest) {
        Map<String, Type> known = components(owner);
        int widest = fields.keySet().stream().mapToInt(TextWidth::of).max().orElse(0);
        Map<String, String> shown = new LinkedHashMap<>();
        fields.keySet().forEach(name -> shown.put(name, types && known.containsKey(name) ? name(known.get(name)) : ""));
        int widestType = shown.values().stream().mapToInt(TextWidth::of).max().orElse(0);
        int left = fields.size();
        int count = 0;
        for (Map.Entry<String, ?> field : fields.entrySet()) {
            left--;
            count++;
            if (count > ENTRIES && left > 0) {
                lines.add(new Line(rest + (first.isEmpty() ? "" : "└ "), "", "", "… " + (left + 1) + " more", null));
                return;
            }
            String branch = first.isEmpty() ? "" : left == 0 ? "└ " : "├ ";
            String below = first.isEmpty() ? "" : left == 0 ? "  " : "│ ";
            String type = widestType == 0 ? "" : TextWidth.padded(shown.get(field.getKey()), widestType);
            value(
                    field.getValue(),
                    known.get(field.getKey()),
                    rest + branch,
                    rest + below,
                    TextWidth.padded(TextWidth.clean(field.getKey()), widest),
                    type);
        }
    }

    private void value(
            @Nullable Object value, @Nullable Type declared, String indent, String below, String name, String type) {
        if (value instanceof Map<?, ?> nested) {
            lines.add(new Line(indent, name, type, nested.isEmpty() ? "{}" : "", null));
            Map<String, Object> members = new LinkedHashMap<>();
            nested.forEach((key, member) ->
                    members.put(String.valueOf(key), String.valueOf(member).isEmpty() ? "" : member));
            fields(members, declared, "│", below);
        } else if (value instanceof List<?> list) {
            lines.add(new Line(
                    indent,
                    name,
                    type,
                    list.isEmpty() ? "[]" : list.size() + (list.size() == 1 ? " entry" : " entries"),
                    Ansi.Color.YELLOW));
            Map<String, Object> entries = new LinkedHashMap<>();
            for (Object entry : list) {
                entries.put(String.valueOf(entries.size()), entry);
            }
            entries(entries, element(declared), below);
        } else if (value instanceof Rn<?> rn) {
            reference(rn, indent, below, name, type);
        } else if (value instanceof FileRef file) {
            String text = file.rn().toString();
            if (file.isResolved()) {
                text += "  " + file.size() + " bytes"
                        + file.contentType().map(of -> ", " + of).orElse("");
            } else if (file.isFloating()) {
                text += "  not stored yet";
            }
            lines.add(new Line(indent, name, type, text, Ansi.Color.CYAN));
        } else {
            lines.add(new Line(
                    indent, name, type, String.valueOf(value), "null".equals(value) ? Ansi.Color.YELLOW : null));
        }
    }

    /** Shows entries of a list, each of the same type. */
    private void entries(Map<String, ?> entries, @Nullable Type element, String below) {
        int left = entries.size();
        int widest = String.valueOf(Math.max(0, entries.size() - 1)).length();
        int count = 0;
        for (Map.Entry<String, ?> entry : entries.entrySet()) {
            left--;
            count++;
            if (count > ENTRIES && left > 0) {
                lines.add(new Line(below + "└ ", "", "", "… " + (left + 1) + " more", null));
                return;
            }
            value(
                    entry.getValue(),
                    element,
                    below + (left == 0 ? "└ " : "├ "),
                    below + (left == 0 ? "  " : "│ "),
                    TextWidth.padded(entry.getKey(), widest),
                    "");
        }
    }

    private void reference(Rn<?> rn, String indent, String below, String name, String type) {
        String state = rn.isMissing() ? "  does not exist" : "";
        lines.add(new Line(indent, name, type, rn + state, Ansi.Color.CYAN));
        Optional<? extends Referenced<?>> carried = rn.carried();
        if (carried.isPresent() && carried.get() instanceof StoredItem<?> item && !above.contains(item.rn())) {
            item(item, "│", below);
        }
    }

    private static Map<String, Type> components(@Nullable Type owner) {
        return owner instanceof Class<?> type ? Models.fieldTypes(type) : Map.of();
    }

    /** Returns the type of a list's entries, or of what a holder holds. */
    private static @Nullable Type element(@Nullable Type declared) {
        return declared instanceof ParameterizedType of ? of.getActualTypeArguments()[0] : null;
    }

    /** Returns the name of a type without packages. */
    private static String name(@Nullable Type type) {
        return type == null ? "" : type.getTypeName().replaceAll("[\\w.$]*[.$](\\w+)", "$1");
    }

    /** Returns what fits into one cell of a table. */
    static String cell(@Nullable Object value) {
        if (value instanceof Map<?, ?> nested) {
            return "{" + nested.size() + (nested.size() == 1 ? " field}" : " fields}");
        }
        if (value instanceof List<?> list) {
            return "[" + list.size() + (list.size() == 1 ? " entry]" : " entries]");
        }
        return value instanceof FileRef file ? file.rn().toString() : String.valueOf(value);
    }

    /** Returns the view of a terminal, or of what is none. */
    static Item.View terminal(Item.Coloring coloring) {
        return Item.View.of(coloring).withWidth(TextWidth.ofTerminal());
    }
}
