package dev.korm.spring;

import dev.korm.Pool;
import dev.korm.micrometer.KormMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The meters of the pool, where {@code korm-micrometer} is there and the application has a registry; without one, nothing is measured. */
@AutoConfiguration(
        before = KormAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass({KormMetrics.class, MeterRegistry.class})
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "korm.metrics.enabled", matchIfMissing = true)
public class KormMetricsAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    KormMetrics kormMetrics(MeterRegistry registry) {
        return KormMetrics.to(registry);
    }

    @Bean
    MeterBinder kormPoolMetrics(KormMetrics metrics, Pool pool) {
        return registry -> metrics.bind(pool);
    }
}
