package dev.korm.examples.wildlife;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run of the program did.
 *
 * @param out what it printed
 * @param err what it complained of
 */
record Run(int code, List<String> out, List<String> err) {
    static Run with(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = new WildlifeStrikes(stream(out), stream(err)).run(arguments);
        return new Run(
                code,
                out.toString(StandardCharsets.UTF_8).lines().toList(),
                err.toString(StandardCharsets.UTF_8).lines().toList());
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    /** The cells of the table below a title, without its headings. */
    List<List<String>> table(String title) {
        int first = out.indexOf(title) + 4;
        List<List<String>> rows = new ArrayList<>();
        for (String line : out.subList(first, out.size())) {
            if (line.isEmpty()) {
                break;
            }
            rows.add(List.of(line.strip().split(" {2,}")));
        }
        return rows;
    }
}
