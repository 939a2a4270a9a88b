package dev.korm.spi.discover;

import dev.korm.key.KeyRing;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.journal.JournalDescription;
import dev.korm.spi.journal.JournalSource;
import java.util.Optional;

/**
 * The way back from a description in a pool's metadata to a source that opens the store, for {@link dev.korm.Korm#discover}. Found by {@link
 * java.util.ServiceLoader}; each factory answers for the kinds that it knows.
 */
public interface StoreFactory {
    /** Returns the source of a layer; empty for a kind that this factory does not know. */
    default Optional<LayerSource> layer(LayerDescription recorded) {
        return Optional.empty();
    }

    /** Returns the source of a depot; empty for a kind that this factory does not know. */
    default Optional<DepotSource> depot(DepotDescription recorded, Inner inner) {
        return Optional.empty();
    }

    /** Returns the source of a journal; empty for a kind that this factory does not know. */
    default Optional<JournalSource> journal(JournalDescription recorded) {
        return Optional.empty();
    }

    /** Things that a depot is made of. */
    interface Inner {
        /** Returns the source of a depot that another is made of, whichever factory knows it. */
        DepotSource depot(DepotDescription recorded);

        /** Returns the keys of the pool. */
        KeyRing keys();
    }
}
