package dev.korm.spring;

import dev.korm.ConfigurationException;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.event.PoolListener;
import dev.korm.file.FileRelease;
import dev.korm.key.KeyRing;
import dev.korm.lock.LockOptions;
import dev.korm.spi.LayerSource;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/** Makes the pool that the properties and the application's beans describe. */
final class PoolFactory {
    static final String POOL = "kormPool";
    private static final String ONLY_LAYER = "main";

    private final KormProperties properties;
    private final KormStores stores;
    private final StoreDescriptions descriptions;
    private final ConfigurableListableBeanFactory beans;
    private final Environment environment;

    PoolFactory(
            KormProperties properties,
            KormStores stores,
            StoreDescriptions descriptions,
            ConfigurableListableBeanFactory beans,
            Environment environment) {
        this.properties = properties;
        this.stores = stores;
        this.descriptions = descriptions;
        this.beans = beans;
        this.environment = environment;
    }

    Pool open(
            ObjectProvider<KeyRing> keys,
            ObjectProvider<PoolListener> listeners,
            ObjectProvider<KormPoolCustomizer> customizers) {
        PoolBuilder pool = Korm.pool();
        layers(customizers.stream().findAny().isPresent()).forEach((name, layer) -> {
            LayerSource source = stores.layer(name, layer);
            descriptions.put(name, source);
            pool.layer(name, source);
            Optional.ofNullable(layer.getDataSource()).ifPresent(this::usedByPool);
            Optional.ofNullable(layer.getSource()).ifPresent(this::usedByPool);
            Optional.ofNullable(layer.getTimeout()).ifPresent(longest -> pool.timeout(name, longest));
            Optional.ofNullable(layer.getSlowStatements()).ifPresent(from -> pool.slowStatements(name, from));
        });
        properties.getDepots().forEach((name, depot) -> pool.depot(name, stores.depot(name, depot), release(depot)));
        properties.getHomes().forEach((place, layer) -> home(pool, place, layer));
        Optional.ofNullable(properties.getDefaultLayer()).ifPresent(pool::defaultLayer);
        Optional.ofNullable(properties.getJournal()).ifPresent(folder -> pool.withWal(stores.journal(folder)));
        Optional.ofNullable(properties.getMetaLayer()).ifPresent(pool::withMeta);
        if (properties.isAdoptMeta()) {
            pool.adoptMeta();
        }
        if (properties.isHistory()) {
            pool.withHistory();
        }
        locks(pool);
        Optional.ofNullable(properties.getLargestChange()).ifPresent(pool::largestChange);
        Optional.ofNullable(properties.getLongestFileWait()).ifPresent(pool::longestFileWait);
        Optional.ofNullable(properties.getTimeout()).ifPresent(pool::timeout);
        Optional.ofNullable(properties.getSlowStatements()).ifPresent(pool::slowStatements);
        pool.records(properties.getRecords().toArray(Class<?>[]::new));
        pool.prepare(properties.getPrepare().toArray(Class<?>[]::new));
        if (properties.isRequireKeys()) {
            pool.requireKeys();
        }
        // Properties of the application come from more places than variables of the process, a vault among them.
        KeyRing given = keys.getIfAvailable();
        pool.keys(given == null ? KeyRing.fromEnvironment(environment::getProperty) : given);
        listeners.orderedStream().forEach(pool::listener);
        customizers.orderedStream().forEach(customizer -> customizer.customize(pool));
        return pool.open();
    }

    /** Returns the layers that are described, or the one of the only data source. */
    private Map<String, LayerProperties> layers(boolean customized) {
        if (!properties.getLayers().isEmpty()) {
            return properties.getLayers();
        }
        LayerProperties only = new LayerProperties();
        if (stores instanceof ConfiguredStores) {
            String[] sources = beans.getBeanNamesForType(DataSource.class);
            if (sources.length != 1 && customized) {
                return Map.of();
            }
            if (sources.length != 1) {
                throw new ConfigurationException("The pool has no layer. Say where one is, such as"
                        + " korm.layers.main.url=jdbc:sqlite:data.sqlite or korm.layers.main.data-source=NAME with the name of a"
                        + " DataSource bean"
                        + (sources.length == 0 ? "" : ", of which there are " + String.join(", ", sources)));
            }
            only.setDataSource(sources[0]);
        }
        return Map.of(ONLY_LAYER, only);
    }

    /** Has a bean closed after the pool. */
    private void usedByPool(String bean) {
        beans.registerDependentBean(bean, POOL);
    }

    private void locks(PoolBuilder pool) {
        KormProperties.LockProperties locks = properties.getLocks();
        LockOptions options = Optional.ofNullable(locks.getLease())
                .map(LockOptions.defaults()::withLease)
                .orElse(LockOptions.defaults());
        if (locks.getLayer() != null) {
            pool.withLocks(locks.getLayer(), options);
        } else if (locks.getLease() != null) {
            throw new ConfigurationException("korm.locks.lease has no effect without korm.locks.layer");
        }
    }

    private static void home(PoolBuilder pool, String place, String layer) {
        int slash = place.indexOf('/');
        if (slash < 0) {
            pool.home(place, layer);
        } else {
            pool.home(place.substring(0, slash), place.substring(slash + 1), layer);
        }
    }

    private static FileRelease release(DepotProperties depot) {
        return switch (depot.getRelease()) {
            case KEEP -> FileRelease.KEEP;
            case DELETE -> FileRelease.DELETE;
            case AFTER -> FileRelease.after(depot.getGrace());
        };
    }
}
