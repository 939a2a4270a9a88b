package dev.korm.spi.query;

/**
 * An outer join from a reference to the row it names. The row is found when the reference is the canonical text of an
 * item's RN, its namespace and kind are the target's, its {@code from} mod is absent or names this layer, and its id is the
 * row's key; otherwise the join's columns are null. At most one row is found.
 *
 * @param source the number by which operands name the joined row
 * @param reference the RN's text, of an earlier source
 * @param target the table of items referred to
 */
public record Join(int source, Operand reference, TableName target) {}
