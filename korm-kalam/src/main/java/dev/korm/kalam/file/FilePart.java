package dev.korm.kalam.file;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A file that is sent with a statement, where {@code FILE("placeholder")} names it. */
public final class FilePart {
    /** A source of a file's bytes, which is opened once for each attempt. */
    @FunctionalInterface
    public interface Source {
        /** Opens the bytes from their beginning. */
        InputStream open() throws IOException;
    }

    private static final Pattern PLACEHOLDER = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final Pattern MIME =
            Pattern.compile("[\\w!#$&^.+-]+/[\\w!#$&^.+-]+(?:\\s*;\\s*[\\w-]+=[\\w!#$&^.+-]+)*");

    private final String placeholder;
    private final String fileName;
    private final String contentType;
    private final long size;
    private final Source source;

    private FilePart(String placeholder, String fileName, String contentType, long size, Source source) {
        if (!PLACEHOLDER.matcher(placeholder).matches()) {
            throw new IllegalArgumentException("A placeholder consists of 1 to 64 letters, digits, _ . -");
        }
        if (fileName.isBlank() || fileName.chars().anyMatch(c -> c < 32 || c == '/' || c == '\\')) {
            throw new IllegalArgumentException("A file's name is not blank and has no control characters, / or \\");
        }
        if (!MIME.matcher(contentType).matches()) {
            throw new IllegalArgumentException("'" + contentType + "' is no media type");
        }
        if (size < 0) {
            throw new IllegalArgumentException("A file's size is not negative");
        }
        this.placeholder = placeholder;
        this.fileName = fileName;
        this.contentType = contentType;
        this.size = size;
        this.source = source;
    }

    /** Returns a file of the disk, with its name, and a media type by its ending. */
    public static FilePart of(String placeholder, Path path) throws IOException {
        requireNonNull(placeholder, "placeholder");
        requireNonNull(path, "path");
        String type = Files.probeContentType(path);
        return new FilePart(
                placeholder,
                String.valueOf(path.getFileName()),
                type == null ? "application/octet-stream" : type,
                Files.size(path),
                () -> Files.newInputStream(path));
    }

    /** Returns bytes as a file. */
    public static FilePart of(String placeholder, byte[] content, String fileName, String contentType) {
        requireNonNull(placeholder, "placeholder");
        requireNonNull(content, "content");
        requireNonNull(fileName, "fileName");
        requireNonNull(contentType, "contentType");
        byte[] copy = content.clone();
        return new FilePart(placeholder, fileName, contentType, copy.length, () -> new ByteArrayInputStream(copy));
    }

    /** Returns a file of exactly so many bytes, read as it is sent. */
    public static FilePart of(String placeholder, Source source, long size, String fileName, String contentType) {
        requireNonNull(placeholder, "placeholder");
        requireNonNull(source, "source");
        requireNonNull(fileName, "fileName");
        requireNonNull(contentType, "contentType");
        return new FilePart(placeholder, fileName, contentType, size, source);
    }

    /** Returns the name in the statement. */
    public String placeholder() {
        return placeholder;
    }

    /** Returns the file's name. */
    public String fileName() {
        return fileName;
    }

    /** Returns the media type. */
    public String contentType() {
        return contentType;
    }

    /** Returns the bytes. */
    public long size() {
        return size;
    }

    /** Opens the bytes. */
    public InputStream open() throws IOException {
        return source.open();
    }
}
