package dev.korm.wal;

import dev.korm.AlreadyExistsException;
import dev.korm.Change;
import dev.korm.ConflictException;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.NotFoundException;
import dev.korm.OperationInterruptedException;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotException;
import dev.korm.file.FileRef;
import dev.korm.recovery.IncompleteChangeException;
import dev.korm.recovery.JournalException;
import dev.korm.wal.PoolHistory.Fate;
import dev.korm.wal.PoolHistory.Touch;
import dev.korm.wal.PoolHistory.Violation;
import dev.korm.wal.SimulatedProgram.Part;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One thing that a program does: a change of items, or some other work on its pool. Notes in the history what it was told. */
final class RandomChange {
    private static final int MANY = 10;

    private final PoolWorld world;
    private final SimulatedProgram program;
    private final Random random;
    private final List<Change<?>> steps = new ArrayList<>();
    private PoolHistory.@Nullable Change change;

    RandomChange(PoolWorld world, SimulatedProgram program) {
        this.world = world;
        this.program = program;
        this.random = world.random;
    }

    void run() {
        try {
            choose();
        } catch (StoreException | DepotException | JournalException failed) {
            // While it looked around, or swept: nothing was to be changed.
            program.requireAlive();
        }
    }

    private void choose() {
        int kind = random.nextInt(20);
        if (kind == 0) {
            program.pool().recovery().retry();
            return;
        }
        if (kind == 1) {
            program.pool().sweep().grace(Duration.ofMillis(1)).run();
            return;
        }
        List<Item<Part>> there = new ArrayList<>();
        world.layers().forEach(layer -> there.addAll(program.all(layer)));
        Collections.shuffle(there, random);
        change = world.history.begin();
        if (there.isEmpty() || kind < (there.size() > MANY ? 4 : 9)) {
            create();
        } else if (kind < (there.size() > MANY ? 12 : 17)) {
            update(there.subList(0, 1 + random.nextInt(Math.min(3, there.size()))));
        } else {
            delete(there);
        }
        persist();
    }

    private long number() {
        return change.number;
    }

    private void create() {
        List<String> layers = new ArrayList<>(world.layers());
        Collections.shuffle(layers, random);
        Rn<Part> owner = null;
        for (int i = random.nextInt(3) + 1; i >= 0; i--) {
            FloatingItem<Part> item = create(layers.get(random.nextInt(8) == 0 ? 0 : i % layers.size()), owner);
            if (owner == null && random.nextInt(3) == 0) {
                owner = item.rn();
            }
        }
    }

    private FloatingItem<Part> create(String layer, @Nullable Rn<Part> owner) {
        FileRef file = random.nextInt(4) == 0 ? file("f" + number() + "-" + steps.size()) : null;
        Part part = new Part(number(), file == null ? 0 : number(), file, owner);
        FloatingItem<Part> item = program.items().fromData(layer, "sim", "part", part);
        steps.add(item);
        touch(layer, item.rn(), 0, false);
        return item;
    }

    private FileRef file(String path) {
        return FileRef.of("files", path, PoolHistory.text(number()).getBytes(StandardCharsets.UTF_8));
    }

    private void update(List<Item<Part>> items) {
        for (Item<Part> item : items) {
            Part part = item.data();
            FileRef file = part.file();
            long fileNumber = part.fileNumber();
            int what = random.nextInt(6);
            if (what == 0) {
                file = null;
                fileNumber = 0;
            } else if (what <= 2) {
                String path = file == null || random.nextInt(3) == 0
                        ? "f" + number() + "-" + steps.size()
                        : String.join("/", file.rn().depotParts());
                file = file(path);
                fileNumber = number();
            }
            Part changed = new Part(number(), fileNumber, file, part.owner());
            steps.add(item.update(before -> changed));
            touch(layer(item), item.rn(), part.number(), false);
        }
    }

    private static String layer(Item<Part> item) {
        return item.rn().layer().orElseThrow();
    }

    /** Deletes an item with all that it owns, and perhaps changes another in the same change. */
    private void delete(List<Item<Part>> there) {
        Item<Part> deleted = there.get(0);
        String id = deleted.rn().id().orElseThrow();
        List<Item<Part>> others = new ArrayList<>();
        for (Item<Part> item : there) {
            Rn<Part> owner = item.data().owner();
            if (item == deleted || (owner != null && owner.id().orElseThrow().equals(id))) {
                touch(layer(item), item.rn(), item.data().number(), true);
            } else {
                others.add(item);
            }
        }
        steps.add(deleted.deletion());
        if (!others.isEmpty() && random.nextInt(3) == 0) {
            update(others.subList(0, 1));
        }
    }

    private void touch(String layer, Rn<?> rn, long base, boolean deletes) {
        world.history.touch(change, new Touch(SimulatedProgram.key(layer, rn), layer, base, deletes));
    }

    private void persist() {
        try {
            Korm.tx(steps.toArray(Change<?>[]::new)).persist();
            told(Fate.ACKNOWLEDGED, "");
        } catch (KormException failed) {
            program.requireAlive();
            told(fate(failed), failed.getClass().getSimpleName());
        } catch (RuntimeException unexpected) {
            program.requireAlive();
            throw new Violation("An unexpected failure of " + change, unexpected);
        }
    }

    private void told(Fate fate, String how) {
        change.fate = fate;
        change.told = how;
    }

    private static Fate fate(KormException failed) {
        if (failed instanceof ConflictException
                || failed instanceof NotFoundException
                || failed instanceof AlreadyExistsException
                || failed instanceof JournalException) {
            return Fate.REFUSED;
        }
        if (failed instanceof StoreException store) {
            return store.outcome() == Outcome.NOT_APPLIED ? Fate.REFUSED : Fate.UNKNOWN;
        }
        if (failed instanceof OperationInterruptedException interrupted) {
            return interrupted.outcome() == Outcome.NOT_APPLIED ? Fate.REFUSED : Fate.UNKNOWN;
        }
        if (failed instanceof IncompleteChangeException) {
            return Fate.DECIDED;
        }
        if (failed instanceof DepotException) {
            return Fate.UNKNOWN;
        }
        throw failed;
    }
}
