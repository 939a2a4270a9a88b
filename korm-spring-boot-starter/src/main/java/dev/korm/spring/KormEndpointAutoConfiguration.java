package dev.korm.spring;

import dev.korm.Pool;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The endpoint {@code korm}, where it is exposed. */
@AutoConfiguration(after = KormAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean({Pool.class, KormProperties.class})
@ConditionalOnAvailableEndpoint(endpoint = KormEndpoint.class)
public class KormEndpointAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    KormEndpoint kormEndpoint(Pool pool, KormProperties properties, StoreDescriptions stores) {
        return new KormEndpoint(pool, properties, stores);
    }
}
