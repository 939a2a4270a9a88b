/** Topics of Kafka and a cache in Redis for korm's gateway. */
@SuppressWarnings("requires-automatic") // The clients of Kafka and Redis have names, and no descriptors.
module dev.korm.gateway.kafka {
    exports dev.korm.gateway.kafka;

    requires transitive dev.korm.gateway;
    requires static transitive org.jspecify;
    requires kafka.clients;
    requires lettuce.core;
    requires org.slf4j;
    requires tools.jackson.databind;

    provides dev.korm.gateway.config.TopicsProvider with
            dev.korm.gateway.kafka.KafkaProvider;
}
