/**
 * Models of records: their fields, the kinds of their columns, the paths into them. Built once per class, from then on
 * read by many threads.
 *
 * <p>Begin with {@link dev.korm.model.Model}, made by {@link dev.korm.model.Models}. Uses {@code codec},
 * {@code codec.base}, {@code codec.json}, {@code codec.scalar}, {@code codec.shape}, {@code codec.text}, {@code crypto},
 * {@code model.assign}, {@code model.existing}, {@code model.reference}, {@code model.row} and {@code schema}.
 */
@NullMarked
package dev.korm.model;

import org.jspecify.annotations.NullMarked;
