/** Contract tests that every layer, depot and journal must pass, with the faults and clocks to test them under. */
@NullMarked
package dev.korm.testkit;

import org.jspecify.annotations.NullMarked;
