package dev.korm;

/** The policy for an item when an item that it refers to is deleted; declared by {@link OnDelete}. */
public enum DeletePolicy {
    /** The reference stays, and is missing from then on. What a field without {@link OnDelete} has. */
    LEAVE,
    /** The item that is referred to cannot be deleted, unless what refers to it goes along. */
    RESTRICT,
    /** The reference goes: a field becomes null, an entry of a list or map is taken out. A constructor that refuses null can read the item no more. */
    SET_NULL,
    /** The item that refers is deleted too, and what its own deletion asks for happens. */
    CASCADE
}
