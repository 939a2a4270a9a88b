package dev.korm.query;

/**
 * The way of a join that is not within the layer that is asked.
 *
 * @param holder the layer that the reference is in, and that an RN without {@code from} means
 * @param layer the layer of the items that it names
 */
public record CrossLayerJoin(String holder, String layer) {}
