/**
 * Tools that every test may use: repeated tests, the seed of random ones, a check for leaks, a server of MariaDB.
 *
 * <p>Begin with {@link dev.korm.testkit.Seed}, and for the contracts in {@code dev.korm.testkit.contract}. Uses
 * {@code testkit.fault}.
 */
@NullMarked
package dev.korm.testkit;

import org.jspecify.annotations.NullMarked;
