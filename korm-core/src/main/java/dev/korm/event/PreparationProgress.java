package dev.korm.event;

import dev.korm.Rn;

/**
 * The progress of what a collection's items are given when a field becomes unique or searchable, reported after each chunk of them; and of an index of a
 * table that was there without it, reported when it is begun, with 0 done, and when it is made.
 *
 * @param layer the layer that it is in
 * @param collection the collection
 * @param fields the fields, such as {@code mail}
 * @param done how many items have what they need
 * @param total how many lacked it at the beginning; others may add some meanwhile
 */
public record PreparationProgress(String layer, Rn<?> collection, String fields, long done, long total) {}
