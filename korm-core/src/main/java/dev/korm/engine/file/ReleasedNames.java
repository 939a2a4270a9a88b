package dev.korm.engine.file;

import dev.korm.Rn;
import dev.korm.file.FileRelease;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names of files that a change releases, however many: a portion in memory, those before it in a temporary file that is gone when
 * this is closed. Where that cannot be written the rest is left for a sweep. Used by one thread.
 */
public final class ReleasedNames implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.files");

    private final int portion;
    private final Map<Rn<?>, Optional<FileRelease>> latest = new LinkedHashMap<>();
    private @Nullable FileChannel spilled;
    private long count;

    /** @param portion how many are in memory at once */
    public ReleasedNames(int portion) {
        this.portion = portion;
    }

    public void add(Rn<?> file, Optional<FileRelease> declared) {
        latest.merge(file, declared, StoredRelease::careful);
        if (latest.size() == portion) {
            spill();
        }
    }

    /** Hands over all of them in portions, and forgets them. */
    public void drain(Consumer<Map<Rn<?>, Optional<FileRelease>>> work) {
        if (spilled != null) {
            drain(spilled, work);
        }
        if (!latest.isEmpty()) {
            work.accept(Map.copyOf(latest));
        }
        clear();
    }

    private void drain(FileChannel file, Consumer<Map<Rn<?>, Optional<FileRelease>>> work) {
        try {
            file.position(0);
            DataInputStream in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(file)));
            Map<Rn<?>, Optional<FileRelease>> some = new LinkedHashMap<>();
            for (long i = 1; i <= count; i++) {
                Rn<?> name = Rn.parse(text(in));
                String release = text(in);
                some.put(name, release.isEmpty() ? Optional.empty() : Optional.of(StoredRelease.of(release)));
                if (some.size() == portion || i == count) {
                    work.accept(some);
                    some = new LinkedHashMap<>();
                }
            }
        } catch (IOException unread) {
            LOG.warn("Of {} released files some are left for a sweep, since their list cannot be read", count, unread);
        }
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private void spill() {
        try {
            FileChannel file = spilled;
            if (file == null) {
                Path path = Files.createTempFile("korm-released-", null);
                file = FileChannel.open(
                        path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
                spilled = file;
            }
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(file)));
            for (Map.Entry<Rn<?>, Optional<FileRelease>> name : latest.entrySet()) {
                write(out, name.getKey().toString());
                write(out, name.getValue().map(StoredRelease::text).orElse(""));
            }
            out.flush();
            count += latest.size();
        } catch (IOException full) {
            LOG.warn("{} released files are left for a sweep, since their list cannot be written", latest.size(), full);
        }
        latest.clear();
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Forgets all. */
    void clear() {
        latest.clear();
        count = 0;
        close();
        spilled = null;
    }

    @Override
    public void close() {
        FileChannel file = spilled;
        if (file != null) {
            try {
                file.close();
            } catch (IOException left) {
                LOG.warn("A temporary file with names of released files may be left behind", left);
            }
        }
    }
}
