package dev.korm.spring;

import dev.korm.ConfigurationException;
import dev.korm.depots.local.LocalDepot;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.journal.JournalSource;
import dev.korm.wal.Wal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** The stores as the properties say: by URL, or beans of the application by their names. */
final class ConfiguredStores implements KormStores {
    private static final String SQLITE = "jdbc:sqlite:";

    private final ConfigurableListableBeanFactory beans;
    private final SurroundingTransactions transactions;

    ConfiguredStores(ConfigurableListableBeanFactory beans, SurroundingTransactions transactions) {
        this.beans = beans;
        this.transactions = transactions;
    }

    @Override
    public LayerSource layer(String name, LayerProperties properties) {
        String place = "korm.layers." + name;
        List<@Nullable String> said =
                Arrays.asList(properties.getUrl(), properties.getDataSource(), properties.getSource());
        if (said.stream().filter(Objects::nonNull).count() != 1) {
            throw new ConfigurationException(
                    "The layer \"" + name + "\" needs exactly one of " + place + ".url, " + place
                            + ".data-source and " + place + ".source, and has "
                            + said.stream().filter(Objects::nonNull).count());
        }
        String source = properties.getSource();
        if (source != null) {
            requireUnset(place, properties);
            return bean(place + ".source", source, LayerSource.class);
        }
        String dataSource = properties.getDataSource();
        if (dataSource != null) {
            return dataSource(name, bean(place + ".data-source", dataSource, DataSource.class), dataSource, properties);
        }
        return url(place, Objects.requireNonNull(properties.getUrl()).strip(), properties);
    }

    /** Returns a layer whose connections come from a data source of the application. */
    private LayerSource dataSource(String name, DataSource source, String bean, LayerProperties properties) {
        String place = "korm.layers." + name;
        refuse(place, "data-source", "username", properties.getUsername());
        refuse(place, "data-source", "password", properties.getPassword());
        refuse(place, "data-source", "pool-size", properties.getPoolSize());
        refuse(place, "data-source", "pool-timeout", properties.getPoolTimeout());
        String product = TransactionalDataSource.product(source, place);
        DataSource shared = new TransactionalDataSource(source, bean, name, transactions);
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "postgresql" -> postgres(Postgres.dataSource(shared), properties);
            case "mysql", "mariadb" -> mySql(place, MySql.dataSource(shared), properties);
            case "sqlite" ->
                throw new ConfigurationException(
                        "The data source \"" + bean + "\" of " + place
                                + " is of SQLite, whose connections korm makes itself, since one database has one writer. Say "
                                + place
                                + ".url=jdbc:sqlite:… with the same file instead, and let only one of the two write in a transaction");
            default ->
                throw new ConfigurationException("The data source \"" + bean + "\" of " + place + " is of " + product
                        + "; korm keeps layers in PostgreSQL, MySQL, MariaDB and SQLite");
        };
    }

    private static LayerSource url(String place, String url, LayerProperties properties) {
        if (url.startsWith(SQLITE) || url.startsWith("sqlite:")) {
            return sqlite(place, url.substring(url.indexOf("sqlite:") + "sqlite:".length()), properties);
        }
        if (url.startsWith("postgres:") || url.startsWith("postgresql:") || url.startsWith("jdbc:postgresql:")) {
            Postgres source = Postgres.url(url);
            source = with(source, properties.getUsername(), Postgres::user);
            source = with(source, properties.getPassword(), Postgres::password);
            source = with(source, properties.getPoolSize(), Postgres::poolSize);
            source = with(source, properties.getPoolTimeout(), Postgres::poolTimeout);
            return postgres(source, properties);
        }
        if (Stream.of("mysql:", "mariadb:", "jdbc:mysql:", "jdbc:mariadb:").anyMatch(url::startsWith)) {
            MySql source = MySql.url(url);
            source = with(source, properties.getUsername(), MySql::user);
            source = with(source, properties.getPassword(), MySql::password);
            source = with(source, properties.getPoolSize(), MySql::poolSize);
            source = with(source, properties.getPoolTimeout(), MySql::poolTimeout);
            return mySql(place, source, properties);
        }
        throw new ConfigurationException(
                place + ".url begins with none of jdbc:postgresql:, jdbc:mysql:, jdbc:mariadb: and jdbc:sqlite:");
    }

    private static LayerSource sqlite(String place, String file, LayerProperties properties) {
        refuse(place, "url of SQLite", "username", properties.getUsername());
        refuse(place, "url of SQLite", "password", properties.getPassword());
        refuse(place, "url of SQLite", "schema", properties.getSchema());
        if (file.isEmpty()) {
            throw new ConfigurationException(
                    place + ".url names no file; say jdbc:sqlite:cars.sqlite or jdbc:sqlite::memory:");
        }
        if (file.indexOf('?') >= 0) {
            throw new ConfigurationException(
                    place + ".url has settings behind a question mark, which korm does not take for SQLite");
        }
        Sqlite source = file.equals(":memory:") ? Sqlite.memory() : Sqlite.file(file);
        source = with(source, properties.getPoolSize(), Sqlite::readers);
        source = with(source, properties.getPoolTimeout(), Sqlite::readerTimeout);
        source = with(source, properties.getBusyTimeout(), Sqlite::busyTimeout);
        return properties.isReadOnly() ? source.readOnly() : source;
    }

    private static Postgres postgres(Postgres source, LayerProperties properties) {
        Postgres set = with(source, properties.getSchema(), Postgres::schema);
        set = with(set, properties.getBusyTimeout(), Postgres::busyTimeout);
        return properties.isReadOnly() ? set.readOnly() : set;
    }

    private static MySql mySql(String place, MySql source, LayerProperties properties) {
        refuse(place, "database of MySQL", "schema", properties.getSchema());
        MySql set = with(source, properties.getBusyTimeout(), MySql::busyTimeout);
        return properties.isReadOnly() ? set.readOnly() : set;
    }

    private static <S, V> S with(S source, @Nullable V value, BiFunction<S, V, S> setting) {
        return value == null ? source : setting.apply(source, value);
    }

    private static void requireUnset(String place, LayerProperties properties) {
        refuse(place, "source", "username", properties.getUsername());
        refuse(place, "source", "password", properties.getPassword());
        refuse(place, "source", "schema", properties.getSchema());
        refuse(place, "source", "pool-size", properties.getPoolSize());
        refuse(place, "source", "pool-timeout", properties.getPoolTimeout());
        refuse(place, "source", "busy-timeout", properties.getBusyTimeout());
        refuse(place, "source", "read-only", properties.isReadOnly() ? true : null);
    }

    private static void refuse(String place, String beside, String property, @Nullable Object value) {
        if (value != null) {
            throw new ConfigurationException(
                    place + "." + property + " has no effect beside a " + beside + "; leave it out, or set it there");
        }
    }

    @Override
    public DepotSource depot(String name, DepotProperties properties) {
        String place = "korm.depots." + name;
        String folder = properties.getFolder();
        String source = properties.getSource();
        if ((folder == null) == (source == null)) {
            throw new ConfigurationException(
                    "The depot \"" + name + "\" needs either " + place + ".folder or " + place + ".source");
        }
        return source == null
                ? LocalDepot.at(Objects.requireNonNull(folder))
                : bean(place + ".source", source, DepotSource.class);
    }

    @Override
    public JournalSource journal(String folder) {
        return Wal.at(folder);
    }

    private <T> T bean(String property, String name, Class<T> type) {
        try {
            return beans.getBean(name, type);
        } catch (NoSuchBeanDefinitionException missing) {
            if (!name.equals(missing.getBeanName())) {
                throw missing;
            }
            throw new ConfigurationException(property + " names the bean \"" + name + "\", which is not there; of type "
                    + type.getSimpleName() + " there are " + String.join(", ", beans.getBeanNamesForType(type)));
        } catch (BeanNotOfRequiredTypeException other) {
            throw new ConfigurationException(property + " names the bean \"" + name + "\", which is no "
                    + type.getSimpleName() + " but " + other.getActualType().getName());
        }
    }
}
