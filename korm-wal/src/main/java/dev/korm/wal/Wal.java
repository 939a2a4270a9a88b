package dev.korm.wal;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalDescription;
import dev.korm.spi.journal.JournalSource;
import dev.korm.wal.run.Steps;
import dev.korm.wal.run.TakenRuns;
import dev.korm.wal.run.WalFailures;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * A journal in a folder of the machine, from which changes over several stores are finished after a crash.
 *
 * <pre>{@code
 * JournalSource journal = Wal.at(Path.of("journal"));
 * }</pre>
 *
 * <p>Several pools, of several processes, may share a folder, as long as it is on a disk of this machine. What a pool has not finished stays
 * there until the next that has the same layers is opened. Immutable.
 */
public final class Wal implements JournalSource {
    private final String spelt;
    private final Function<FileSystem, Path> folder;
    private final Settings settings;
    private final JournalRetention retention;
    private final FileRecording files;

    /**
     * The sizes of things.
     *
     * @param segmentSize how many bytes a segment has, unless an entry needs more
     * @param keptSegments from how many segments on entries of old changes are carried forward
     * @param mostIndexed how many unfinished changes are looked for at once
     */
    record Settings(int segmentSize, int keptSegments, int mostIndexed, Steps steps) {
        static final Settings USUAL = new Settings(4 << 20, 8, TakenRuns.MOST_INDEXED, Steps.ALL);
    }

    private Wal(
            String spelt,
            Function<FileSystem, Path> folder,
            Settings settings,
            JournalRetention retention,
            FileRecording files) {
        this.spelt = spelt;
        this.folder = folder;
        this.settings = settings;
        this.retention = retention;
        this.files = files;
    }

    /** Returns the journal in a folder of the environment's file system; it is made when it is not there. */
    public static Wal at(String folder) {
        requireNonNull(folder, "folder");
        return new Wal(
                folder, files -> files.getPath(folder), Settings.USUAL, JournalRetention.DELETE, FileRecording.OFF);
    }

    /** Returns the journal in a folder; it is made when it is not there. */
    public static Wal at(Path folder) {
        requireNonNull(folder, "folder");
        return new Wal(folder.toString(), files -> folder, Settings.USUAL, JournalRetention.DELETE, FileRecording.OFF);
    }

    /**
     * Returns the journal in a depot of the pool, such as one on S3.
     *
     * @param depot the depot's name in the pool
     */
    public static DepotWal in(String depot) {
        requireNonNull(depot, "depot");
        return DepotWal.in(depot);
    }

    /**
     * Returns the same with another fate of what is finished: {@link JournalRetention#DELETE} unless said otherwise. {@link WalReader} reads and purges what is
     * kept.
     */
    public Wal retention(JournalRetention other) {
        requireNonNull(other, "other");
        return new Wal(spelt, folder, settings, other, files);
    }

    /**
     * Returns the same with another fate of the bytes of files that changes replace or delete: {@link FileRecording#OFF} unless said otherwise. With {@link FileRecording#RECORD} they are
     * kept, so that {@code pool.history().undo(…)} brings files back too; the pool has to keep a history.
     */
    public Wal files(FileRecording other) {
        requireNonNull(other, "other");
        return new Wal(spelt, folder, settings, retention, other);
    }

    @Override
    public boolean recordsFiles() {
        return files == FileRecording.RECORD;
    }

    /** Returns the same with other sizes, for tests. */
    Wal with(Settings other) {
        return new Wal(spelt, folder, other, retention, files);
    }

    @Override
    public String description() {
        return "the journal in the folder " + spelt;
    }

    @Override
    public JournalDescription identity() {
        return JournalDescription.of(JournalDescription.FOLDER)
                .with(JournalDescription.PATH, spelt)
                .with(JournalDescription.RETENTION, retention.recorded())
                .with(JournalDescription.FILES, files.recorded());
    }

    @Override
    public Journal open(JournalContext context) {
        requireNonNull(context, "context");
        Path path;
        try {
            path = folder.apply(context.environment().fileSystem());
        } catch (InvalidPathException invalid) {
            throw new ConfigurationException("The journal cannot be opened: its folder " + spelt
                    + " is not a path, or has characters that the character set of file names lacks which this JVM was started"
                    + " with. Correct it, or start the JVM in a locale of UTF-8, as by LC_ALL=C.UTF-8");
        }
        try {
            LogFolder root = LogFolder.open(path, settings.steps(), retention);
            RunFolder run =
                    RunFolder.create(root, context.pool(), context.environment().random());
            return new OpenWal(root, run, context, settings);
        } catch (IOException failed) {
            throw WalFailures.opening(path, failed);
        }
    }

    @Override
    public String toString() {
        return "Wal[" + spelt + "]";
    }
}
