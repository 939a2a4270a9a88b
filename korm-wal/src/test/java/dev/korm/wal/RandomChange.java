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
import dev.korm.relocate.RelocationException;
import dev.korm.wal.PoolHistory.Fate;
import dev.korm.wal.PoolHistory.Kind;
import dev.korm.wal.PoolHistory.Touch;
import dev.korm.wal.PoolHistory.Violation;
import dev.korm.wal.SimulatedProgram.Part;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One thing that a program does: a change of items, or some other work on its pool. Notes in the history what it was told. */
final class RandomChange {
    private static final int MANY = 10;

    /** Of the kinds of changes, the first that moves; it moves a whole collection. */
    private static final int OF_MOVES = 20;

    private final PoolWorld world;
    private final SimulatedProgram program;
    private final Random random;
    private final List<Change<?>> steps = new ArrayList<>();
    private final Set<String> moving = new HashSet<>();
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

    /** Does something while another thread of the program does: often what reaches all layers, as that may. */
    void runAtOnce() {
        if (random.nextBoolean()) {
            run();
            return;
        }
        change = world.history.begin();
        create();
        persist();
    }

    private void choose() {
        int kind = random.nextInt(25);
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
        // A thread that had to wait for a lock meanwhile may have got it out of its turn.
        world.awaitTurn();
        Collections.shuffle(there, random);
        change = world.history.begin();
        if (kind >= OF_MOVES && !there.isEmpty()) {
            if (kind == OF_MOVES) {
                moveAll(there);
            } else {
                move(onlyOnce(there));
            }
            besides(there);
        } else if (there.isEmpty() || kind < (there.size() > MANY ? 4 : 9)) {
            create();
        } else if (kind < (there.size() > MANY ? 12 : 17)) {
            List<Item<Part>> each = onlyOnce(there);
            update(each.subList(0, 1 + random.nextInt(Math.min(3, each.size()))));
        } else {
            delete(there);
        }
        persist();
    }

    /** Returns one of each item: where a change stopped half way, the same may be in two layers. */
    private static List<Item<Part>> onlyOnce(List<Item<Part>> there) {
        Set<String> ids = new HashSet<>();
        return there.stream().filter(item -> ids.add(id(item.rn()))).toList();
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
        touch(layer, item.rn(), 0, Kind.STORES);
        if (owner != null) {
            world.history.owns(id(owner), id(item.rn()));
        }
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
            touch(layer(item), item.rn(), part.number(), Kind.STORES);
        }
    }

    private static String layer(Item<Part> item) {
        return item.rn().layer().orElseThrow();
    }

    /** Deletes an item with all that it owns, and perhaps changes another in the same change. */
    private void delete(List<Item<Part>> there) {
        Item<Part> deleted = there.get(0);
        List<Item<Part>> others = new ArrayList<>();
        for (Item<Part> item : there) {
            if (item == deleted || names(item, deleted)) {
                touch(layer(item), item.rn(), item.data().number(), Kind.DELETES);
            } else if (!id(item.rn()).equals(id(deleted.rn()))) {
                others.add(item);
            }
        }
        steps.add(deleted.deletion());
        if (!others.isEmpty() && random.nextInt(3) == 0) {
            update(others.subList(0, 1));
        }
    }

    /** Returns whether an item is owned by another, and names it in the layer where that is. */
    private static boolean names(Item<Part> item, Item<Part> owner) {
        Rn<Part> named = item.data().owner();
        return named != null
                && id(named).equals(id(owner.rn()))
                && SimulatedProgram.ownersLayer(item).equals(layer(owner));
    }

    /** Moves one or two items, each to some other layer. */
    private void move(List<Item<Part>> there) {
        for (Item<Part> item : there.subList(0, Math.min(1 + random.nextInt(2), there.size()))) {
            String to = another(layer(item));
            steps.add(item.moveTo(to));
            moves(item, to);
        }
    }

    /** Moves all that is in the layer of the first item. */
    private void moveAll(List<Item<Part>> there) {
        String from = layer(there.get(0));
        String to = another(from);
        world.history.movesAll(change, from, to);
        steps.add(Korm.collection(Part.class, program.pool())
                .from(from, "sim", "part")
                .to(to)
                .asChange());
        there.stream().filter(item -> layer(item).equals(from)).forEach(item -> moves(item, to));
    }

    private String another(String layer) {
        List<String> others = new ArrayList<>(world.layers());
        others.remove(layer);
        return others.get(random.nextInt(others.size()));
    }

    private void moves(Item<Part> item, String to) {
        moving.add(id(item.rn()));
        touch(layer(item), item.rn(), item.data().number(), Kind.LEAVES);
        touch(to, item.rn(), item.data().number(), Kind.ARRIVES);
    }

    /** Stores something in the same change as a move, which tells whether that has happened. */
    private void besides(List<Item<Part>> there) {
        if (random.nextBoolean()) {
            String from = change.emptied;
            create(
                    from.isEmpty()
                            ? world.layers().get(random.nextInt(world.layers().size()))
                            : another(from),
                    null);
        }
        if (random.nextInt(3) == 0) {
            // Who names what is moved is changed along, and not twice.
            there.stream()
                    .filter(item ->
                            !moving.contains(id(item.rn())) && !layer(item).equals(change.emptied))
                    .filter(item -> item.data().owner() == null
                            || !moving.contains(id(item.data().owner())))
                    .findFirst()
                    .ifPresent(item -> update(List.of(item)));
        }
    }

    private static String id(Rn<?> rn) {
        return rn.id().orElseThrow();
    }

    private void touch(String layer, Rn<?> rn, long base, Kind kind) {
        world.history.touch(change, new Touch(id(rn), layer, base, kind));
    }

    private void persist() {
        try {
            program.moving(moving);
            Korm.tx(steps.toArray(Change<?>[]::new)).persist();
            told(Fate.ACKNOWLEDGED, "");
        } catch (KormException failed) {
            program.requireAlive();
            told(fate(failed), failed.getClass().getSimpleName());
        } catch (RuntimeException unexpected) {
            program.requireAlive();
            throw new Violation("An unexpected failure of " + change, unexpected);
        } finally {
            world.awaitTurn();
            program.moving(Set.of());
        }
    }

    private void told(Fate fate, String how) {
        world.awaitTurn();
        world.history.told(change, fate, how);
    }

    static Fate fate(KormException failed) {
        if (failed instanceof ConflictException
                || failed instanceof NotFoundException
                || failed instanceof AlreadyExistsException
                || failed instanceof RelocationException
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
