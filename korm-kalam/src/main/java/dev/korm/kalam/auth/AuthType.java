package dev.korm.kalam.auth;

/** A kind of credentials. */
public enum AuthType {
    /** A user's name and password, which are sent to the login alone. */
    BASIC,
    /** A token. */
    JWT,
    /** None, which suffices for health, status and setup alone. */
    NONE,
    /** A key in a header, which servers of today refuse. */
    API_KEY
}
