package dev.korm.spring;

import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.journal.JournalSource;

/** The stores that the properties of a pool name. A bean of this type replaces the application's own, as tests do. */
public interface KormStores {
    /** Returns the store of a layer. */
    LayerSource layer(String name, LayerProperties properties);

    /** Returns the store of a depot. */
    DepotSource depot(String name, DepotProperties properties);

    /** Returns the journal. */
    JournalSource journal(String folder);
}
