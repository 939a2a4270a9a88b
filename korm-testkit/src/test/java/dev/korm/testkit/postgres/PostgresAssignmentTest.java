package dev.korm.testkit.postgres;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.AssignmentContract;

class PostgresAssignmentTest extends AssignmentContract {
    private final String schema = PostgresServer.newSchema();

    @Override
    protected LayerSource source() {
        return PostgresServer.in(schema);
    }
}
