package dev.korm;

/**
 * The progress of a scan; reported after each page of items.
 *
 * @param layer the layer that it is in
 * @param collection the collection that it is in
 * @param items how many items it has looked at, in all layers
 * @param findings how many of what it looks for it has found
 */
public record ScanProgress(String layer, Rn<?> collection, long items, long findings) {}
