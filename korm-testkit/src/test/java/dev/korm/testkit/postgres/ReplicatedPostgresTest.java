package dev.korm.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spi.Layer;
import dev.korm.spi.LayerSource;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.UniquenessContract;
import dev.korm.testkit.contract.ValuesContract;
import dev.korm.testkit.contract.change.SoftDeleteContract;
import dev.korm.testkit.contract.change.TransactionContract;
import dev.korm.testkit.contract.query.PageContract;
import dev.korm.testkit.contract.query.QueryContract;
import dev.korm.testkit.contract.query.ReferenceContract;
import dev.korm.testkit.contract.query.ReferentialContract;
import dev.korm.testkit.contract.store.LayerContract;
import dev.korm.testkit.random.RandomItemsContract;
import dev.korm.testkit.random.RandomTransactionsContract;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The contracts of layers, where standbys answer what they have. */
@Tag("long")
class ReplicatedPostgresTest {
    @AfterAll
    static void standbys_have_answered() {
        assertThat(ReplicatedPostgres.scans(1)).isGreaterThan(100);
        assertThat(ReplicatedPostgres.scans(2)).isGreaterThan(100);
    }

    @Nested
    class Layers extends LayerContract {
        private final String schema = ReplicatedPostgres.newSchema();

        @Override
        protected Layer open(String name) {
            return ReplicatedPostgres.in(schema).open(name, Environment.system());
        }

        @Override
        protected boolean isShared() {
            return true;
        }

        @Override
        protected Optional<Layer> openReadOnly(String name) {
            return Optional.of(ReplicatedPostgres.in(schema).readOnly().open(name, Environment.system()));
        }
    }

    @Nested
    class Values extends ValuesContract {
        private final String schema = ReplicatedPostgres.newSchema();

        @Override
        protected LayerSource source() {
            return ReplicatedPostgres.in(schema);
        }
    }

    @Nested
    class Queries extends QueryContract {
        private final String schema = ReplicatedPostgres.newSchema();

        @Override
        protected LayerSource source() {
            return ReplicatedPostgres.in(schema);
        }
    }

    @Nested
    class Pages extends PageContract {
        private final String schema = ReplicatedPostgres.newSchema();

        @Override
        protected LayerSource source() {
            return ReplicatedPostgres.in(schema);
        }
    }

    @Nested
    class References extends ReferenceContract {
        private final String schema = ReplicatedPostgres.newSchema();

        @Override
        protected LayerSource source() {
            return ReplicatedPostgres.in(schema);
        }
    }

    @Nested
    class Deletions extends ReferentialContract {
        private final String schema = ReplicatedPostgres.newSchema();

        @Override
        protected LayerSource store() {
            return ReplicatedPostgres.in(schema);
        }
    }

    @Nested
    class KeptRows extends SoftDeleteContract {
        private final String schema = ReplicatedPostgres.newSchema();

        @Override
        protected LayerSource store() {
            return ReplicatedPostgres.in(schema);
        }
    }

    @Nested
    class Transactions extends TransactionContract {
        private final String schema = ReplicatedPostgres.newSchema();

        @Override
        protected LayerSource source() {
            return ReplicatedPostgres.in(schema);
        }
    }

    @Nested
    class UniqueFields extends UniquenessContract {
        private final String schema = ReplicatedPostgres.newSchema();

        @Override
        protected LayerSource source() {
            return ReplicatedPostgres.in(schema);
        }
    }

    @Nested
    class RandomItems extends RandomItemsContract {
        private final String schema = ReplicatedPostgres.newSchema();

        @Override
        protected LayerSource source() {
            return ReplicatedPostgres.in(schema);
        }
    }

    @Nested
    class RandomTransactions extends RandomTransactionsContract {
        private final String schema = ReplicatedPostgres.newSchema();

        @Override
        protected LayerSource source() {
            return ReplicatedPostgres.in(schema);
        }
    }
}
