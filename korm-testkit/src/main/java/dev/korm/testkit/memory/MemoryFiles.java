package dev.korm.testkit.memory;

import dev.korm.Rn;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The files of depots in memory, by the text of their RNs. Safe for many threads. */
final class MemoryFiles {
    /** A file. Its bytes are never changed. */
    @SuppressWarnings("ArrayRecordComponent") // Compared by its version.
    record Stored(
            byte[] bytes,
            Instant modified,
            long version,
            String sha256,
            Optional<String> contentType,
            Map<String, String> attributes) {}

    private final ConcurrentSkipListMap<String, Stored> files = new ConcurrentSkipListMap<>();
    private final AtomicLong versions = new AtomicLong();

    @Nullable Stored get(Rn<?> file) {
        return files.get(file.toString());
    }

    long nextVersion() {
        return versions.incrementAndGet();
    }

    /** Replaces a file by what a function makes of it; null stands for none. */
    void change(Rn<?> file, UnaryOperator<@Nullable Stored> change) {
        files.compute(file.toString(), (name, there) -> change.apply(there));
    }

    @Nullable Stored remove(Rn<?> file) {
        return files.remove(file.toString());
    }

    /** Returns the name after a name, of those that begin with a text; null at the end. */
    Map.@Nullable Entry<String, Stored> after(String name, String beginning) {
        Map.Entry<String, Stored> next = files.higherEntry(name);
        return next != null && next.getKey().startsWith(beginning) ? next : null;
    }

    List<String> names() {
        return List.copyOf(files.keySet());
    }

    void damage(Rn<?> file) {
        files.computeIfPresent(file.toString(), (name, there) -> {
            byte[] bytes =
                    there.bytes().length == 0 ? new byte[1] : there.bytes().clone();
            bytes[bytes.length / 2] ^= 1;
            return new Stored(
                    bytes, there.modified(), there.version(), there.sha256(), there.contentType(), there.attributes());
        });
    }
}
