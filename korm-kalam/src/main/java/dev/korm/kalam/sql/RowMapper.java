package dev.korm.kalam.sql;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

/** A maker of objects from rows. */
@FunctionalInterface
public interface RowMapper<T> {
    /** Returns the object that the row is. */
    T map(Row row);

    /**
     * Returns a mapper to a record, each of whose components is the column of its name, in snake_case or as it is written: {@code createdAt} is
     * {@code created_at}. A component may be an {@code Optional}; a primitive one must not be NULL. The record's package has to be open to this
     * module, or the record public in an exported one.
     */
    static <T> RowMapper<T> of(Class<T> record) {
        requireNonNull(record, "record");
        return RecordMapper.of(record);
    }
}
