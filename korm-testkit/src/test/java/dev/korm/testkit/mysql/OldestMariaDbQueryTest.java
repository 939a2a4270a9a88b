package dev.korm.testkit.mysql;

import dev.korm.jdbc.MySql;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.QueryContract;

class OldestMariaDbQueryTest extends QueryContract {
    private final MySql source = OldestMariaDb.inNewDatabase();

    @Override
    protected LayerSource source() {
        return source;
    }
}
