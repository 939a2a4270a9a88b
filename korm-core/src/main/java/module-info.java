/** korm: records kept in a pool of data layers. */
@SuppressWarnings({
    "requires-automatic", // The driver of PostgreSQL has a name, and no descriptor.
    "module" // The journal is built later.
})
module dev.korm {
    exports dev.korm;
    exports dev.korm.argument;
    exports dev.korm.backup;
    exports dev.korm.concurrent to
            dev.korm.wal;
    exports dev.korm.danger;
    exports dev.korm.deletion;
    exports dev.korm.depot;
    exports dev.korm.event;
    exports dev.korm.file;
    exports dev.korm.history;
    exports dev.korm.jdbc;
    exports dev.korm.key;
    exports dev.korm.limit;
    exports dev.korm.live;
    exports dev.korm.lock;
    exports dev.korm.recovery;
    exports dev.korm.relocate;
    exports dev.korm.schema;
    exports dev.korm.spi;
    exports dev.korm.spi.backup;
    exports dev.korm.spi.depot;
    exports dev.korm.spi.discover;
    exports dev.korm.spi.environment;
    exports dev.korm.spi.evaluate;
    exports dev.korm.spi.feed;
    exports dev.korm.spi.journal;
    exports dev.korm.spi.limit;
    exports dev.korm.spi.load;
    exports dev.korm.spi.query;
    exports dev.korm.spi.schema;
    exports dev.korm.spi.support;
    exports dev.korm.table;

    uses dev.korm.spi.backup.BackupProvider;
    uses dev.korm.spi.discover.StoreFactory;

    provides dev.korm.spi.discover.StoreFactory with
            dev.korm.jdbc.discover.SqlStores;

    requires com.cronutils;
    requires static com.zaxxer.hikari;
    requires transitive java.sql;
    requires jdk.jfr;
    requires static java.naming;
    requires org.bouncycastle.provider;
    requires org.fusesource.jansi;
    requires org.slf4j;
    requires static transitive org.jspecify;
    requires static org.postgresql.jdbc;
    requires org.xerial.sqlitejdbc;
    requires tools.jackson.core;
}
