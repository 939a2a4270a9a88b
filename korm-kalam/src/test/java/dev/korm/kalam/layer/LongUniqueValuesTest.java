package dev.korm.kalam.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.kalam.KalamClient;
import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.sql.Row;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.kalam.KalamServer;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Values of a unique index that are longer than a key of the store may be. */
class LongUniqueValuesTest {
    private static final TableName NOTES = TableName.items("notes", "note");
    private static final ColumnSchema TEXT = new ColumnSchema("body", ColumnKind.TEXT);
    private static final List<ColumnSchema> COLUMNS =
            List.of(TEXT, new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER));
    private static final String LONG = "x".repeat(3_000);

    private static Batch insert(String id, String text) {
        return Batch.of(List.of(new Mutation.Insert(NOTES, id, COLUMNS, dev.korm.spi.Row.of(text, 1L))));
    }

    @Test
    void are_told_apart_by_their_ends_and_stored_under_short_keys() {
        try (KalamServer server = KalamServer.start();
                Layer layer = Kalam.namespace(server.url(), "app")
                        .auth(Auth.basic("admin", server.password()))
                        .open("live", Environment.system());
                KalamClient admin = KalamClient.builder()
                        .url(server.url())
                        .auth(Auth.basic("admin", server.password()))
                        .build()) {
            layer.evolve(
                    new TableSchema(
                            NOTES,
                            List.of(
                                    new ColumnSchema(NOTES.key(), ColumnKind.ID),
                                    TEXT,
                                    new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER)),
                            List.of(new IndexSchema(
                                    "one_body",
                                    IndexSchema.Uniqueness.UNIQUE,
                                    List.of(new Operand.Column(0, "body", ColumnKind.TEXT))))),
                    Set.of());
            assertThat(layer.apply(insert("a", LONG + "a"))).isInstanceOf(BatchResult.Applied.class);
            assertThat(layer.apply(insert("b", LONG + "b"))).isInstanceOf(BatchResult.Applied.class);
            assertThat(layer.apply(insert("c", LONG + "a")))
                    .isEqualTo(new BatchResult.Refused(0, new Refusal.UniqueViolation("one_body", "a")));
            assertThat(layer.apply(Batch.of(List.of(new Mutation.Delete(NOTES, "a", OptionalLong.empty())))))
                    .isInstanceOf(BatchResult.Applied.class);
            assertThat(layer.apply(insert("c", LONG + "a"))).isInstanceOf(BatchResult.Applied.class);
            for (int i = 0; i < 80; i++) {
                layer.apply(insert("r" + i, "short " + i));
            }
            List<Row> keys = admin.query("SELECT k FROM app.korm_rows WHERE k LIKE 'unique/%' LIMIT 1000")
                    .rows();
            assertThat(keys).as("in the rows by now").hasSizeGreaterThan(40).allSatisfy(row -> assertThat(
                            row.getString("k"))
                    .hasSizeLessThan(300));
        }
    }
}
