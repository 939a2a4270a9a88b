package dev.korm.spring;

import dev.korm.micrometer.KormObservations;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Observations of the pool's statements, where {@code korm-micrometer} is there and the application has a registry of observations; without one, nothing is told of beginnings. */
@AutoConfiguration(
        before = KormAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass({KormObservations.class, ObservationRegistry.class})
@ConditionalOnBean(ObservationRegistry.class)
@ConditionalOnBooleanProperty(name = "korm.observations.enabled", matchIfMissing = true)
public class KormObservationsAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    KormObservations kormObservations(ObservationRegistry registry) {
        return KormObservations.to(registry);
    }
}
