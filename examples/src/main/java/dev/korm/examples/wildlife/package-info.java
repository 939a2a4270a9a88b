/** Real files, loaded into an SQLite database and asked questions that cross references. */
@NullMarked
package dev.korm.examples.wildlife;

import org.jspecify.annotations.NullMarked;
