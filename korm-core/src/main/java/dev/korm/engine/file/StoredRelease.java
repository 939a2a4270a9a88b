package dev.korm.engine.file;

import dev.korm.ConfigurationException;
import dev.korm.file.FileRelease;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutOptions;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** The release that is stored beside a file. */
final class StoredRelease {
    private static final String ATTRIBUTE = "korm-release";
    private static final String KEEP = "keep";
    private static final String DELETE = "delete";

    private StoredRelease() {}

    static PutOptions put(PutOptions options, Optional<FileRelease> release) {
        return release.map(known -> options.attribute(ATTRIBUTE, text(known))).orElse(options);
    }

    static String text(FileRelease release) {
        if (release instanceof FileRelease.After after) {
            return after.grace().toString();
        }
        return release instanceof FileRelease.Keep ? KEEP : DELETE;
    }

    /** Returns the release that is stored with a file; empty where there is none. */
    static Optional<FileRelease> of(FileStat stat) {
        return Optional.ofNullable(stat.attributes().get(ATTRIBUTE)).map(StoredRelease::of);
    }

    /** Parses a stored release; a text that is not understood keeps the file. */
    static FileRelease of(String text) {
        if (text.equals(DELETE)) {
            return FileRelease.DELETE;
        }
        try {
            return text.equals(KEEP) ? FileRelease.KEEP : FileRelease.after(Duration.parse(text));
        } catch (DateTimeParseException | ConfigurationException foreign) {
            return FileRelease.KEEP;
        }
    }

    /** Returns, of two policies, the one that keeps a file longer. */
    static Optional<FileRelease> careful(Optional<FileRelease> one, Optional<FileRelease> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() ? other : one;
        }
        FileRelease first = one.get();
        FileRelease second = other.get();
        if (first instanceof FileRelease.After after && second instanceof FileRelease.After later) {
            return after.grace().compareTo(later.grace()) >= 0 ? one : other;
        }
        return care(first) >= care(second) ? one : other;
    }

    private static int care(FileRelease release) {
        return release instanceof FileRelease.Keep ? 2 : release instanceof FileRelease.After ? 1 : 0;
    }
}
