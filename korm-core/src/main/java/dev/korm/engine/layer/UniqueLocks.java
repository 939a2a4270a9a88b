package dev.korm.engine.layer;

import dev.korm.crypto.BlindIndex;
import dev.korm.engine.federation.FederatedLayer;
import dev.korm.spi.Batch;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Rows of the table {@code __korm_uniquelocks__} that transactions change to wait for each other until they end: sixteen for each
 * key, by the first digit of a fingerprint. They hold a number that each change draws anew: a change that alters nothing is none to the other
 * nodes of a cluster. Safe for many threads.
 */
public final class UniqueLocks {
    static final TableName TABLE = TableName.own("__korm_uniquelocks__", "id");

    private static final ColumnSchema TAKEN = new ColumnSchema("taken", ColumnKind.INTEGER);
    private static final ColumnSchema ID = new ColumnSchema(TABLE.key(), ColumnKind.ID);
    private static final TableSchema SCHEMA = new TableSchema(TABLE, List.of(ID, TAKEN), List.of());

    private final FederatedLayer layer;
    private final Environment environment;
    private final Set<String> made = ConcurrentHashMap.newKeySet();

    UniqueLocks(FederatedLayer layer, Environment environment) {
        this.layer = layer;
        this.environment = environment;
    }

    /** Returns the lock that all share who write a value with this fingerprint. */
    public static String of(String fingerprint) {
        String key = BlindIndex.keyId(fingerprint);
        return fingerprint.substring(0, Math.min(fingerprint.length(), key.length() + 2));
    }

    /**
     * Returns the changes that take locks, which are made where they are not there yet.
     *
     * @param locks in one order for all, so that nobody waits in a circle
     */
    public List<Mutation> taking(Collection<String> locks) {
        List<Mutation> taking = new ArrayList<>();
        for (String lock : locks) {
            if (!made.contains(lock)) {
                make(lock);
            }
            Row another = Row.of(environment.random().nextLong());
            taking.add(new Mutation.Update(TABLE, lock, OptionalLong.empty(), List.of(TAKEN), another));
        }
        return taking;
    }

    private void make(String lock) {
        layer.store().evolve(SCHEMA, Set.of());
        // Refused when somebody else was faster, whose row serves as well.
        layer.store().apply(Batch.of(List.of(new Mutation.Insert(TABLE, lock, List.of(TAKEN), Row.of(0L)))));
        made.add(lock);
    }

    /** Has them looked for anew, since one is gone. */
    public void forget() {
        made.clear();
    }
}
