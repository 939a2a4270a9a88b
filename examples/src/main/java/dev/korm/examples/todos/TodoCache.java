package dev.korm.examples.todos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A copy of the list in a file, to be shown before the server has answered. It is for reading: it changes by what the server told, and never the other way round. A
 * file that cannot be read or written is no error, since the server has everything. One thread uses it.
 */
final class TodoCache {
    /**
     * The content of the file.
     *
     * @param version the highest version of the server's that was seen; rows get a higher one with each change
     * @param todos the list
     */
    record Content(long version, List<Todo> todos) {
        static final Content NONE = new Content(0, List.of());
    }

    private final Path file;
    private boolean isUsable = true;

    TodoCache(Path file) {
        this.file = file;
    }

    /** Returns what the file holds; nothing where there is none, or where it cannot be read. */
    Content load() {
        return read().orElse(Content.NONE);
    }

    private Optional<Content> read() {
        try {
            return Optional.of(JsonMapper.shared().readValue(Files.readAllBytes(file), Content.class));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    /** Keeps this, unless another window has kept something newer; returns whether it did. */
    boolean save(Content content) {
        if (load().version() > content.version()) {
            return false;
        }
        try {
            Path folder = file.toAbsolutePath().getParent();
            Path written = Files.createTempFile(folder, file.getFileName().toString(), ".new");
            try {
                Files.write(written, JsonMapper.shared().writeValueAsBytes(content));
                Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(written);
            }
            isUsable = true;
        } catch (IOException e) {
            // Full, or not allowed: the next start will have to wait for the server.
            isUsable = false;
        }
        return isUsable;
    }

    /** Tells whether the last attempt to keep something succeeded. */
    boolean isUsable() {
        return isUsable;
    }
}
