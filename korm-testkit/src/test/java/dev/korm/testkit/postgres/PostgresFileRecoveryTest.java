package dev.korm.testkit.postgres;

import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FileRecoveryContract;
import dev.korm.testkit.memory.MemoryDepot;
import java.util.HashMap;
import java.util.Map;

class PostgresFileRecoveryTest extends FileRecoveryContract {
    private final String schema = PostgresServer.newSchema();
    private final Map<String, MemoryDepot> depots = new HashMap<>();

    @Override
    protected LayerSource layer() {
        return PostgresServer.in(schema);
    }

    @Override
    protected DepotSource depot(String name) {
        return depots.computeIfAbsent(name, any -> MemoryDepot.create());
    }
}
