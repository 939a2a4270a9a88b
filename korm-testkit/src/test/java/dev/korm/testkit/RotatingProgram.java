package dev.korm.testkit;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.key.Rotation;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.secret.SecretsWorld;
import java.nio.file.Path;

/**
 * Changes the key of everything in a layer and tells how far it has come, for tests that kill it: first the current key and the
 * other, then how many items in a second (0 for no limit), then the layer.
 */
public final class RotatingProgram {
    public static final String ITEMS = "items ";
    public static final String END = "end ";

    private RotatingProgram() {}

    public static void main(String[] args) {
        KeyRing ring = SecretsWorld.keys(args[0], args[1]);
        try (Pool pool =
                Korm.pool().layer("main", layer(args[3], args[4])).keys(ring).open()) {
            Rotation rotation = pool.keys().rotation().onProgress(progress -> tell(ITEMS, progress.changed()));
            int limit = Integer.parseInt(args[2]);
            tell(
                    END,
                    (limit == 0 ? rotation : rotation.itemsPerSecond(limit))
                            .run()
                            .changed());
        }
    }

    private static void tell(String what, long items) {
        System.out.println(what + items);
        System.out.flush();
    }

    /** A file, or a schema and the URL of its server. */
    public static LayerSource layer(String name, String url) {
        return url.isEmpty()
                ? Sqlite.file(Path.of(name))
                : Postgres.url(url).schema(name).poolSize(8);
    }
}
