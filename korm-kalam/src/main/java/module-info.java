/** A client of KalamDB. */
@SuppressWarnings("requires-automatic")
module dev.korm.kalam {
    exports dev.korm.kalam;
    exports dev.korm.kalam.agent;
    exports dev.korm.kalam.auth;
    exports dev.korm.kalam.consumer;
    exports dev.korm.kalam.error;
    exports dev.korm.kalam.file;
    exports dev.korm.kalam.layer;
    exports dev.korm.kalam.live;
    exports dev.korm.kalam.settings;
    exports dev.korm.kalam.sql;

    requires transitive tools.jackson.databind;
    requires kotlin.stdlib;
    requires okhttp3;
    requires okio;
    requires org.slf4j;
    requires static transitive dev.korm;
    requires static transitive org.jspecify;
}
