package dev.korm.wal;

import dev.korm.Filter;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.Pool;
import dev.korm.recovery.Resolution;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.support.ForwardingLayer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A program that does what it is told, a line for each, and answers with one.
 *
 * <ul>
 *   <li>{@code die FOLDER}: sets "new" in both layers of a pool, and dies when the right one has it and the left one has not;
 *   <li>{@code open FOLDER MILLIS}: opens the pool at that time;
 *   <li>{@code resolve CHANGE MILLIS}: settles a change at that time, by writing it over what is there;
 *   <li>{@code close}.
 * </ul>
 */
final class SettlingProgram {
    private @Nullable Pool pool;

    record Part(String name, String text) {}

    private SettlingProgram() {}

    static Pool pool(Path folder) {
        return ProgramStores.in(folder).open();
    }

    static Items<Part> parts(Pool pool) {
        return Korm.item(Part.class, pool);
    }

    static String text(Pool pool, String layer) {
        return parts(pool)
                .fromQuery(layer, "sets", "part")
                .where(Filter.eq("name", "one"))
                .get()
                .get(0)
                .data()
                .text();
    }

    public static void main(String[] arguments) throws IOException {
        SettlingProgram program = new SettlingProgram();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        say("ready");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            say(program.answer(line.split(" ")));
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private String answer(String[] words) {
        try {
            switch (words[0]) {
                case "die" -> die(Path.of(words[1]));
                case "open" -> {
                    await(words[2]);
                    Pool opened = pool(Path.of(words[1]));
                    pool = opened;
                    return opened.recovery().atOpening() + " " + text(opened, "left") + " " + text(opened, "right");
                }
                case "resolve" -> {
                    await(words[2]);
                    Pool open = Objects.requireNonNull(pool);
                    open.recovery().resolve(words[1], Resolution.OURS);
                    return "settled " + text(open, "left");
                }
                default -> Objects.requireNonNull(pool).close();
            }
            return "done";
        } catch (KormException refused) {
            return refused.getClass().getSimpleName() + ": " + refused.getMessage();
        }
    }

    private static void await(String millis) {
        while (System.currentTimeMillis() < Long.parseLong(millis)) {
            Thread.onSpinWait();
        }
    }

    private static void die(Path folder) {
        try (Pool dying = ProgramStores.in(folder).open(Dying::new, depot -> depot, journal -> journal)) {
            Korm.tx(
                            parts(dying)
                                    .fromQuery("left", "sets", "part")
                                    .get()
                                    .get(0)
                                    .update(part -> new Part("one", "new")),
                            parts(dying)
                                    .fromQuery("right", "sets", "part")
                                    .get()
                                    .get(0)
                                    .update(part -> new Part("one", "new")))
                    .persist();
        }
    }

    /** A layer in which the program dies before it commits there, where that is the left one. */
    private record Dying(LayerSource source) implements LayerSource {
        @Override
        public LayerDescription description() {
            return source.description();
        }

        @Override
        public Layer open(String name, Environment environment) {
            return new ForwardingLayer(source.open(name, environment)) {
                @Override
                public PreparedBatch prepare(Batch batch, Duration deadline, Scheduler scheduler) {
                    PreparedBatch prepared = super.prepare(batch, deadline, scheduler);
                    return !name.equals("left") ? prepared : new Last(prepared);
                }
            };
        }
    }

    private record Last(PreparedBatch prepared) implements PreparedBatch {
        @Override
        public BatchResult result() {
            return prepared.result();
        }

        @Override
        public void commit() {
            Runtime.getRuntime().halt(1);
        }

        @Override
        public void rollback() {
            prepared.rollback();
        }

        @Override
        public void close() {
            prepared.close();
        }
    }
}
