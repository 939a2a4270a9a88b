package dev.korm.engine.file;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import dev.korm.depot.FileExistsException;
import dev.korm.depot.MissingFileException;
import dev.korm.engine.depot.FileUse;
import dev.korm.engine.depot.OpenDepots;
import dev.korm.engine.filehistory.FileHistory;
import dev.korm.engine.item.PoolContext;
import dev.korm.file.FileOperation;
import dev.korm.file.FileRef;
import dev.korm.file.FileVersion;
import dev.korm.file.PoolFiles;
import dev.korm.file.Sweep;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities.Conditional;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The files of a pool's depots by themselves. */
public class OpenFiles implements PoolFiles {
    private final PoolContext context;
    private final OpenDepots pool;

    public OpenFiles(PoolContext context) {
        this.context = context;
        this.pool = context.depots();
    }

    /** Returns the revision of the item that brought a file along; empty where no item did. */
    public static OptionalLong itemRevision(FileStat stat) {
        String revision = stat.attributes().getOrDefault(FileTransitions.REVISION, "");
        try {
            return OptionalLong.of(Long.parseLong(revision));
        } catch (NumberFormatException notOurs) {
            return OptionalLong.empty();
        }
    }

    @Override
    public FileRef create(FileRef floating) {
        requireNonNull(floating, "floating");
        Depot depot = pool.depot(floating.rn());
        return pool.fileLocks().holding(floating.rn(), FileUse.of("files().create(…)"), () -> create(depot, floating));
    }

    private static FileRef create(Depot depot, FileRef floating) {
        PutOptions options = FileTransitions.options(floating);
        if (depot.capabilities().has(Conditional.IF_ABSENT)) {
            options = options.when(PutCondition.ABSENT);
        } else if (depot.stat(floating.rn()).isPresent()) {
            throw exists(depot, floating, "store(…)");
        }
        return floating.in(depot, FileTransitions.put(depot, floating.rn(), floating, options));
    }

    /** @param way to replace it */
    static FileExistsException exists(Depot depot, FileRef floating, String way) {
        return new FileExistsException(
                depot.name(),
                floating.rn(),
                floating + " is in the depot \"" + depot.name() + "\" already; choose another name, or replace it by "
                        + way,
                null);
    }

    @Override
    public FileRef store(FileRef floating) {
        requireNonNull(floating, "floating");
        Depot depot = pool.depot(floating.rn());
        PutOptions options = FileTransitions.options(floating);
        return pool.fileLocks()
                .holding(
                        floating.rn(),
                        FileUse.of("files().store(…)"),
                        () -> floating.in(depot, FileTransitions.put(depot, floating.rn(), floating, options)));
    }

    @Override
    public FileRef get(Rn<?> file) {
        requireNonNull(file, "file");
        return find(file)
                .orElseThrow(() -> new MissingFileException(
                        file.depot().orElse(""),
                        file,
                        file + " is not in its depot; check the RN, or ask with find() where it may be absent",
                        null));
    }

    @Override
    public Optional<FileRef> find(Rn<?> file) {
        requireNonNull(file, "file");
        FileRef wanted = FileRef.to(file);
        Depot depot = pool.depot(file);
        return depot.stat(file).map(stat -> wanted.in(depot, stat));
    }

    @Override
    public boolean delete(Rn<?> file) {
        requireNonNull(file, "file");
        Depot depot = pool.depot(FileRef.to(file).rn());
        return pool.fileLocks().holding(file, FileUse.of("files().delete(…)"), () -> depot.delete(file));
    }

    @Override
    public FileOperation creation(FileRef floating) {
        return new FileStep(context, FileStep.Aim.CREATE, requireNonNull(floating, "floating"));
    }

    @Override
    public FileOperation storing(FileRef floating) {
        return new FileStep(context, FileStep.Aim.STORE, requireNonNull(floating, "floating"));
    }

    @Override
    public FileOperation deletion(Rn<?> file) {
        return new FileStep(context, FileStep.Aim.DELETE, FileRef.to(requireNonNull(file, "file")));
    }

    @Override
    public Stream<FileVersion> history(Rn<?> file) {
        requireNonNull(file, "file");
        pool.depot(FileRef.to(file).rn());
        return new FileHistory(pool, context.layers()).stream(file);
    }

    @Override
    public List<Sweep.SetAside> setAside() {
        return pool.setAside().latest();
    }

    @Override
    public Stream<FileEntry> list(Rn<?> prefix) {
        requireNonNull(prefix, "prefix");
        return pool.depot(prefix).list(prefix).filter(entry -> !StagedName.isOwn(entry.rn()));
    }

    @Override
    public Stream<String> folders(Rn<?> prefix) {
        requireNonNull(prefix, "prefix");
        boolean top = prefix.depotParts().size() == 1;
        return pool.depot(prefix)
                .folders(prefix)
                .filter(folder -> !top || !(folder.startsWith("__korm_") && folder.endsWith("__")));
    }
}
