/** The journal of korm, in files. */
module dev.korm.wal {
    exports dev.korm.wal;

    requires transitive dev.korm;
    requires static transitive org.jspecify;
}
