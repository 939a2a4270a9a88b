/**
 * Tests of Spring Boot applications whose layers, depots and journal are in memory.
 *
 * <p>Begin with {@link dev.korm.spring.test.KormTest}. Uses {@code spring}, {@code testkit.memory}.
 */
@NullMarked
package dev.korm.spring.test;

import org.jspecify.annotations.NullMarked;
