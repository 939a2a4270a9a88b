package dev.korm.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The properties of one depot: a folder, or a bean of the application. */
public class DepotProperties {
    /** The folder that files are kept in. */
    private @Nullable String folder;

    /** The name of a DepotSource bean, such as one of S3. */
    private @Nullable String source;

    /** What becomes of a file that no item names any more. */
    private Release release = Release.AFTER;

    /** How long such a file stays where it is released after a time. */
    private Duration grace = Duration.ofDays(1);

    public @Nullable String getFolder() {
        return folder;
    }

    public void setFolder(@Nullable String folder) {
        this.folder = folder;
    }

    public @Nullable String getSource() {
        return source;
    }

    public void setSource(@Nullable String source) {
        this.source = source;
    }

    public Release getRelease() {
        return release;
    }

    public void setRelease(Release release) {
        this.release = release;
    }

    public Duration getGrace() {
        return grace;
    }

    public void setGrace(Duration grace) {
        this.grace = grace;
    }

    /** The ways in which a file is released that no item names any more. */
    public enum Release {
        /** It stays. */
        KEEP,
        /** It is deleted at once. */
        DELETE,
        /** A sweep deletes it after the grace period. */
        AFTER
    }
}
