package dev.korm.spring;

import dev.korm.micrometer.KormMetrics;
import dev.korm.micrometer.KormObservations;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.stream.Stream;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Observations of the pool's calls and statements, where {@code korm-micrometer} is there and the application has a registry of observations; without one, nothing is told of beginnings.
 *
 * <p>Where all that the application does with observations is to make meters of them, {@link KormMetrics} times the same for a tenth of the price, and nothing is observed unless {@code korm.observations.enabled} is
 * {@code true}.
 */
@AutoConfiguration(
        before = KormAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass({KormObservations.class, ObservationRegistry.class})
@ConditionalOnBean(ObservationRegistry.class)
@ConditionalOnBooleanProperty(name = "korm.observations.enabled", matchIfMissing = true)
public class KormObservationsAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    KormObservations kormObservations(
            ObservationRegistry registry, ListableBeanFactory beans, Environment environment) {
        boolean asked = environment.getProperty("korm.observations.enabled", Boolean.class, false);
        return KormObservations.to(asked || !isTimedAlready(beans) ? registry : ObservationRegistry.NOOP);
    }

    /** Returns whether the application's handlers of observations only make meters of them, and the pool has its own. */
    private static boolean isTimedAlready(ListableBeanFactory beans) {
        String[] handlers = beans.getBeanNamesForType(ObservationHandler.class, true, false);
        return handlers.length > 0
                && beans.getBeanNamesForType(KormMetrics.class, true, false).length > 0
                && Stream.of(handlers).allMatch(name -> beans.isTypeMatch(name, MeterObservationHandler.class));
    }
}
