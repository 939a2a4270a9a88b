package dev.korm.examples.page;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.gateway.Gateway;
import dev.korm.gateway.config.GatewayConfig;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import java.nio.file.Path;

/** A gateway in a process of its own, by the file of the example; ends when its input does. */
final class TodoGateway {
    private TodoGateway() {}

    static LayerSource store(String at) {
        return at.startsWith("postgres") ? Postgres.url(at) : Sqlite.file(Path.of(at));
    }

    public static void main(String[] arguments) throws Exception {
        GatewayConfig config = GatewayConfig.read(Path.of(arguments[0]));
        try (Pool pool = Korm.pool()
                        .layer("main", store(config.layers().get("main")))
                        .open();
                Gateway gateway = config.gateway(pool).start()) {
            System.out.println("ready " + gateway.port());
            while (System.in.read() >= 0) {
                // Until whoever started it has gone.
            }
        }
    }
}
