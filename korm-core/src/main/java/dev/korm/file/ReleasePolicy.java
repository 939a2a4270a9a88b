package dev.korm.file;

/** What becomes of a file when an item no longer names it; declared by {@link OnRelease}, and for a whole depot by {@link FileRelease}. */
public enum ReleasePolicy {
    /** It stays, as {@link FileRelease#KEEP}. */
    KEEP,
    /** It is deleted at once, unless another item names it, as {@link FileRelease#DELETE}. */
    DELETE,
    /** It stays for a while, as {@link FileRelease#after}. */
    AFTER
}
