package dev.korm.wal;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities.Conditional;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalDescription;
import dev.korm.spi.journal.JournalSource;
import dev.korm.wal.run.TakenRuns;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A journal in a depot of the pool, from which changes over several stores are finished after a crash: for programs that have no disk of their own.
 *
 * <pre>{@code
 * Pool pool = Korm.pool()
 *         .depot("files", S3Depot.bucket("cars"))
 *         .withWal(Wal.in("files").namespace("demo"))
 *         …
 * }</pre>
 *
 * <p>Several pools, of several processes and machines, may share a depot and a namespace. A run shows that it lives by a lease that it renews; one that
 * does not is taken for over. So the opening that follows a kill at once waits for the end of that lease, where {@link Wal#at} does not. A program that was
 * stopped for longer and goes on loses its journal, and nothing else: what it had not decided is refused by the stores. Immutable.
 */
public final class DepotWal implements JournalSource {
    private static final Pattern NAMESPACE = Pattern.compile("[^:\\[\\]*/\\\\\u0000]+");

    private final String depot;
    private final Optional<String> namespace;
    private final Settings settings;
    private final FileRecording files;

    /**
     * The sizes and times of things.
     *
     * @param lease how long a run counts as living after it has shown that it does
     * @param renewal how long a run waits before it shows it again
     * @param keptGroups from how many groups of appends on entries of old changes are carried forward
     * @param mostIndexed how many unfinished changes are looked for at once
     */
    record Settings(Duration lease, Duration renewal, int keptGroups, int mostIndexed, JournalRetention retention) {
        static final Settings USUAL = new Settings(
                Duration.ofSeconds(20), Duration.ofSeconds(5), 64, TakenRuns.MOST_INDEXED, JournalRetention.DELETE);

        Settings lease(Duration other) {
            return new Settings(other, other.dividedBy(4), keptGroups, mostIndexed, retention);
        }

        Settings retention(JournalRetention other) {
            return new Settings(lease, renewal, keptGroups, mostIndexed, other);
        }
    }

    private DepotWal(String depot, Optional<String> namespace, Settings settings, FileRecording files) {
        this.depot = depot;
        this.namespace = namespace;
        this.settings = settings;
        this.files = files;
    }

    static DepotWal in(String depot) {
        return new DepotWal(depot, Optional.empty(), Settings.USUAL, FileRecording.OFF);
    }

    /**
     * Returns the same under a name of its own in the depot. Without one, it is the id of the pool.
     *
     * @throws ConfigurationException when it is empty, {@code .}, {@code ..}, or has {@code : [ ] * / \} or U+0000
     */
    public DepotWal namespace(String name) {
        requireNonNull(name, "name");
        if (!NAMESPACE.matcher(name).matches() || !name.equals(name.strip()) || name.equals(".") || name.equals("..")) {
            throw new ConfigurationException(
                    "The namespace of a journal is a part of RNs, so it must not be empty, \".\" or"
                            + " \"..\", begin or end with spaces, or have one of : [ ] * / \\ or U+0000 in it");
        }
        return new DepotWal(depot, Optional.of(name), settings, files);
    }

    /** Returns the same with another fate of what is finished: {@link JournalRetention#DELETE} unless said otherwise. */
    public DepotWal retention(JournalRetention retention) {
        requireNonNull(retention, "retention");
        return new DepotWal(depot, namespace, settings.retention(retention), files);
    }

    /**
     * Returns the same with another lease: for how long a run counts as living after it has shown that it does, 20 seconds unless said otherwise. It shows it
     * four times as often. The longer, the fewer requests; the shorter, the sooner a pool is open again after a kill.
     *
     * @throws ConfigurationException when it is shorter than four seconds
     */
    public DepotWal lease(Duration lease) {
        requireNonNull(lease, "lease");
        if (lease.compareTo(Duration.ofSeconds(4)) < 0) {
            throw new ConfigurationException("lease(" + lease
                    + ") is too short: stores tell times by the second, and a program must not be taken for dead while it"
                    + " collects garbage. Give 4 seconds or more");
        }
        return new DepotWal(depot, namespace, settings.lease(lease), files);
    }

    /**
     * Returns the same with another fate of the bytes of files that changes replace or delete: {@link FileRecording#OFF} unless said otherwise. With {@link FileRecording#RECORD} they are
     * kept, each in the depot of its file, so that {@code pool.history().undo(…)} brings files back too; the pool has to keep a history.
     */
    public DepotWal files(FileRecording other) {
        requireNonNull(other, "other");
        return new DepotWal(depot, namespace, settings, other);
    }

    @Override
    public boolean recordsFiles() {
        return files == FileRecording.RECORD;
    }

    /** Returns the same with other sizes, for tests. */
    DepotWal with(Settings other) {
        return new DepotWal(depot, namespace, other, files);
    }

    @Override
    public String description() {
        return "the journal in the depot \"" + depot + "\"";
    }

    @Override
    public JournalDescription identity() {
        JournalDescription layout = JournalDescription.of(JournalDescription.DEPOT)
                .with(JournalDescription.DEPOT_NAME, depot)
                .with(JournalDescription.RETENTION, settings.retention().recorded())
                .with(JournalDescription.FILES, files.recorded());
        return namespace
                .map(name -> layout.with(JournalDescription.NAMESPACE, name))
                .orElse(layout);
    }

    @Override
    public Journal open(JournalContext context) {
        requireNonNull(context, "context");
        Depot store = context.depots().apply(depot);
        if (!store.capabilities().has(Conditional.IF_ABSENT)) {
            throw new ConfigurationException("The journal cannot be in the depot \"" + depot
                    + "\": this store does not say of a file whether it was there already, so two programs could write the"
                    + " same place of a log. Keep the journal in another depot, or in a folder by Wal.at(…)");
        }
        DepotLayout layout = new DepotLayout(store, namespace.orElse(context.pool()), context.pool());
        return OpenDepotWal.open(layout, context, settings);
    }

    @Override
    public String toString() {
        return "Wal[" + depot + namespace.map(name -> ", " + name).orElse("") + "]";
    }
}
