/** The journal of korm, in files. */
module dev.korm.wal {
    exports dev.korm.wal;

    requires transitive dev.korm;
    requires org.slf4j;
    requires static transitive org.jspecify;
}
