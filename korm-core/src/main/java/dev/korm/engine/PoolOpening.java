package dev.korm.engine;

import dev.korm.ConfigurationException;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.spi.Environment;
import dev.korm.spi.LayerSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** Collects what a pool consists of, and opens it. */
final class PoolOpening implements PoolBuilder {
    private final Map<String, LayerSource> sources = new LinkedHashMap<>();
    private Environment environment = Environment.system();

    @Override
    public PoolBuilder layer(String name, LayerSource source) {
        if (name.isEmpty() || name.indexOf('[') >= 0 || name.indexOf(']') >= 0) {
            throw new ConfigurationException("The name of a layer stands in RNs, so it is not empty and has no [ or ]");
        }
        if (sources.putIfAbsent(name, source) != null) {
            throw new ConfigurationException("There are two layers of the name \"" + name + "\"; rename one");
        }
        return this;
    }

    @Override
    public PoolBuilder environment(Environment other) {
        this.environment = other;
        return this;
    }

    @Override
    public Pool open() {
        if (sources.isEmpty()) {
            throw new ConfigurationException("A pool needs at least one layer, such as"
                    + " Korm.pool().layer(\"main\", Sqlite.file(\"data.sqlite\"))");
        }
        Map<String, OpenLayer> open = new LinkedHashMap<>();
        try {
            sources.forEach((name, source) ->
                    open.put(name, new OpenLayer(source.open(name, environment), sources.size() > 1)));
        } catch (RuntimeException failure) {
            try {
                KormPool.closeAll(new ArrayList<>(open.values()));
            } catch (RuntimeException alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
            throw failure;
        }
        return new KormPool(open, environment);
    }
}
