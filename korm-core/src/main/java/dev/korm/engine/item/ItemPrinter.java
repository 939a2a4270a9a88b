package dev.korm.engine.item;

import dev.korm.Item;
import java.io.Console;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fusesource.jansi.Ansi;
import org.jspecify.annotations.Nullable;

/** Shows items to people: one as a tree in a frame, many as a table. */
public final class ItemPrinter {
    /** How narrow the columns of a table become. */
    private static final int NARROWEST = 6;

    private ItemPrinter() {}

    static void print(StoredItem<?> item, PrintStream out) {
        out.println(text(item, ItemTree.terminal(coloring())));
    }

    public static void print(List<? extends Item<?>> items, PrintStream out) {
        out.println(table(items, ItemTree.terminal(coloring())));
    }

    private static Item.Coloring coloring() {
        return isTerminal() && System.getenv("NO_COLOR") == null ? Item.Coloring.ANSI : Item.Coloring.PLAIN;
    }

    /**
     * Checks for a terminal; from JDK 22 on there is a console without a terminal too, and a method that tells them
     * apart.
     */
    @SuppressWarnings("SystemConsoleNull") // The case of newer JDKs is handled.
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException before22) {
            return true;
        } catch (ReflectiveOperationException unknown) {
            return false;
        }
    }

    /** Returns an item in a frame. */
    static String text(StoredItem<?> item, Item.View view) {
        List<List<Part>> lines = new ArrayList<>();
        for (ItemTree.Line line : ItemTree.of(item, view.types())) {
            List<Part> parts = new ArrayList<>(List.of(new Part(line.indent(), null)));
            if (!line.name().isEmpty()) {
                parts.add(new Part(line.name() + "  ", Ansi.Color.GREEN));
            }
            if (!line.type().isEmpty()) {
                parts.add(new Part(line.type() + "  ", Ansi.Color.MAGENTA));
            }
            parts.add(new Part(line.value(), line.color()));
            lines.add(parts);
        }
        String revision = "revision " + item.revision();
        return framed(item.rn().toString(), revision, lines, view);
    }

    /** Returns items as a table: a line for each, a column for each field that any of them has. */
    public static String table(List<? extends Item<?>> items, Item.View view) {
        Map<String, Integer> columns = new LinkedHashMap<>();
        List<Map<String, String>> rows = new ArrayList<>();
        for (Item<?> item : items) {
            Map<String, String> row = new LinkedHashMap<>();
            row.put("id", item.rn().id().orElse(""));
            if (item instanceof StoredItem<?> stored) {
                ItemTree.fields(stored).forEach((name, value) -> row.put(name, TextWidth.clean(ItemTree.cell(value))));
            }
            row.forEach(
                    (name, cell) -> columns.merge(name, Math.max(TextWidth.of(name), TextWidth.of(cell)), Math::max));
            rows.add(row);
        }
        shrink(columns, view.width() - 4);
        List<List<Part>> lines = new ArrayList<>();
        List<Part> head = new ArrayList<>();
        columns.forEach((name, width) -> head.add(new Part(cell(TextWidth.clean(name), width), Ansi.Color.GREEN)));
        lines.add(head);
        for (Map<String, String> row : rows) {
            List<Part> line = new ArrayList<>();
            columns.forEach((name, width) -> line.add(new Part(cell(row.getOrDefault(name, ""), width), null)));
            lines.add(line);
        }
        String title = items.isEmpty()
                ? "no items"
                : items.get(0).rn().collection() + (isOneCollection(items) ? "" : " and others");
        return framed(title, items.size() + (items.size() == 1 ? " item" : " items"), lines, view);
    }

    private static boolean isOneCollection(List<? extends Item<?>> items) {
        return items.stream().map(item -> item.rn().collection()).distinct().count() == 1;
    }

    private static String cell(String text, int width) {
        return width == 0 ? "" : TextWidth.padded(TextWidth.cut(text, width), width) + "  ";
    }

    /** Makes columns narrower, the widest first, until all fit; the last ones go where even that is not enough. */
    private static void shrink(Map<String, Integer> columns, int width) {
        while (columns.values().stream().mapToInt(each -> each + 2).sum() - 2 > width) {
            Map.Entry<String, Integer> widest = columns.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .orElseThrow();
            if (widest.getValue() <= NARROWEST) {
                String last = "";
                for (String name : columns.keySet()) {
                    last = name;
                }
                columns.remove(last);
            } else {
                widest.setValue(widest.getValue() - 1);
            }
        }
    }

    /** A piece of a line in one color; null for none. */
    private record Part(String text, Ansi.@Nullable Color color) {}

    private static String framed(String title, String note, List<List<Part>> lines, Item.View view) {
        int inner = TextWidth.of(title) + TextWidth.of(note) + 5;
        for (List<Part> line : lines) {
            inner = Math.max(inner, width(line));
        }
        inner = Math.min(inner, view.width() - 4);
        StringBuilder out = new StringBuilder("┌ ");
        String head = TextWidth.cut(TextWidth.clean(title), inner - 2);
        out.append(painted(head, Ansi.Color.CYAN, view.coloring())).append(' ');
        int left = inner - TextWidth.of(head) - 1;
        String behind = left > TextWidth.of(note) + 2 ? " " + note + " " : "";
        out.append("─".repeat(Math.max(0, left - TextWidth.of(behind) + 1)))
                .append(behind)
                .append("┐\n");
        for (List<Part> line : lines) {
            out.append("│ ");
            int room = inner;
            for (Part part : line) {
                String shown = TextWidth.cut(TextWidth.clean(part.text()), room);
                room -= TextWidth.of(shown);
                out.append(part.color() == null ? shown : painted(shown, part.color(), view.coloring()));
            }
            out.append(" ".repeat(Math.max(0, room))).append(" │\n");
        }
        return out.append('└').append("─".repeat(inner + 2)).append('┘').toString();
    }

    private static int width(List<Part> line) {
        return line.stream()
                .mapToInt(part -> TextWidth.of(TextWidth.clean(part.text())))
                .sum();
    }

    private static String painted(String text, Ansi.Color color, Item.Coloring coloring) {
        return coloring == Item.Coloring.PLAIN || text.isEmpty()
                ? text
                : Ansi.ansi().fg(color).a(text).reset().toString();
    }
}
