package dev.korm.depots.local;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.depots.support.GuardedStream;
import dev.korm.depots.support.LimitedStream;
import dev.korm.depots.support.OpenStreams;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileStat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads files of a folder, and what is known of them. Safe for many threads. */
final class LocalFiles {
    /** How often a file is looked at that others replace each time. */
    private static final int ATTEMPTS = 1000;

    private final String depot;
    private final LocalTree tree;
    private final Labels labels;
    private final LocalFailures failures;
    private final OpenStreams streams;

    LocalFiles(String depot, LocalTree tree, Labels labels, LocalFailures failures, OpenStreams streams) {
        this.depot = depot;
        this.tree = tree;
        this.labels = labels;
        this.failures = failures;
        this.streams = streams;
    }

    /** Returns what is known of a file; empty when there is none. */
    Optional<FileStat> stat(Rn<?> file, List<String> place) {
        try (LocalTree.Entry entry = tree.find(file, place)) {
            return entry == null ? Optional.empty() : Optional.of(stat(file, place, entry));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (IOException failed) {
            throw failures.reading(file, failed);
        }
    }

    /**
     * Returns what is known of a file.
     *
     * @throws NoSuchFileException when it has gone
     */
    FileStat stat(Rn<?> file, List<String> place, LocalTree.Entry entry) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            BasicFileAttributes attributes = entry.attributes();
            Label label = labels.read(entry.path(), place, attributes);
            if (version(entry.attributes()).equals(version(attributes))) {
                return stat(file, attributes, label);
            }
        }
        throw restless(file);
    }

    static FileStat stat(Rn<?> file, BasicFileAttributes attributes, Label label) {
        return new FileStat(
                file,
                attributes.size(),
                attributes.lastModifiedTime().toInstant(),
                version(attributes),
                label.sha256(),
                label.contentType(),
                label.attributes());
    }

    private static String version(BasicFileAttributes attributes) {
        long nanos = attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
        return Long.toString(nanos, Character.MAX_RADIX) + "-" + attributes.size() + "-" + attributes.fileKey();
    }

    private DepotUnavailableException restless(Rn<?> file) {
        return new DepotUnavailableException(
                depot,
                file,
                file + " in the depot \"" + depot + "\" was not read: others replaced it each time it was looked at."
                        + " Try again",
                Outcome.NOT_APPLIED,
                null);
    }

    /** @param range what is wanted; null for all */
    FileContent open(Rn<?> file, List<String> place, @Nullable ByteRange range) {
        try (LocalTree.Entry entry = tree.find(file, place)) {
            if (entry == null) {
                throw failures.missing(file);
            }
            return open(file, place, entry, range);
        } catch (NoSuchFileException gone) {
            throw failures.missing(file);
        } catch (IOException failed) {
            throw failures.reading(file, failed);
        }
    }

    private FileContent open(Rn<?> file, List<String> place, LocalTree.Entry entry, @Nullable ByteRange range)
            throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            FileStat stat = stat(file, place, entry);
            SeekableByteChannel channel = entry.folder().read(entry.name());
            try {
                // What is known must not be of another file than the bytes.
                if (stat.version().equals(version(entry.attributes()))) {
                    return content(file, stat, channel, range);
                }
            } catch (IOException | RuntimeException | Error failed) {
                channel.close();
                throw failed;
            }
            channel.close();
        }
        throw restless(file);
    }

    private FileContent content(Rn<?> file, FileStat stat, SeekableByteChannel channel, @Nullable ByteRange range)
            throws IOException {
        InputStream bytes = Channels.newInputStream(channel);
        if (range == null) {
            bytes = Digesting.verifying(bytes, stat, depot);
        } else {
            channel.position(Math.min(range.from(), stat.size()));
            bytes = new LimitedStream(bytes, range.within(stat.size()));
        }
        return new FileContent(stat, GuardedStream.of(bytes, streams, failed -> failures.reading(file, failed)));
    }
}
