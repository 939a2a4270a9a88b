package dev.korm.jdbc.sql;

import dev.korm.jdbc.sql.text.Hashes;
import dev.korm.jdbc.sql.text.JsonPathText;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.IndexSchema.Uniqueness;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Parts of an index as a comment of it keeps them, where the catalogue cannot tell which place of a JSON value one holds. */
public final class IndexParts {
    /** Begins the name of a hidden column. */
    public static final String HIDDEN = "__korm_j_";

    private static final int DIGITS = 32;

    /** Begins a comment that korm wrote. */
    public static final String MARK = "korm: ";

    private static final String LINE = "\n";

    private IndexParts() {}

    /** Returns a column, or the kind, the column and the path; one line. */
    private static String print(Operand part) {
        if (part instanceof Operand.Json inside && inside.document() instanceof Operand.Column column) {
            String path = JsonPathText.print(inside.path()).replace("%", "%25").replace("\n", "%0A");
            return indexKind(inside.kind()) + " " + column.name() + " " + path;
        }
        return TableSchemas.column(part);
    }

    /** Returns all parts of an index, a line for each, when a catalogue could not tell them. */
    public static Optional<String> print(IndexSchema index) {
        return index.parts().stream().noneMatch(Operand.Json.class::isInstance)
                ? Optional.empty()
                : Optional.of(columns(index));
    }

    /** Returns all parts of an index, a line for each. */
    public static String columns(IndexSchema index) {
        return index.parts().stream().map(IndexParts::print).collect(Collectors.joining(LINE));
    }

    /** Returns the parts that {@link #print(IndexSchema)} wrote. */
    public static List<String> parts(String printed) {
        return List.of(printed.split(LINE, -1));
    }

    /**
     * Returns an index when it is as korm would make it; others, and those that serve joins only, are not korm's to
     * name.
     */
    public static Optional<IndexSchema> parse(
            TableSchema table, String name, Uniqueness uniqueness, List<String> texts) {
        if (!SqlWriter.isName(name)) {
            return Optional.empty();
        }
        List<Operand> parts = new ArrayList<>();
        for (String text : texts) {
            Optional<Operand> part = parse(table, text);
            if (part.isEmpty()) {
                return Optional.empty();
            }
            parts.add(part.get());
        }
        return Optional.of(new IndexSchema(name, uniqueness, parts));
    }

    private static Optional<Operand> parse(TableSchema table, String text) {
        String[] words = text.split(" ", 3);
        if (words.length < 3) {
            return table.column(text).map(schema -> new Operand.Column(0, schema.name(), schema.kind()));
        }
        return JsonPathText.parse(words[2].replace("%0A", "\n").replace("%25", "%"))
                .map(path -> new Operand.Json(
                        new Operand.Column(0, words[1], ColumnKind.JSON), path, ColumnKind.valueOf(words[0])));
    }

    /** Returns the kinds that an index tells apart. */
    public static ColumnKind indexKind(ColumnKind kind) {
        return switch (kind) {
            case INTEGER, REAL -> ColumnKind.INTEGER;
            case BOOLEAN -> ColumnKind.BOOLEAN;
            default -> ColumnKind.TEXT;
        };
    }

    /** Returns the name of the hidden column that holds, for an index, what stands at a place of a JSON value. */
    public static String hiddenColumn(String index, int part) {
        return HIDDEN + Hashes.sha256(index + ":" + part, DIGITS);
    }
}
