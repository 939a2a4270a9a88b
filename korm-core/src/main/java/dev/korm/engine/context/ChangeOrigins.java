package dev.korm.engine.context;

import dev.korm.ValueException;
import dev.korm.spi.environment.Environment;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The origins of the changes of a pool: to which transaction each belongs, who makes it and why. An origin holds for what its thread does
 * within a call. Safe for many threads.
 */
public final class ChangeOrigins {
    private final Environment environment;
    private final boolean kept;

    @SuppressWarnings("ThreadLocalUsage") // What is said in one pool is nothing to another.
    private final ThreadLocal<@Nullable Origin> current = new ThreadLocal<>();

    /** @param kept whether anybody keeps them */
    public ChangeOrigins(Environment environment, boolean kept) {
        this.environment = environment;
        this.kept = kept;
    }

    /** Returns whether the pool keeps a history. */
    public boolean areKept() {
        return kept;
    }

    /** The person or program that makes a change, and the reason. */
    public record Author(Optional<String> actor, Optional<String> reason) {
        public static final Author NOBODY = new Author(Optional.empty(), Optional.empty());

        /** @throws ValueException when one of them is no text that every store can hold */
        public Author {
            actor.ifPresent(text -> requireStorable(text, "The actor"));
            reason.ifPresent(text -> requireStorable(text, "The reason"));
        }

        private static void requireStorable(String text, String what) {
            boolean holdsOther =
                    text.codePoints().anyMatch(each -> each == 0 || Character.getType(each) == Character.SURROGATE);
            if (holdsOther) {
                throw new ValueException(what
                        + " of a change is text without U+0000 and halves of surrogate pairs, since not every database holds these."
                        + " Nothing was changed; leave them out");
            }
        }

        /** Returns this author, with what is missing taken from another. */
        public Author orElse(Author other) {
            return new Author(actor.or(other::actor), reason.or(other::reason));
        }
    }

    /**
     * The versions of files that belong to a change.
     *
     * @param layer that decides about the change, and has them
     * @param change the id of its marker there
     */
    public record Files(String layer, String change, List<FileVersionDraft> versions) {
        public static final Files NONE = new Files("", "", List.of());

        public Files {
            versions = List.copyOf(versions);
        }

        /** Returns whether a layer is the one that has them, and there are any. */
        public boolean areIn(String name) {
            return layer.equals(name) && !versions.isEmpty();
        }
    }

    /**
     * The origin of a change.
     *
     * @param transaction its id, the same in all layers
     * @param layers that it is of, where it is made in several changes; otherwise none
     */
    public record Origin(String transaction, Author author, Files files, List<String> layers) {
        private Origin(String transaction, Author author, Files files) {
            this(transaction, author, files, List.of());
        }
    }

    /** Returns the origin of what the thread is writing; one of its own where nothing was said. */
    public Origin current() {
        Origin origin = current.get();
        if (origin == null) {
            return new Origin(newId(), Author.NOBODY, Files.NONE);
        }
        return origin.transaction().isEmpty()
                ? new Origin(newId(), origin.author(), origin.files(), origin.layers())
                : origin;
    }

    /** Has all that is written within the call belong to one transaction. */
    public <R> R asOne(Supplier<R> call) {
        Origin outer = current.get();
        return !kept || (outer != null && !outer.transaction().isEmpty())
                ? call.get()
                : within(new Origin(newId(), outer == null ? Author.NOBODY : outer.author(), Files.NONE), call);
    }

    /** Returns the id of a transaction that is made in several calls; empty where no history is kept. */
    public String begin() {
        return kept ? asOne(() -> current().transaction()) : "";
    }

    /**
     * Has all that is written within the call belong to a transaction that was begun before, be it by another program.
     *
     * @param transaction of {@link #begin()}
     * @param layers that it is of as a whole
     */
    public <R> R within(String transaction, List<String> layers, Supplier<R> call) {
        if (!kept) {
            return call.get();
        }
        Origin outer = current.get();
        return within(
                new Origin(
                        transaction, outer == null ? Author.NOBODY : outer.author(), Files.NONE, List.copyOf(layers)),
                call);
    }

    /** Has what is written within the call bring versions of files along. */
    public <R> R with(Files files, Supplier<R> call) {
        return files.versions().isEmpty()
                ? call.get()
                : asOne(() -> within(
                        new Origin(
                                current().transaction(),
                                current().author(),
                                files,
                                current().layers()),
                        call));
    }

    /** Returns the versions of files that belong to what the thread is writing. */
    public Files files() {
        Origin origin = current.get();
        return origin == null ? Files.NONE : origin.files();
    }

    /** Has all that is written within the call be made by an author; each change is a transaction of its own. */
    public <R> R by(Author author, Supplier<R> call) {
        Origin outer = current.get();
        return outer == null
                ? within(new Origin("", author, Files.NONE), call)
                : within(
                        new Origin(outer.transaction(), author.orElse(outer.author()), outer.files(), outer.layers()),
                        call);
    }

    private <R> R within(Origin origin, Supplier<R> call) {
        Origin outer = current.get();
        current.set(origin);
        try {
            return call.get();
        } finally {
            if (outer == null) {
                current.remove();
            } else {
                current.set(outer);
            }
        }
    }

    /** Returns an id for a transaction; those of one process sort by time, which keeps the index of them small. */
    private String newId() {
        return millis(environment.clock().millis()) + "-"
                + HexFormat.of().toHexDigits(environment.random().nextLong());
    }

    private static String millis(long millis) {
        return HexFormat.of().toHexDigits(millis, 12);
    }

    /**
     * Returns what ids of transactions that began before a time are less than, and those of later ones are not.
     *
     * @param micros since 1970
     */
    public static String idAt(long micros) {
        return millis(Math.max(0, TimeUnit.MICROSECONDS.toMillis(micros)));
    }
}
