package dev.korm.testkit.mysql;

import dev.korm.jdbc.MySql;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.SchemaContract;

class OldestMariaDbSchemaTest extends SchemaContract {
    private final MySql source = OldestMariaDb.inNewDatabase();

    @Override
    protected LayerSource source() {
        return source;
    }
}
