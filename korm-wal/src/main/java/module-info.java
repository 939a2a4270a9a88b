/** The journal of korm, in files. */
module dev.korm.wal {
    exports dev.korm.wal;

    provides dev.korm.spi.discover.StoreFactory with
            dev.korm.wal.discover.JournalStores;

    requires transitive dev.korm;
    requires org.slf4j;
    requires static transitive org.jspecify;
}
