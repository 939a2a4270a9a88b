/** Small programs that show korm at work; the test suite runs each of them. */
@NullMarked
package dev.korm.examples;

import org.jspecify.annotations.NullMarked;
