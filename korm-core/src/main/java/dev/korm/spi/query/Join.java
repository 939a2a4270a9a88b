package dev.korm.spi.query;

import java.util.Optional;

/**
 * An outer join from a reference to the row it names. The row is found when the reference is the canonical text of an
 * item's RN, its namespace and kind are the target's, its {@code from} mod is absent or names this layer, and its id is the
 * row's key; otherwise the join's columns are null. At most one row is found.
 *
 * @param source the number by which operands name the joined row
 * @param reference the RN's text, of an earlier source
 * @param target the table of items referred to
 * @param unless a column of the joined row, with this join's source: where it is not null, the row counts as not found
 */
public record Join(int source, Operand reference, TableName target, Optional<Operand.Column> unless) {
    public Join {
        if (unless.isPresent() && unless.get().source() != source) {
            throw new IllegalArgumentException("The column " + unless.get() + " is not one of the joined row");
        }
    }

    /** Creates a join that finds every row. */
    public Join(int source, Operand reference, TableName target) {
        this(source, reference, target, Optional.empty());
    }

    /** Returns this join, finding only rows in which a column of 64 bits is null. */
    public Join unless(String column) {
        return new Join(source, reference, target, Optional.of(new Operand.Column(source, column, ColumnKind.INTEGER)));
    }
}
