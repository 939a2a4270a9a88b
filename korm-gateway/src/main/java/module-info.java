/** Live queries of pools for browsers and phones, over WebSockets. */
@SuppressWarnings({"module", "requires-automatic"
}) // The module for Kafka is built later; FlatBuffers has a name, and no descriptor.
module dev.korm.gateway {
    exports dev.korm.gateway;
    exports dev.korm.gateway.access;
    exports dev.korm.gateway.config;
    exports dev.korm.gateway.settings;
    exports dev.korm.gateway.live to
            dev.korm.gateway.kafka;
    exports dev.korm.gateway.query to
            dev.korm.gateway.kafka;
    exports dev.korm.gateway.source to
            dev.korm.gateway.kafka;
    exports dev.korm.gateway.wire to
            dev.korm.gateway.kafka;

    uses dev.korm.gateway.config.TopicsProvider;

    requires transitive dev.korm;
    requires static transitive org.jspecify;
    requires com.nimbusds.jose.jwt;
    requires flatbuffers.java;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.io;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.util;
    requires org.eclipse.jetty.websocket.api;
    requires org.eclipse.jetty.websocket.common;
    requires org.eclipse.jetty.websocket.core.common;
    requires org.eclipse.jetty.websocket.server;
    requires org.slf4j;
    requires tools.jackson.databind;
}
