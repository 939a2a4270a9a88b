/** The journal of korm, in files, and backups of pools. */
module dev.korm.wal {
    exports dev.korm.wal;

    provides dev.korm.spi.discover.StoreFactory with
            dev.korm.wal.discover.JournalStores;
    provides dev.korm.spi.backup.BackupProvider with
            dev.korm.wal.backup.Backups;

    requires transitive dev.korm;
    requires org.slf4j;
    requires tools.jackson.core;
    requires static transitive org.jspecify;
}
