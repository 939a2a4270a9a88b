package dev.korm.wal.backup;

import dev.korm.Rn;
import dev.korm.backup.RestoreOptions.Mode;
import dev.korm.spi.backup.BackupContext;
import dev.korm.spi.backup.Exclusion;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutOptions;
import dev.korm.wal.backup.format.StoredFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The restore of files, each through a temporary one, so that a depot gets it whole or not at all. For one thread. */
final class FileRestore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.backups");

    private final BackupContext pool;
    private final Mode mode;
    private final Exclusion exclusion;
    private final Map<String, Long> missingDepots = new LinkedHashMap<>();
    private @Nullable StoredFile file;
    private @Nullable Path temporary;
    private @Nullable OutputStream out;
    private @Nullable MessageDigest digest;
    private long written;

    FileRestore(BackupContext pool, Mode mode, Exclusion exclusion) {
        this.pool = pool;
        this.mode = mode;
        this.exclusion = exclusion;
    }

    long written() {
        return written;
    }

    List<String> notes() {
        List<String> notes = new ArrayList<>();
        missingDepots.forEach((depot, count) -> notes.add(count + " files of the depot \"" + depot
                + "\" were left out, since the pool has no depot of that name"));
        return notes;
    }

    void begin(StoredFile begun) {
        try {
            Path path = Files.createTempFile("korm-restore-", ".tmp");
            file = begun;
            temporary = path;
            out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
            digest = MessageDigest.getInstance("SHA-256");
        } catch (IOException failed) {
            throw failed(failed);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static UncheckedIOException failed(IOException cause) {
        return new UncheckedIOException("A file could not be restored by way of a temporary one", cause);
    }

    void bytes(byte[] bytes) {
        try {
            Objects.requireNonNull(out).write(bytes);
            Objects.requireNonNull(digest).update(bytes);
        } catch (IOException failed) {
            throw failed(failed);
        }
    }

    void end() {
        StoredFile ended = Objects.requireNonNull(file);
        Path path = Objects.requireNonNull(temporary);
        try {
            Objects.requireNonNull(out).close();
            store(
                    ended,
                    path,
                    HexFormat.of().formatHex(Objects.requireNonNull(digest).digest()));
        } catch (IOException failed) {
            throw failed(failed);
        } finally {
            close();
        }
    }

    /** Removes what a restore that failed has left. */
    @Override
    public void close() {
        Path left = temporary;
        OutputStream open = out;
        temporary = null;
        out = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException full) {
            LOG.debug("A temporary file of a restore could not be written to its end; it goes", full);
        }
        try {
            if (left != null) {
                Files.deleteIfExists(left);
            }
        } catch (IOException failed) {
            LOG.warn("The temporary file {} of a restore could not be removed", left, failed);
        }
    }

    private void store(StoredFile stored, Path path, String sha256) throws IOException {
        Rn<?> rn = Rn.parse(stored.rn());
        String name = rn.depot().orElse("");
        if (!pool.depots().contains(name)) {
            missingDepots.merge(name, 1L, Long::sum);
            return;
        }
        Depot depot = pool.depot(name);
        Optional<FileStat> there = depot.stat(rn);
        boolean same = there.flatMap(FileStat::sha256).equals(Optional.of(sha256));
        if (same || (there.isPresent() && mode == Mode.MERGE)) {
            return;
        }
        PutOptions options = PutOptions.NONE.size(Files.size(path)).sha256(sha256);
        if (stored.contentType().isPresent()) {
            options = options.contentType(stored.contentType().get());
        }
        for (Map.Entry<String, String> each : stored.attributes().entrySet()) {
            options = options.attribute(each.getKey(), each.getValue());
        }
        exclusion.require();
        PutOptions put = options;
        pool.replaceFile(rn, () -> put(depot, rn, path, put));
        written++;
    }

    private static void put(Depot depot, Rn<?> rn, Path path, PutOptions options) {
        try (InputStream in = Files.newInputStream(path)) {
            depot.put(rn, in, options);
        } catch (IOException unreadable) {
            throw failed(unreadable);
        }
    }
}
