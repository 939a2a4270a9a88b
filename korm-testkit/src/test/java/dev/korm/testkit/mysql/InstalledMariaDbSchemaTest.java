package dev.korm.testkit.mysql;

import dev.korm.jdbc.MySql;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.SchemaContract;

class InstalledMariaDbSchemaTest extends SchemaContract {
    private final MySql source = InstalledMariaDb.inNewDatabase();

    @Override
    protected LayerSource source() {
        return source;
    }
}
