/** Where korm keeps files: folders, object stores, and what mirrors or seals them. */
@SuppressWarnings("requires-automatic") // The SDK of AWS has names, and no descriptors.
module dev.korm.depots {
    exports dev.korm.depots.local;
    exports dev.korm.depots.mirror;
    exports dev.korm.depots.s3;
    exports dev.korm.depots.sealed;

    provides dev.korm.spi.discover.StoreFactory with
            dev.korm.depots.discover.FileStores;

    requires transitive dev.korm;
    requires org.slf4j;
    requires static transitive org.jspecify;
    requires software.amazon.awssdk.auth;
    requires software.amazon.awssdk.awscore;
    requires software.amazon.awssdk.core;
    requires software.amazon.awssdk.http;
    requires software.amazon.awssdk.http.apache5;
    requires software.amazon.awssdk.identity.spi;
    requires software.amazon.awssdk.regions;
    requires software.amazon.awssdk.retries;
    requires software.amazon.awssdk.retries.api;
    requires software.amazon.awssdk.services.s3;
    requires software.amazon.awssdk.utils;
}
