/**
 * What a record is: its fields, their kinds of column, the paths into it. Built once per class, from then on read by many
 * threads.
 */
@NullMarked
package dev.korm.model;

import org.jspecify.annotations.NullMarked;
