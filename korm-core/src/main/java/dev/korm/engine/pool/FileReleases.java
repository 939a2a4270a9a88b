package dev.korm.engine.pool;

import dev.korm.file.FileRelease;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Release policies of files as a pool's metadata has them: {@code keep}, {@code delete}, or a time such as {@code PT24H}. */
final class FileReleases {
    private static final String KEEP = "keep";
    private static final String DELETE = "delete";

    private FileReleases() {}

    static String text(FileRelease release) {
        if (release instanceof FileRelease.After after) {
            return after.grace().toString();
        }
        return release instanceof FileRelease.Keep ? KEEP : DELETE;
    }

    /** Returns a policy; where it is not known, the one that takes nothing away. */
    static FileRelease parse(Optional<String> text) {
        String recorded = text.orElse(KEEP);
        if (recorded.equals(DELETE)) {
            return FileRelease.DELETE;
        }
        try {
            return recorded.equals(KEEP) ? FileRelease.KEEP : FileRelease.after(Duration.parse(recorded));
        } catch (DateTimeParseException unknown) {
            return FileRelease.KEEP;
        }
    }
}
