/** A clinic with two databases, files and an HTTP interface, written from the documentation alone. */
@NullMarked
package dev.korm.examples.clinic;

import org.jspecify.annotations.NullMarked;
