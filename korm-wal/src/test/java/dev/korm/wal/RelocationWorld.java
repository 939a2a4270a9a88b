package dev.korm.wal;

import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.file.FileRef;
import dev.korm.relocate.Relocated;
import dev.korm.relocate.RelocationException;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.testkit.fault.CrashingClient.Killed;
import dev.korm.testkit.fault.CrashingFiles;
import dev.korm.testkit.fault.CrashingLayer;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.wal.PoolHistory.Fate;
import dev.korm.wal.PoolHistory.Found;
import dev.korm.wal.PoolHistory.Violation;
import dev.korm.wal.RelocatedItems.Attempt;
import dev.korm.wal.SimulatedProgram.KeptPart;
import dev.korm.wal.SimulatedProgram.Part;
import dev.korm.wal.run.Steps;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A collection that is moved from one layer to another, a row at a time as far as others can tell, by programs that are killed one after the other, while another program changes its items, all by one
 * seed and in one thread. At any step the world may be cut off: then copies of it crash in several ways, the move is taken on there, cut off again, and ended, and what
 * is found is held against {@link RelocatedItems}.
 */
final class RelocationWorld {
    private static final String FROM = "a";
    private static final String TO = "b";
    private static final List<String> NAMES = List.of(FROM, TO, "c");
    private static final String MOVED = "part";

    /** The kind of those outside the collection, which refer to its items. */
    private static final String OUTSIDE = "note";

    /** How often somebody changes an item while the collection is moved, at the most: not faster than it can be moved. */
    private static final int MOST_CHANGES = 15;

    /** How often a move is called until it has ended. */
    private static final int CALLS = 20;

    private final Random random;
    private final @Nullable EngineShortcut shortcut;
    private final int cuts;
    private final Wal.Settings settings;
    private final CrashingFiles files;
    private final Map<String, CrashingLayer> databases = new LinkedHashMap<>();
    private final VirtualEnvironment time;
    private final RelocatedItems items;
    private @Nullable SimulatedProgram current;
    private @Nullable SimulatedProgram changing;
    private @Nullable Violation violation;
    private long numbers;
    private int changes;
    private int crashes;

    /**
     * Makes a world.
     *
     * @param cuts at one step of how many it is cut off
     */
    RelocationWorld(long seed, @Nullable EngineShortcut shortcut, int cuts) {
        this.random = new Random(seed);
        this.shortcut = shortcut;
        this.cuts = cuts;
        files = CrashingFiles.seeded(random.nextLong());
        time = VirtualEnvironment.seeded(random.nextLong());
        settings = new Wal.Settings(512 + random.nextInt(1024), 2, 1 + random.nextInt(6), Steps.ALL);
        for (String name : NAMES) {
            CrashingLayer database = CrashingLayer.seeded(random.nextLong());
            databases.put(name, random.nextInt(3) == 0 ? database.with(Feature.SINGLE_WRITER) : database);
        }
        items = new RelocatedItems(FROM, TO, random.nextInt(3) == 0);
        if (shortcut == EngineShortcut.COPIES_UNSYNCED) {
            databases.get(TO).leaveOutSyncs();
        }
        files.beforeStep(this::step);
    }

    /** Returns how many crashes were recovered from. */
    int crashes() {
        return crashes;
    }

    private SimulatedProgram program() {
        return new SimulatedProgram(
                files, databases, time, Duration.ZERO, settings, shortcut, (call, moment) -> step());
    }

    /** Lives until the collection is moved. */
    void run() {
        fill();
        changing = program();
        changing.open();
        boolean ended = false;
        while (!ended) {
            SimulatedProgram mover = program();
            if (random.nextInt(3) > 0) {
                mover.killAt(1 + random.nextInt(60));
            }
            ended = as(mover, () -> {
                mover.open();
                move(mover);
                // What is made under the old name from now on stays there.
                changes = MOST_CHANGES;
                mover.close();
            });
        }
        SimulatedProgram last = program();
        last.open();
        items.checkEnd(found(last), outside(last));
        last.close();
        changing.close();
    }

    /** Does something as a program; returns false when that was killed. */
    private boolean as(SimulatedProgram program, Runnable work) {
        boolean ended = false;
        current = program;
        try {
            work.run();
            ended = true;
        } catch (RuntimeException | Error failed) {
            // What a killed program throws on its way out says nothing.
            if (violation == null && !program.isDead()) {
                violation = new Violation("A program failed: " + failed, failed);
            }
        } finally {
            current = null;
        }
        if (violation != null) {
            throw violation;
        }
        program.bury();
        return ended;
    }

    /** Moves all, however often others are in the way. */
    private static void move(SimulatedProgram program) {
        RelocationException last = null;
        for (int call = 0; call < CALLS; call++) {
            try {
                relocate(program);
                if (isEmptied(program)) {
                    return;
                }
            } catch (RelocationException late) {
                // Others change it faster than it can be moved, for now.
                program.requireAlive();
                last = late;
            }
        }
        throw new Violation("The move does not come to an end: " + last, last);
    }

    /** Returns whether nothing is left of the collection in the old layer, where somebody may have made an item meanwhile, and deleted it. */
    private static boolean isEmptied(SimulatedProgram program) {
        return program.items()
                .fromQuery(FROM, "sim", MOVED)
                .includeDeleted()
                .get()
                .isEmpty();
    }

    private static Relocated relocate(SimulatedProgram program) {
        return Korm.collection(Part.class, program.pool())
                .from(FROM, "sim", MOVED)
                .to(TO)
                .move();
    }

    private void fill() {
        SimulatedProgram first = program();
        first.open();
        if (items.keepsDeleted()) {
            declare(first);
        }
        List<Rn<Part>> made = new ArrayList<>();
        for (int i = 3 + random.nextInt(6); i > 0; i--) {
            Rn<Part> owner = made.isEmpty() || random.nextInt(3) > 0 ? null : made.get(0);
            made.add(create(first, owner));
        }
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            Rn<Part> owner = made.get(random.nextInt(made.size()));
            Item<Part> note = first.items()
                    .fromData(NAMES.get(random.nextInt(NAMES.size())), "sim", OUTSIDE, new Part(1, 0, null, owner))
                    .create();
            items.owns(id(owner), id(note.rn()));
        }
        first.close();
    }

    /** Has the old layer keep what is deleted of the collection. */
    private static void declare(SimulatedProgram program) {
        Korm.item(KeptPart.class, program.pool())
                .fromData(FROM, "sim", MOVED, new KeptPart(0, 0, null, null))
                .create()
                .delete();
        program.pool().purgeDeleted(Duration.ZERO).run();
    }

    private Rn<Part> create(SimulatedProgram program, @Nullable Rn<Part> owner) {
        Part part = part(owner, null);
        FloatingItem<Part> item = program.items().fromData(FROM, "sim", MOVED, part);
        if (owner != null) {
            items.owns(id(owner), id(item.rn()));
        }
        settle(program, items.store(id(item.rn()), part.number()), item::create);
        return item.rn();
    }

    /** @param before the file that it has so far */
    private Part part(@Nullable Rn<Part> owner, @Nullable Part before) {
        long number = ++numbers;
        if (random.nextInt(3) == 0) {
            String path = before == null || before.file() == null || random.nextBoolean()
                    ? "f" + number
                    : String.join("/", before.file().rn().depotParts());
            byte[] text = PoolHistory.text(number).getBytes(StandardCharsets.UTF_8);
            return new Part(number, number, FileRef.of("files", path, text), owner);
        }
        return before == null
                ? new Part(number, 0, null, owner)
                : new Part(number, before.fileNumber(), before.file(), owner);
    }

    private static void settle(SimulatedProgram program, Attempt attempt, Runnable change) {
        try {
            change.run();
            attempt.acknowledged();
        } catch (KormException failed) {
            program.requireAlive();
            if (RandomChange.fate(failed) == Fate.REFUSED) {
                attempt.refused();
            }
        }
    }

    /** Changes an item of the collection: under its old name, or one that is deleted under the name that somebody refers to it by. */
    private void change(SimulatedProgram program) {
        List<Item<Part>> there = program.all(FROM).stream()
                .filter(item -> items.isThere(id(item.rn())))
                .toList();
        int kind = random.nextInt(10);
        if (kind < 3) {
            List<Rn<Part>> named = deletableByNewName(program);
            if (!named.isEmpty()) {
                Rn<Part> name = named.get(random.nextInt(named.size()));
                settle(
                        program,
                        items.delete(id(name)),
                        () -> program.items().fromRn(name).get().delete());
            }
        } else if (kind < 5 || there.isEmpty()) {
            create(program, random.nextBoolean() ? null : anOwner(there));
        } else {
            Item<Part> item = there.get(random.nextInt(there.size()));
            if (kind == 5) {
                settle(program, items.delete(id(item.rn())), item::delete);
            } else {
                Part changed = part(item.data().owner(), item.data());
                settle(program, items.store(id(item.rn()), changed.number()), () -> item.update(before -> changed)
                        .commit());
            }
        }
    }

    /**
     * Returns the new names of items that somebody refers to by them. One that was changed under its old name since it was copied is not among them, since the move
     * rightly leaves to a person what becomes of it; nor is one that owns such an item.
     */
    private List<Rn<Part>> deletableByNewName(SimulatedProgram program) {
        Map<String, Found> found = found(program);
        List<Rn<Part>> named = new ArrayList<>();
        for (Found note : outside(program)) {
            String owner = note.owner();
            String item = owner == null ? "" : owner.substring(owner.indexOf('/') + 1);
            if (SimulatedProgram.key(TO, item).equals(owner)
                    && items.isThere(item)
                    && items.withOwned(item).allMatch(each -> isAsCopied(found, each))) {
                named.add(Rn.<Part>collection("sim", MOVED).from(TO).item(item));
            }
        }
        return named;
    }

    private static boolean isAsCopied(Map<String, Found> found, String item) {
        Found here = found.get(SimulatedProgram.key(FROM, item));
        Found there = found.get(SimulatedProgram.key(TO, item));
        return here == null || there == null || here.number() == there.number();
    }

    /** Returns an item that is not owned itself; null when there is none. */
    private static @Nullable Rn<Part> anOwner(List<Item<Part>> there) {
        return there.stream()
                .filter(item -> item.data().owner() == null)
                .map(Item::rn)
                .findFirst()
                .orElse(null);
    }

    /** What may happen at a step of a program. */
    private void step() {
        SimulatedProgram program = current;
        if (program == null) {
            return;
        }
        if (violation != null) {
            throw violation;
        }
        if (program.isDead()) {
            throw new Killed();
        }
        if (random.nextInt(cuts) == 0) {
            crash();
        }
        if (program != changing && changes < MOST_CHANGES && random.nextInt(5) == 0) {
            changes++;
            current = changing;
            // Who deletes sees what another program declares for the first time, as a move does in the new layer, only
            // a second later.
            time.advance(Duration.ofMillis(1_100));
            try {
                change(changing);
            } finally {
                current = program;
            }
        }
        if (program.isDue()) {
            program.kill();
            throw new Killed();
        }
    }

    private static String id(Rn<?> rn) {
        return rn.id().orElseThrow();
    }

    private static Map<String, Found> found(SimulatedProgram program) {
        return program.found(MOVED);
    }

    private static List<Found> outside(SimulatedProgram program) {
        return List.copyOf(program.found(OUTSIDE).values());
    }

    /** Crashes copies of the world. */
    private void crash() {
        SimulatedProgram before = current;
        current = null;
        try {
            for (int i = 0; i < 4; i++) {
                long seed = random.nextLong();
                try {
                    new Copy(seed).recover();
                } catch (RuntimeException | Error failed) {
                    violation = new Violation("After the crash of seed " + seed + ": " + failed, failed);
                    throw violation;
                }
                crashes++;
            }
        } finally {
            current = before;
        }
    }

    /** A copy of the world in which the power was cut, or all programs were killed; and the programs that take the move on, which may be cut off too. */
    private final class Copy {
        private final Random random;
        private final VirtualEnvironment time;
        private CrashingFiles files;
        private Map<String, CrashingLayer> databases;
        private @Nullable SimulatedProgram running;
        private int stop;

        Copy(long seed) {
            this.random = new Random(seed);
            this.time = VirtualEnvironment.seeded(random.nextLong());
            this.time.setTime(RelocationWorld.this.time.clock().instant().plus(Duration.ofDays(1)));
            this.files = RelocationWorld.this.files;
            this.databases = RelocationWorld.this.databases;
        }

        void recover() {
            crash();
            for (int i = 0; i < 3 && random.nextInt(3) > 0; i++) {
                cutOff();
                crash();
            }
            stop = 0;
            SimulatedProgram last = program();
            last.open();
            items.check(found(last), outside(last));
            move(last);
            items.checkEnd(found(last), outside(last));
            if (relocate(last).items() > 0) {
                throw new Violation("Something is moved again", null);
            }
            last.close();
        }

        private void crash() {
            boolean power = random.nextInt(4) > 0;
            CrashingFiles copy = files.copy(random.nextLong());
            if (power) {
                copy.crash(random.nextLong());
            }
            copy.beforeStep(this::step);
            Map<String, CrashingLayer> crashed = new LinkedHashMap<>();
            databases.forEach((name, database) -> crashed.put(
                    name, power ? database.crashed(random.nextLong()) : database.abandoned(random.nextLong())));
            files = copy;
            databases = crashed;
        }

        private void step() {
            SimulatedProgram program = running;
            if (program != null && stop > 0 && --stop == 0) {
                program.kill();
                throw new Killed();
            }
        }

        private SimulatedProgram program() {
            return new SimulatedProgram(
                    files, databases, time, Duration.ZERO, settings, shortcut, (call, moment) -> step());
        }

        private void cutOff() {
            SimulatedProgram program = program();
            running = program;
            stop = 1 + random.nextInt(60);
            try {
                program.open();
                items.check(found(program), outside(program));
                move(program);
            } catch (RuntimeException | Error failed) {
                if (!program.isDead()) {
                    throw failed;
                }
            } finally {
                program.kill();
                program.bury();
                running = null;
            }
        }
    }
}
