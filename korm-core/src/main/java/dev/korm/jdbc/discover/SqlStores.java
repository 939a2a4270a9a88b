package dev.korm.jdbc.discover;

import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerDescription.Location;
import dev.korm.spi.LayerSource;
import dev.korm.spi.discover.StoreFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The sources of the SQL databases that metadata names {@code sqlite}, {@code pg} and {@code mysql}. */
public final class SqlStores implements StoreFactory {
    private static final String MEMORY = ":memory:";

    @Override
    public Optional<LayerSource> layer(LayerDescription recorded) {
        return Optional.ofNullable(
                switch (recorded.type()) {
                    case "sqlite" -> sqlite(recorded.location(), recorded.settings());
                    case "pg" -> postgres(recorded.location(), recorded.settings());
                    case "mysql" -> mySql(recorded.location(), recorded.settings());
                    default -> null;
                });
    }

    private static @Nullable LayerSource sqlite(Location location, Map<String, String> settings) {
        if (!(location instanceof LayerDescription.Path path)) {
            return null;
        }
        Sqlite source = path.path().equals(MEMORY) ? Sqlite.memory() : Sqlite.file(path.path());
        return "NORMAL".equals(settings.get("durability")) ? source.durability(Sqlite.Durability.NORMAL) : source;
    }

    private static @Nullable LayerSource postgres(Location location, Map<String, String> settings) {
        Postgres source;
        if (location instanceof LayerDescription.Url url) {
            source = Postgres.url(url.url());
        } else if (location instanceof LayerDescription.Options options) {
            source = new Given(options.all())
                    .server(Postgres::server, Postgres::port, Postgres::database, Postgres::user, Postgres::password);
        } else {
            return null;
        }
        String schema = settings.get("schema");
        if (schema != null) {
            source = source.schema(schema);
        }
        String mode = settings.get("sslmode");
        if (mode != null) {
            source = source.tls(
                    switch (mode) {
                        case "disable" -> Postgres.Tls.OFF;
                        case "prefer" -> Postgres.Tls.PREFERRED;
                        case "require" -> Postgres.Tls.REQUIRED;
                        default -> Postgres.Tls.VERIFIED;
                    });
        }
        String silence = settings.get("socketTimeout");
        return silence == null ? source : source.socketTimeout(Duration.ofSeconds(Long.parseLong(silence)));
    }

    private static @Nullable LayerSource mySql(Location location, Map<String, String> settings) {
        MySql source;
        if (location instanceof LayerDescription.Url url) {
            source = MySql.url(url.url());
        } else if (location instanceof LayerDescription.Options options) {
            source = new Given(options.all())
                    .server(MySql::server, MySql::port, MySql::database, MySql::user, MySql::password);
        } else {
            return null;
        }
        String tls = settings.get("tls");
        if (tls != null) {
            source = source.tls(MySql.Tls.valueOf(tls));
        }
        String silence = settings.get("socketTimeout");
        return silence == null ? source : source.socketTimeout(Duration.ofMillis(Long.parseLong(silence)));
    }

    /** Options as this korm or the original has recorded them. */
    private record Given(Map<String, Object> options) {
        /** Makes the source of a server, with what is given of it. */
        <S> S server(
                Function<String, S> at,
                BiFunction<S, Integer, S> port,
                BiFunction<S, String, S> database,
                BiFunction<S, String, S> user,
                BiFunction<S, String, S> password) {
            S source = at.apply(text("host").or(() -> text("hostname")).orElse("localhost"));
            source = with(source, text("port").map(Integer::valueOf), port);
            source = with(source, text("database"), database);
            source = with(source, text("username").or(() -> text("user")), user);
            return with(source, text("password"), password);
        }

        private static <S, V> S with(S source, Optional<V> value, BiFunction<S, V, S> setting) {
            return value.isPresent() ? setting.apply(source, value.get()) : source;
        }

        private Optional<String> text(String name) {
            return Optional.ofNullable(options.get(name)).map(Object::toString);
        }
    }
}
