package dev.korm.kalam.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Ids and unique values that would be another's, or more than a text, if a key of the store held them as they are: each is itself, in the ledger and in the rows. */
class HostileIdsTest {
    private static final TableName NOTES = TableName.items("notes", "note");
    private static final Operand.Column ID = new Operand.Column(0, NOTES.key(), ColumnKind.ID);
    private static final Operand.Column BODY = new Operand.Column(0, "body", ColumnKind.TEXT);
    private static final List<ColumnSchema> COLUMNS = List.of(
            new ColumnSchema("body", ColumnKind.TEXT), new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER));

    /** Texts of which many begin as others do, or are others to whoever folds, trims, escapes or cuts. */
    private static final List<String> TEXTS = List.of(
            "a",
            "A",
            " a",
            "a ",
            "a\u00a0",
            "a\u200b",
            "a:1",
            "a:",
            ":a",
            "a/",
            "/a",
            "a/0000000000000001",
            "a/0000000000000001-100001",
            "a%2F0000000000000001",
            "a0",
            "a%",
            "a%2",
            "%",
            "%25",
            "%00",
            "a.1",
            "?",
            "*",
            "_",
            "'",
            "''",
            "a' OR '1'='1",
            "'); DELETE FROM korm_rows; --",
            "\"",
            "\\",
            "\\u0061",
            "$1",
            "$$",
            "--",
            "/* a",
            "a\nb",
            "a\r\nb",
            "\t",
            "\u0001",
            "\u007f",
            "null",
            "NaN",
            "true",
            "0",
            "-0",
            "00",
            "1e400",
            "\u00e9",
            "e\u0301",
            "\u00c5",
            "\u212b",
            "A\u030a",
            "\u00df",
            "ss",
            "\u0130",
            "\u0131",
            "\ufb01",
            "fi",
            "\u2028",
            "\ufeffa",
            "\uffff",
            "\ud83d\ude00",
            "\ud83d\ude01",
            "\ud83d\ude00".repeat(150),
            "sha256-" + "0".repeat(64),
            "x".repeat(2_000),
            "x".repeat(2_000) + "y",
            "\u00e9".repeat(700));

    private final KalamNamespace namespace = KalamStores.fresh();

    private Layer open() {
        Layer layer = namespace.open("live", Environment.system());
        layer.evolve(
                new TableSchema(
                        NOTES,
                        List.of(new ColumnSchema(NOTES.key(), ColumnKind.ID), COLUMNS.get(0), COLUMNS.get(1)),
                        List.of(new IndexSchema("one_body", IndexSchema.Uniqueness.UNIQUE, List.of(BODY)))),
                Set.of());
        return layer;
    }

    private static Mutation insert(String id, String body) {
        return new Mutation.Insert(NOTES, id, COLUMNS, Row.of(body, 1L));
    }

    private static Mutation update(String id, long revision, String body) {
        return new Mutation.Update(NOTES, id, OptionalLong.of(revision), COLUMNS.subList(0, 1), Row.of(body));
    }

    private static BatchResult apply(Layer layer, Mutation... mutations) {
        return layer.apply(Batch.of(List.of(mutations)));
    }

    private static Map<String, @Nullable Object> bodies(Layer layer, Condition where) {
        Map<String, @Nullable Object> bodies = new TreeMap<>();
        try (RowCursor rows = layer.select(new Selection(
                NOTES,
                List.of(),
                List.of(new Output.Value(ID), new Output.Value(BODY)),
                where,
                List.of(),
                List.of(),
                OptionalLong.empty()))) {
            while (rows.next()) {
                assertThat(bodies.put(String.valueOf(rows.get(0)), rows.get(1)))
                        .as("a second row of one id")
                        .isNull();
            }
        }
        return bodies;
    }

    private static Condition is(Operand operand, String text) {
        return new Condition.OneOf(operand, List.of(text));
    }

    /** Makes so many commits that all before them are in the rows. */
    private static void merge(Layer layer) {
        apply(layer, insert("merging", "merging"));
        for (int i = 1; i <= 66; i++) {
            apply(layer, update("merging", i, "merging " + i));
        }
        apply(layer, new Mutation.Delete(NOTES, "merging", OptionalLong.empty()));
    }

    private static void assertThere(Layer layer, Map<String, Object> expected) {
        assertThat(bodies(layer, Condition.ALWAYS)).isEqualTo(expected);
        for (String text : TEXTS) {
            Object body = expected.get(text);
            assertThat(bodies(layer, is(ID, text))).as(text).isEqualTo(body == null ? Map.of() : Map.of(text, body));
        }
    }

    @Test
    void each_is_a_row_of_its_own_wherever_it_is_kept() {
        Map<String, Object> expected = new TreeMap<>();
        try (Layer one = open();
                Layer other = open()) {
            for (String text : TEXTS) {
                assertThat(apply(one, insert(text, text))).as(text).isInstanceOf(BatchResult.Applied.class);
                expected.put(text, text);
            }
            assertThere(one, expected);
            assertThere(other, expected);
            merge(one);
            try (Layer fresh = open()) {
                assertThere(fresh, expected);
            }
            // By a program that has what is in the rows, and one that finds it there.
            for (Layer layer : List.of(other, one)) {
                for (String text : TEXTS) {
                    assertThat(apply(layer, insert(text, "new")))
                            .as(text)
                            .isEqualTo(new BatchResult.Refused(0, new Refusal.Exists()));
                    assertThat(apply(layer, insert("another " + text, text)))
                            .as(text)
                            .isEqualTo(new BatchResult.Refused(0, new Refusal.UniqueViolation("one_body", text)));
                }
            }
            for (int i = 0; i < TEXTS.size(); i++) {
                String text = TEXTS.get(i);
                if (i % 3 == 0) {
                    assertThat(apply(other, new Mutation.Delete(NOTES, text, OptionalLong.of(1))))
                            .as(text)
                            .isInstanceOf(BatchResult.Applied.class);
                    expected.remove(text);
                } else {
                    assertThat(apply(other, update(text, 1, text + "'")))
                            .as(text)
                            .isInstanceOf(BatchResult.Applied.class);
                    expected.put(text, text + "'");
                }
            }
            assertThere(one, expected);
            merge(other);
            assertThere(one, expected);
            try (Layer fresh = open()) {
                assertThere(fresh, expected);
                for (String text : TEXTS) {
                    assertThat(bodies(fresh, is(BODY, text + "'")).keySet())
                            .as(text)
                            .isEqualTo(expected.containsKey(text) ? Set.of(text) : Set.of());
                }
            }
        }
    }

    @Test
    void many_in_one_batch_and_one_question_are_told_apart() {
        List<Mutation> all = new ArrayList<>();
        TEXTS.forEach(text -> all.add(insert(text, text)));
        try (Layer one = open()) {
            assertThat(one.apply(Batch.of(all))).isInstanceOf(BatchResult.Applied.class);
            merge(one);
            try (Layer fresh = open()) {
                assertThat(bodies(fresh, new Condition.OneOf(ID, List.copyOf(TEXTS)))
                                .keySet())
                        .containsExactlyInAnyOrderElementsOf(TEXTS);
            }
        }
    }
}
