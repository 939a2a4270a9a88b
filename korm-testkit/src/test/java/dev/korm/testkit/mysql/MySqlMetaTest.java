package dev.korm.testkit.mysql;

import dev.korm.jdbc.MySql;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.MetaContract;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

class MySqlMetaTest extends MetaContract {
    private final Map<String, String> databases = new ConcurrentHashMap<>();

    @Override
    protected LayerSource store(String name) {
        return in(name);
    }

    @Override
    protected Optional<LayerSource> readOnly(String name) {
        return Optional.of(in(name).readOnly());
    }

    private MySql in(String name) {
        return MySqlTestServer.in(databases.computeIfAbsent(name, each -> MySqlTestServer.newDatabase()));
    }
}
