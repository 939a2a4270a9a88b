package dev.korm.testkit.postgres;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.secret.RotationContract;

class PostgresRotationTest extends RotationContract {
    private final String schema = PostgresServer.newSchema();

    @Override
    protected LayerSource source() {
        return PostgresServer.bounded(schema, 1);
    }
}
