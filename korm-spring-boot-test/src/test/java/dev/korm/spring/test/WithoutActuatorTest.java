package dev.korm.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Pool;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

/** An application that has neither Actuator nor Spring's JDBC, as the class path of this module. */
class WithoutActuatorTest {
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Plain {}

    @Test
    void the_starter_needs_neither() {
        assertThat(ClassUtils.isPresent("org.springframework.boot.actuate.endpoint.annotation.Endpoint", null))
                .isFalse();
        assertThat(ClassUtils.isPresent("org.springframework.jdbc.core.JdbcTemplate", null))
                .isFalse();

        new ApplicationContextRunner()
                .withUserConfiguration(Plain.class)
                .withPropertyValues("korm.layers.main.url=jdbc:sqlite::memory:")
                .run(context ->
                        assertThat(context.getBean(Pool.class).ping()).allMatch(dev.korm.event.Ping::isAnswered));
    }
}
