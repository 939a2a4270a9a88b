package dev.korm.deletion;

/**
 * The progress of a {@link DeletedPurge}.
 *
 * @param found how many deleted items of that age were found
 * @param purged how many of them are gone for good; the others were restored meanwhile
 */
public record PurgedItems(long found, long purged) {}
