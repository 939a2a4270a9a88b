package dev.korm.spi;

/** When a file is stored at all. Asked for what {@link DepotCapabilities} denies, a depot stores nothing and says so. */
public sealed interface PutCondition {
    /** In any case. */
    PutCondition NONE = new Always();

    /** Only when there is no such file; of many that try at once, exactly one succeeds. */
    PutCondition ABSENT = new Absent();

    /** In any case. */
    record Always() implements PutCondition {}

    /** Only when there is no such file. */
    record Absent() implements PutCondition {}

    /**
     * Only when the file is the one that was looked at.
     *
     * @param version of {@link FileStat#version()}
     */
    record Version(String version) implements PutCondition {}
}
