package dev.korm.engine.pool;

import dev.korm.ConfigurationException;
import dev.korm.engine.collection.ItemsOfType;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.key.KeyCheck;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.key.KeyRing;
import dev.korm.model.Model;
import dev.korm.model.Models;
import java.util.LinkedHashSet;
import java.util.Set;

/** The records that a pool was told of when it was made, and what its opening checks for them: that they can be stored here at all, and that keys open what is. */
final class DeclaredRecords {
    private final Set<Class<?>> checked = new LinkedHashSet<>();
    private final Set<Class<?>> prepared = new LinkedHashSet<>();
    private boolean requireAllKeys;

    void check(Class<?> record) {
        checked.add(record);
    }

    void prepare(Class<?> record) {
        checked.add(record);
        prepared.add(record);
    }

    void requireAllKeys() {
        requireAllKeys = true;
    }

    void addAll(DeclaredRecords others) {
        requireAllKeys |= others.requireAllKeys;
        checked.addAll(others.checked);
        prepared.addAll(others.prepared);
    }

    /** Builds the models, so that what is no record fails before a store is opened. */
    void build() {
        checked.forEach(Models::of);
    }

    /** Checks homes and keys in an open pool, and prepares what is to be prepared. */
    void require(PoolContext pool, KeyRing keys) {
        if (requireAllKeys) {
            // Before anything is prepared, since fingerprints would be made of what does not open.
            for (OpenLayer layer : pool.layers().all()) {
                layer.items().forEach(schema -> KeyCheck.require(layer, schema.table()));
            }
        }
        for (Class<?> record : checked) {
            require(Models.of(record), pool, keys);
        }
    }

    private <T> void require(Model<T> model, PoolContext pool, KeyRing keys) {
        ItemsOfType<T> items = new ItemsOfType<>(model, pool);
        boolean hasHome = model.home().isPresent();
        if (hasHome) {
            items.query();
        }
        if (!model.boundColumns().isEmpty()) {
            keys.currentId();
            if (hasHome) {
                // Before anything is prepared, since fingerprints would be made of what does not open.
                items.requireKeys();
            }
        }
        if (prepared.contains(model.type())) {
            if (!hasHome) {
                throw new ConfigurationException("prepare(" + model.type().getSimpleName()
                        + ".class) needs to know the collection; declare it by @Stored(namespace = …, kind = …) on "
                        + model.type().getSimpleName());
            }
            items.prepare();
        }
    }
}
