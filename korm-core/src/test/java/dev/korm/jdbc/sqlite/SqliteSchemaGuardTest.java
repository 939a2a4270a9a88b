package dev.korm.jdbc.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.jdbc.existing.ExistingRows;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.RowStatements;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.jdbc.sql.TableSources;
import dev.korm.jdbc.write.BatchWriter;
import dev.korm.jdbc.write.SchemaGuard;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.schema.SchemaMovedException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is remembered of a table by the version of the schema, which a change that is rolled back gives back. */
class SqliteSchemaGuardTest extends SqliteWorld {
    private static final Batch MARKED =
            new Batch(List.of(user(1, "Ada")), Optional.of(new TransactionMarker(id(9), "pool", Instant.EPOCH)));
    private static final Batch PLAIN = Batch.of(List.of(user(2, "Bob")));

    @Test
    void what_was_seen_after_a_change_of_the_schema_that_was_rolled_back_is_not_believed() throws Exception {
        open().evolve(schema(USERS, NAME, REVISION), Set.of());
        SqliteCatalog catalog = new SqliteCatalog();
        Session session = new Session(jdbc());
        try (session) {
            BatchWriter batches = new BatchWriter(
                    session,
                    SqliteDialect.INSTANCE,
                    catalog,
                    new SchemaGuard(catalog),
                    selection -> new TableSources("main", table -> Optional.empty(), ShownTable.Known.NONE),
                    new RowStatements(SqliteDialect.INSTANCE),
                    new ExistingRows(session, SqliteDialect.INSTANCE, catalog.existing(), "main"),
                    BatchWriter.Failing.LEAVES_TRANSACTION);
            long before = SqliteCatalog.schemaVersion(session);
            session.execute("BEGIN IMMEDIATE");
            batches.transactionBegins();
            assertThat(batches.apply(MARKED)).as("makes the table of markers").isInstanceOf(BatchResult.Applied.class);
            assertThat(batches.apply(PLAIN)).isInstanceOf(BatchResult.Applied.class);
            long changed = SqliteCatalog.schemaVersion(session);
            session.execute("ROLLBACK");
            assertThat(SqliteCatalog.schemaVersion(session)).isEqualTo(before);
            // Another program makes names unique, after which none may come without its fingerprint.
            sql("ALTER TABLE __items__users__basic ADD COLUMN __korm_unique__name TEXT");
            assertThat(SqliteCatalog.schemaVersion(session)).isEqualTo(changed);
            session.execute("BEGIN IMMEDIATE");
            batches.transactionBegins();
            assertThatThrownBy(() -> batches.apply(PLAIN)).isInstanceOf(SchemaMovedException.class);
            session.execute("ROLLBACK");
        }
    }
}
