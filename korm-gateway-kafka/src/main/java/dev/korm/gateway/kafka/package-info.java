/**
 * A gateway's topics and its cache: answering from a pool over Kafka, and a gateway that answers from those topics, with a hot cache in Redis.
 *
 * <p>Begin with {@link dev.korm.gateway.kafka.KafkaService} for the side of the pool, and {@link dev.korm.gateway.kafka.KafkaUpstream} for the side of the clients.
 */
@NullMarked
package dev.korm.gateway.kafka;

import org.jspecify.annotations.NullMarked;
