/** Measurements of korm beside its rivals. */
@NullMarked
package dev.korm.benchmarks;

import org.jspecify.annotations.NullMarked;
