/** korm: records kept in a pool of data layers. */
module dev.korm {
    exports dev.korm;
    exports dev.korm.jdbc;
    exports dev.korm.spi;
    exports dev.korm.spi.evaluate;

    requires static transitive org.jspecify;
    requires java.sql;
    requires org.fusesource.jansi;
    requires org.slf4j;
    requires org.xerial.sqlitejdbc;
    requires tools.jackson.core;
}
