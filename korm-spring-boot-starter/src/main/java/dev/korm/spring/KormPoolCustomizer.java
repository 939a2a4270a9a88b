package dev.korm.spring;

import dev.korm.PoolBuilder;

/**
 * A bean that completes the pool before it is opened, with what the properties cannot say. They are called in their order, after the properties.
 *
 * <pre>{@code
 * @Bean
 * KormPoolCustomizer backups() {
 *     return pool -> pool.backups("copies", plan -> plan.every("*", Schedule.daily().at(2, 0)));
 * }
 * }</pre>
 */
@FunctionalInterface
public interface KormPoolCustomizer {
    void customize(PoolBuilder pool);
}
