package dev.korm.kalam.file;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A reference to a file, as a FILE column holds it.
 *
 * @param id the id
 * @param sub the folder, such as {@code f0001}
 * @param name the name that the file came with
 * @param size the bytes
 * @param mime the media type
 * @param sha256 the hash, in hex
 * @param shard the shard, for files of some clusters
 */
public record FileRef(
        String id,
        String sub,
        String name,
        long size,
        String mime,
        String sha256,
        @Nullable Integer shard) {
    public FileRef {
        requireNonNull(id, "id");
        requireNonNull(sub, "sub");
        requireNonNull(name, "name");
        requireNonNull(mime, "mime");
        requireNonNull(sha256, "sha256");
    }

    private static final List<String> UNITS = List.of("KB", "MB", "GB", "TB");
    private static final int MAX_STORED = 50;

    /** Returns the reference that a cell holds: a text of JSON, or its tree; nothing when there is none. */
    public static Optional<FileRef> parse(@Nullable Object value) {
        try {
            JsonNode json = value instanceof JsonNode node && !node.isString()
                    ? node
                    : value instanceof JsonNode text
                            ? JsonMapper.shared().readTree(text.stringValue())
                            : value instanceof CharSequence text
                                            && !text.toString().isBlank()
                                    ? JsonMapper.shared().readTree(text.toString())
                                    : null;
            return json == null
                            || !json.isObject()
                            || !json.path("id").isString()
                            || !json.path("sub").isString()
                    ? Optional.empty()
                    : Optional.of(new FileRef(
                            json.path("id").asString(""),
                            json.path("sub").asString(""),
                            json.path("name").asString(""),
                            json.path("size").asLong(0),
                            json.path("mime").asString("application/octet-stream"),
                            json.path("sha256").asString(""),
                            json.path("shard").isIntegralNumber()
                                    ? (Integer) json.path("shard").asInt()
                                    : null));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** Returns the references that cells hold, without those that hold none. */
    public static List<FileRef> parseAll(List<? extends @Nullable Object> values) {
        requireNonNull(values, "values");
        return values.stream().flatMap(value -> parse(value).stream()).toList();
    }

    /** Returns the size for readers: {@code 512 B}, {@code 1.5 KB}. */
    public String formatSize() {
        if (size < 1024) {
            return size + " B";
        }
        double amount = size;
        int unit = -1;
        while (amount >= 1024 && unit < UNITS.size() - 1) {
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", amount, UNITS.get(unit));
    }

    /** Tells whether this is an image. */
    public boolean isImage() {
        return mime.startsWith("image/");
    }

    /** Tells whether this is a video. */
    public boolean isVideo() {
        return mime.startsWith("video/");
    }

    /** Tells whether this is sound. */
    public boolean isAudio() {
        return mime.startsWith("audio/");
    }

    /** Tells whether this is a PDF. */
    public boolean isPdf() {
        return mime.equals("application/pdf");
    }

    /** Returns a description of the type for readers. */
    public String typeDescription() {
        if (isImage()) {
            return "Image";
        }
        if (isVideo()) {
            return "Video";
        }
        if (isAudio()) {
            return "Audio";
        }
        if (isPdf()) {
            return "PDF Document";
        }
        int slash = mime.indexOf('/');
        return slash < 0 || slash == mime.length() - 1
                ? "File"
                : mime.substring(slash + 1).toUpperCase(Locale.ROOT) + " File";
    }

    /** Returns the name under which the server keeps the file. */
    public String storedName() {
        int dot = name.lastIndexOf('.');
        String ending = dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
        String extension = ending.matches("[a-z0-9]{1,10}") ? ending : "bin";
        StringBuilder kept = new StringBuilder();
        String base = dot < 0 ? name : name.substring(0, dot);
        for (int i = 0; i < base.length(); i++) {
            char c = base.charAt(i);
            if (c == ' ' || c == '_' || c == '-') {
                kept.append('-');
            } else if (c < 128 && Character.isLetterOrDigit(c)) {
                kept.append(Character.toLowerCase(c));
            }
        }
        kept.setLength(Math.min(kept.length(), MAX_STORED));
        String clean = kept.toString().replaceAll("-+", "-").replaceAll("^-|-$", "");
        return id + (clean.isEmpty() ? "" : "-" + clean) + "." + extension;
    }

    /** Returns the path below a table's files. */
    public String relativePath() {
        return segment(sub) + "/" + segment(storedName());
    }

    /** Returns the address of the file of a row of {@code namespace.table}. */
    public URI downloadUri(URI server, String table) {
        requireNonNull(server, "server");
        requireNonNull(table, "table");
        String[] parts = table.split("\\.", -1);
        if (parts.length > 2) {
            throw new IllegalArgumentException("A table is named as namespace.table");
        }
        String namespace = parts.length == 2 ? parts[0] : "default";
        String base = server.toString().replaceAll("/+$", "");
        return URI.create(base + "/v1/files/" + segment(namespace) + "/" + segment(parts[parts.length - 1]) + "/"
                + relativePath());
    }

    private static String segment(String text) {
        if (Objects.requireNonNull(text).isEmpty() || text.equals(".") || text.equals("..")) {
            throw new IllegalArgumentException("A part of a file's path is empty or leads elsewhere");
        }
        return java.net.URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
