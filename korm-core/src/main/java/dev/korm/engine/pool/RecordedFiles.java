package dev.korm.engine.pool;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import dev.korm.engine.file.FileStep;
import dev.korm.engine.file.OpenFiles;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.write.ChangeSets;
import dev.korm.file.FileRef;

/** The files of a pool that keeps their bytes with its history: what is stored or deleted at once is a transaction of its own, which can be undone. */
final class RecordedFiles extends OpenFiles {
    private final PoolContext context;

    RecordedFiles(PoolContext context) {
        super(context);
        this.context = context;
    }

    @Override
    public FileRef create(FileRef floating) {
        return stored(FileStep.Aim.CREATE, requireNonNull(floating, "floating"));
    }

    @Override
    public FileRef store(FileRef floating) {
        return stored(FileStep.Aim.STORE, requireNonNull(floating, "floating"));
    }

    private FileRef stored(FileStep.Aim aim, FileRef floating) {
        ChangeSets.persist(context, new FileStep(context, aim, floating));
        return floating.in(context.depots().depot(floating.rn()));
    }

    @Override
    public boolean delete(Rn<?> file) {
        boolean there = find(file).isPresent();
        if (there) {
            ChangeSets.persist(context, new FileStep(context, FileStep.Aim.DELETE, FileRef.to(file)));
        }
        return there;
    }
}
