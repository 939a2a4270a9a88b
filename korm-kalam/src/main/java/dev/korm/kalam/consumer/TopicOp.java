package dev.korm.kalam.consumer;

/** An operation on a row. */
public enum TopicOp {
    /** A row was inserted. */
    INSERT,
    /** A row was changed. */
    UPDATE,
    /** A row was deleted. */
    DELETE
}
