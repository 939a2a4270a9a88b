package dev.korm.file;

/**
 * The fate of a file that no item names any more; declared by {@link OnRelease}, and for a whole depot by {@link
 * FileRelease}.
 */
public enum ReleasePolicy {
    /** It stays, as {@link FileRelease#KEEP}. */
    KEEP,
    /** It is deleted at once, unless another item names it, as {@link FileRelease#DELETE}. */
    DELETE,
    /** It stays for a while, as {@link FileRelease#after}. */
    AFTER
}
