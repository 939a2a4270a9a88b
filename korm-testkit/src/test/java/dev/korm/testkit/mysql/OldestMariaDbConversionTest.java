package dev.korm.testkit.mysql;

import dev.korm.jdbc.MySql;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ConversionContract;

class OldestMariaDbConversionTest extends ConversionContract {
    private final MySql source = OldestMariaDb.inNewDatabase();

    @Override
    protected LayerSource source() {
        return source;
    }
}
