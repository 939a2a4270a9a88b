package dev.korm.engine.item;

import dev.korm.Item;
import java.io.Console;
import java.io.PrintStream;
import java.util.Map;
import org.fusesource.jansi.Ansi;

/** Shows an item to people: its name, then its fields in a frame. */
final class ItemPrinter {
    private static final int WIDEST = 100;

    private ItemPrinter() {}

    static void print(StoredItem<?> item, PrintStream out) {
        boolean coloured = isTerminal() && System.getenv("NO_COLOR") == null;
        out.println(text(item, coloured ? Item.Coloring.ANSI : Item.Coloring.PLAIN));
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

    static String text(StoredItem<?> item, Item.Coloring coloring) {
        return lines(item, coloring);
    }

    private static <T> String lines(StoredItem<T> item, Item.Coloring coloring) {
        Map<String, Object> fields = item.home().model().describe(item.data());
        int names = 0;
        for (String name : fields.keySet()) {
            names = Math.max(names, name.length());
        }
        StringBuilder out = new StringBuilder();
        out.append("┌ ").append(painted(item.rn().toString(), Ansi.Color.CYAN, coloring));
        out.append("  revision ").append(item.revision()).append('\n');
        for (Map.Entry<String, Object> field : fields.entrySet()) {
            String name = String.format("%-" + Math.max(1, names) + "s", field.getKey());
            out.append("│ ").append(painted(name, Ansi.Color.GREEN, coloring)).append("  ");
            out.append(oneLine(String.valueOf(field.getValue()))).append('\n');
        }
        return out.append("└").toString();
    }

    private static String painted(String text, Ansi.Color color, Item.Coloring coloring) {
        return coloring == Item.Coloring.PLAIN
                ? text
                : Ansi.ansi().fg(color).a(text).reset().toString();
    }

    /**
     * Returns a text without control characters, which could move the cursor of a terminal, and not longer than a line.
     */
    private static String oneLine(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "·");
        return clean.length() <= WIDEST ? clean : clean.substring(0, WIDEST - 1) + "…";
    }
}
