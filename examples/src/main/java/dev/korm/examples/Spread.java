package dev.korm.examples;

import dev.korm.ConfigurationException;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.layer.Kalam;
import dev.korm.spi.LayerSource;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The distribution of items over stores, as {@code people=postgres://me:secret@localhost/cars,garage=garage.sqlite}:
 * namespaces, or {@code namespace:kind}, and for each the URL of a server, also a namespace of KalamDB as
 * {@code kalam:http://me:secret@localhost:8080/app}, or an SQLite file. What is not named stays in
 * the program's own file.
 */
public final class Spread {
    /** The option that programs take it by. */
    public static final String OPTION = "--spread";

    private final Map<String, String> stores = new LinkedHashMap<>();

    private Spread() {}

    /** Keeps everything in the program's own file. */
    public static Spread none() {
        return new Spread();
    }

    /**
     * Reads one.
     *
     * @throws ConfigurationException when a part is no {@code place=store}; the text is not shown, since it may hold a password
     */
    public static Spread parse(String text) {
        Spread spread = new Spread();
        int number = 0;
        for (String part : text.split(",", -1)) {
            number++;
            int equals = part.indexOf('=');
            if (equals < 1 || equals == part.length() - 1) {
                throw new ConfigurationException("Part " + number + " of " + OPTION
                        + " has to be NAMESPACE=STORE or NAMESPACE:KIND=STORE, where a store is a URL or a file, such as"
                        + " people=postgres://localhost/cars,garage=garage.sqlite");
            }
            spread.stores.put(part.substring(0, equals), part.substring(equals + 1));
        }
        return spread;
    }

    /** Opens a pool of the program's own file and the stores. */
    public Pool open(Path file) {
        return builder(file).open();
    }

    /** Returns a pool of the program's own file and the stores, to which more can be added. */
    public PoolBuilder builder(Path file) {
        PoolBuilder pool = Korm.pool().layer("main", Sqlite.file(file)).defaultLayer("main");
        Map<String, String> layers = new LinkedHashMap<>();
        stores.forEach((place, store) -> {
            String layer = layers.get(store);
            if (layer == null) {
                layer = "layer" + (layers.size() + 2);
                layers.put(store, layer);
                pool.layer(layer, source(store));
            }
            String[] names = place.split(":", 2);
            if (names.length == 1) {
                pool.home(names[0], layer);
            } else {
                pool.home(names[0], names[1], layer);
            }
        });
        return pool;
    }

    private static LayerSource source(String store) {
        if (store.startsWith("postgres") || store.startsWith("jdbc:postgresql:")) {
            return Postgres.url(store);
        }
        if (store.startsWith("mysql:") || store.startsWith("mariadb:") || store.startsWith("jdbc:")) {
            return MySql.url(store);
        }
        if (store.startsWith("kalam:")) {
            return kalam(store);
        }
        return Sqlite.file(Path.of(store));
    }

    /** Returns a namespace of KalamDB, written {@code kalam:http://user:password@host:port/namespace}. */
    private static LayerSource kalam(String store) {
        try {
            URI address = URI.create(store.substring("kalam:".length()));
            String[] user = address.getUserInfo().split(":", 2);
            URI server = new URI(address.getScheme(), null, address.getHost(), address.getPort(), "/", null, null);
            return Kalam.namespace(server, address.getPath().substring(1)).auth(Auth.basic(user[0], user[1]));
        } catch (RuntimeException | URISyntaxException malformed) {
            throw new ConfigurationException(
                    "A store in KalamDB is written kalam:http://USER:PASSWORD@HOST:PORT/NAMESPACE");
        }
    }
}
