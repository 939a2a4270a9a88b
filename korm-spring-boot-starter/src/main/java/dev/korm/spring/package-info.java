/**
 * korm in an application of Spring Boot: a pool made of {@code korm.*} properties, its items injected, transactions of Spring's, health and an endpoint.
 *
 * <p>Begin with {@link dev.korm.spring.KormAutoConfiguration}. Uses the rooms of words of {@code dev.korm}, {@code spi}, {@code jdbc}, and the modules for depots and
 * the journal.
 */
@NullMarked
package dev.korm.spring;

import org.jspecify.annotations.NullMarked;
