package dev.korm.relocate;

/**
 * The result of a relocation.
 *
 * @param items how many items were compared on both sides
 * @param contentHash SHA-256 in hex, folded over the canonical content of each of them in the order of their ids: the source's, of
 *     which each item was found to be the same as its copy
 * @param references how many items had references that name the new place now
 */
public record Relocated(long items, String contentHash, long references) {}
