package dev.korm.jdbc;

import dev.korm.spi.Environment;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerSource;
import java.nio.file.Path;

/** A layer in an SQLite database. */
public final class Sqlite implements LayerSource {
    private Sqlite() {}

    /** A database file; it is made when there is none. */
    public static Sqlite file(String path) {
        throw new UnsupportedOperationException();
    }

    /** A database file; it is made when there is none. */
    public static Sqlite file(Path path) {
        throw new UnsupportedOperationException();
    }

    /** A database in memory, gone when its pool is closed. */
    public static Sqlite memory() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Layer open(String name, Environment environment) {
        throw new UnsupportedOperationException();
    }
}
