package dev.korm.examples.todos;

import dev.korm.kalam.KalamClient;
import dev.korm.kalam.error.KalamException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The list in a console, which draws it anew whenever it changes. {@code TODO_CACHE} names the file of the copy, {@code todos.json} unless said otherwise.
 *
 * <pre>
 * add Buy milk      done 1      undo 1      delete 1      quit
 * </pre>
 */
public final class TodoConsole {
    private static final String GREEN = "\u001b[32m";
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";

    private final PrintStream out;
    private volatile List<Todo> shown = List.of();

    TodoConsole(PrintStream out) {
        this.out = out;
    }

    /** Runs until there is no more input. */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> environment = System.getenv();
        Path file = Path.of(environment.getOrDefault("TODO_CACHE", "todos.json"));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (KalamClient kalam = Connection.of(environment, "alice").open()) {
            new TodoConsole(System.out).run(kalam, new TodoCache(file), lines);
        }
    }

    void run(KalamClient kalam, TodoCache cache, BufferedReader lines) throws IOException {
        try (TodoList list = new TodoList(kalam, cache, this::show).open()) {
            String line = lines.readLine();
            while (line != null && !line.strip().equals("quit")) {
                try {
                    handle(list, line.strip());
                } catch (KalamException | IllegalStateException | IllegalArgumentException e) {
                    out.println(e.getMessage());
                }
                line = lines.readLine();
            }
        }
    }

    private void handle(TodoList list, String line) {
        int blank = line.indexOf(' ');
        String word = blank < 0 ? line : line.substring(0, blank);
        String rest = blank < 0 ? "" : line.substring(blank + 1).strip();
        switch (word) {
            case "" -> show(list.todos(), list.isConnected());
            case "add" -> list.add(rest);
            case "done" -> list.complete(numbered(rest).id(), true);
            case "undo" -> list.complete(numbered(rest).id(), false);
            case "delete" -> list.delete(numbered(rest).id());
            default -> throw new IllegalArgumentException("There are: add, done, undo, delete, quit");
        }
    }

    private Todo numbered(String number) {
        List<Todo> list = shown;
        try {
            int index = Integer.parseInt(number);
            if (index >= 1 && index <= list.size()) {
                return list.get(index - 1);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Say the number that stands before it", e);
        }
        throw new IllegalArgumentException("There is no number " + number);
    }

    private void show(List<Todo> todos, boolean isConnected) {
        shown = todos;
        StringBuilder text = new StringBuilder(badge(isConnected)).append('\n');
        for (int i = 0; i < todos.size(); i++) {
            Todo todo = todos.get(i);
            text.append(String.format("%3d [%s] %s%n", i + 1, todo.completed() ? "x" : " ", todo.title()));
        }
        out.print(text);
        out.flush();
    }

    /** Returns the word for the state of the connection, green or red. */
    static String badge(boolean isConnected) {
        return isConnected ? GREEN + "Connected" + PLAIN : RED + "Disconnected" + PLAIN;
    }
}
