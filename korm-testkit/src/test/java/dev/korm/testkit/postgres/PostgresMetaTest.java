package dev.korm.testkit.postgres;

import dev.korm.jdbc.Postgres;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.MetaContract;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

class PostgresMetaTest extends MetaContract {
    private final Map<String, String> schemas = new ConcurrentHashMap<>();

    @Override
    protected LayerSource store(String name) {
        return in(name);
    }

    @Override
    protected Optional<LayerSource> readOnly(String name) {
        return Optional.of(in(name).readOnly());
    }

    private Postgres in(String name) {
        return PostgresServer.in(schemas.computeIfAbsent(name, each -> PostgresServer.newSchema()));
    }
}
