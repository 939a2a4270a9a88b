/** Files of korm in S3 and its like. */
@SuppressWarnings({
    "module", // S3 has its digit from Amazon.
    "requires-automatic" // The SDK of AWS has names, and no descriptors.
})
module dev.korm.depots.s3 {
    exports dev.korm.depots.s3;

    provides dev.korm.spi.discover.StoreFactory with
            dev.korm.depots.s3.discover.S3Stores;

    requires transitive dev.korm;
    requires dev.korm.depots;
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
