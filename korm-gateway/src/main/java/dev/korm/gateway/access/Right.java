package dev.korm.gateway.access;

/** The things that a client may do with a table. */
public enum Right {
    /** Ask for rows, once and live. */
    READ,
    /** Add rows. */
    ADD,
    /** Change rows. */
    UPDATE,
    /** Delete rows. */
    DELETE,
    /** Make the table. */
    CREATE_TABLE
}
