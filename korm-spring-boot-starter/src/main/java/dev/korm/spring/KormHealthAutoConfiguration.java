package dev.korm.spring;

import dev.korm.Pool;
import java.time.Duration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

/** The health of the pool's layers and depots, as {@code korm/layers/main} and its like. */
@AutoConfiguration(after = KormAutoConfiguration.class)
@ConditionalOnClass({HealthContributor.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(Pool.class)
@ConditionalOnEnabledHealthIndicator("korm")
public class KormHealthAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean(name = "kormHealthContributor")
    CompositeHealthContributor kormHealthContributor(Pool pool) {
        return new KormHealth(pool, Duration.ofSeconds(5)).contributor();
    }
}
