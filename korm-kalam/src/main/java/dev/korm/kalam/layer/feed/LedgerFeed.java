package dev.korm.kalam.layer.feed;

import dev.korm.ClosedException;
import dev.korm.kalam.layer.ledger.Commit;
import dev.korm.kalam.layer.ledger.Ledger;
import dev.korm.kalam.layer.ledger.Note;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.query.TableName;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A feed that reads the ledger. It looks at once when this program commits or reads commits of others, and after a pause otherwise, which grows while nothing comes, so that an
 * idle feed asks little. For one thread.
 */
final class LedgerFeed implements ChangeFeed {
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(250);

    private final String layer;
    private final Ledger ledger;
    private final Following following;
    private final BooleanSupplier isClosed;
    private final Queue<RowChange> read = new ArrayDeque<>();
    /** The commit up to which everything was read and decided. */
    private long behind;
    /** The commit up to which was looked. */
    private long seen;

    private @Nullable Position told;
    private long pause = FIRST_PAUSE;
    private volatile boolean closed;

    LedgerFeed(String layer, Ledger ledger, Following following, long from, BooleanSupplier isClosed) {
        this.layer = layer;
        this.ledger = ledger;
        this.following = following;
        this.behind = from;
        this.seen = from;
        this.isClosed = isClosed;
    }

    @Override
    public Optional<RowChange> next(Duration patience) throws InterruptedException {
        long begun = System.nanoTime();
        while (true) {
            if (closed || isClosed.getAsBoolean()) {
                throw new ClosedException("The feed of the layer " + layer + " was closed; open another");
            }
            RowChange change = read.poll();
            if (change != null) {
                told = change.position();
                return Optional.of(change);
            }
            told = null;
            long before = behind;
            take(ledger.commits(behind));
            if (behind > before) {
                pause = FIRST_PAUSE;
                continue;
            }
            long left = patience.toNanos() - (System.nanoTime() - begun);
            if (left <= 0) {
                return Optional.empty();
            }
            boolean isWoken = ledger.awaitCommit(seen, Math.min(pause, left));
            pause = isWoken ? FIRST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
        }
    }

    private void take(List<Commit> commits) {
        Commit prepared = null;
        for (Commit commit : commits) {
            long expected = prepared == null ? behind + 1 : prepared.number() + 1;
            if (commit.number() != expected || commit.state() == Commit.State.CLEARED) {
                throw following.lost();
            }
            seen = commit.number();
            if (commit.state() == Commit.State.PREPARED) {
                prepared = commit;
                continue;
            }
            Commit made = commit.state() == Commit.State.KEPT ? prepared : commit;
            if (made != null && commit.state() != Commit.State.DROPPED) {
                tell(made, commit.number());
            }
            prepared = null;
            behind = commit.number();
        }
    }

    /** Takes what a commit notes. Who goes on from a change that is not its last has the whole commit again. */
    private void tell(Commit made, long decided) {
        List<Note> notes = made.notes();
        Position before = following.position(behind);
        Position after = following.position(decided);
        for (int i = 0; i < notes.size(); i++) {
            Note note = notes.get(i);
            if (note.kind() == Note.Kind.DROPPED) {
                throw following.lost();
            }
            read.add(new RowChange(
                    TableName.own(note.table(), note.key()),
                    note.id(),
                    Kind.valueOf(note.kind().name()),
                    note.revision() == Note.NONE ? OptionalLong.empty() : OptionalLong.of(note.revision()),
                    Optional.of(made.tx()),
                    i == notes.size() - 1 ? after : before));
        }
    }

    @Override
    public Position position() {
        return told == null ? following.position(behind) : told;
    }

    @Override
    public void close() {
        closed = true;
    }
}
