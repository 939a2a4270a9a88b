package dev.korm.examples.wildlife;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the files without any of the code under test, to have figures to compare with. */
final class PlainCsv {
    private static final String COMMA_OUTSIDE_QUOTES = ",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)";

    private PlainCsv() {}

    static List<Map<String, String>> read(String file) throws IOException {
        try (BufferedReader text = DataFolder.packaged().open(file)) {
            String[] header = text.readLine().split(",");
            List<Map<String, String>> lines = new ArrayList<>();
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                String[] fields = line.split(COMMA_OUTSIDE_QUOTES, -1);
                Map<String, String> named = new HashMap<>();
                for (int column = 0; column < header.length; column++) {
                    named.put(header[column], unquoted(fields[column]));
                }
                lines.add(named);
            }
            return lines;
        }
    }

    private static String unquoted(String field) {
        return field.startsWith("\"") ? field.substring(1, field.length() - 1).replace("\"\"", "\"") : field;
    }
}
