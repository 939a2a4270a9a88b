package dev.korm.engine.lock;

import dev.korm.ConfigurationException;
import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.context.StoreFingerprint;
import dev.korm.engine.item.PoolLayers;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.lock.LockName;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The identity of a lock.
 *
 * @param id the key of its rows, as the original forms it from an RN's text: itself, or where that is too long its SHA-256 in hex
 * @param name as people know it
 * @param item what is locked; empty where it is a name
 * @param layers whose writes are held to it, beside that of the locks
 */
record LockKey(String id, String name, Optional<ItemKey> item, Set<String> layers) {
    private static final int LONGEST = 512;

    /** Begins the ids of names, as no RN begins. */
    private static final String NAMED = "[lock]:";

    /** Returns the key of an item's lock: the same for every spelling of its RN. */
    static LockKey of(Rn<?> rn, PoolLayers layers) {
        if (rn.form() != Rn.Form.ITEM) {
            throw new RnException(
                    rn + " is not an item, and there are locks of items alone. For anything else choose a name:"
                            + " locks().acquire(LockName.of(\"…\"))",
                    0);
        }
        OpenLayer layer = rn.layer().map(layers::layer).orElseGet(() -> layers.homeOf(rn));
        ItemKey item = ItemKey.of(rn, layer.layer());
        String text = Rn.collection(rn.namespace(), rn.kind())
                .from(layer.layer())
                .item(item.id())
                .toString();
        return new LockKey(id(text), text, Optional.of(item), Set.of(layer.layer()));
    }

    /** Returns the key of a name's lock. */
    static LockKey of(LockName name, PoolLayers layers) {
        for (String layer : new TreeSet<>(name.layers())) {
            if (!layers.names().contains(layer)) {
                throw new ConfigurationException("The lock " + name + " guards the layer \"" + layer
                        + "\", which the pool does not have; it has " + String.join(", ", layers.names()));
            }
        }
        return new LockKey(id(name), name.toString(), Optional.empty(), name.layers());
    }

    /** Returns the key of the rows of a name's lock. */
    static String id(LockName name) {
        return id(NAMED + name.text());
    }

    /** Returns whether rows of a key are those of a name's lock, unless the name is so long that its key is a hash. */
    static boolean isName(String id) {
        return id.startsWith(NAMED);
    }

    private static String id(String text) {
        return text.length() <= LONGEST ? text : StoreFingerprint.sha256(text);
    }
}
