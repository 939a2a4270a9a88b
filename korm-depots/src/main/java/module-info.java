/** Where korm keeps files: folders, and what mirrors or seals depots. */
@SuppressWarnings("module") // S3 is built later.
module dev.korm.depots {
    exports dev.korm.depots.local;
    exports dev.korm.depots.mirror;
    exports dev.korm.depots.sealed;
    exports dev.korm.depots.support to
            dev.korm.depots.s3;

    provides dev.korm.spi.discover.StoreFactory with
            dev.korm.depots.discover.FileStores;

    requires transitive dev.korm;
    requires org.slf4j;
    requires static transitive org.jspecify;
}
