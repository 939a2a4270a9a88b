package dev.korm.kalam.layer.feed;

import dev.korm.kalam.layer.ledger.Head;
import dev.korm.kalam.layer.ledger.Ledger;
import dev.korm.kalam.layer.ledger.Note;
import dev.korm.kalam.layer.ledger.RowData;
import dev.korm.kalam.layer.ledger.RowKey;
import dev.korm.kalam.layer.ledger.RowWrite;
import dev.korm.kalam.layer.ledger.StoredSchema;
import dev.korm.live.PositionLostException;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.ChangeFeed.Position;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a namespace whose changes are noted, and the feeds over the notes. A position is the number of a commit, with the word of the ledger's first commit, which no
 * other ledger has.
 */
public final class Following {
    private static final RowKey FORGOTTEN = new RowKey(RowKey.FEED, "forgotten");
    private static final String UP_TO = "upTo";
    private static final char COLON = ':';

    private final String layer;
    private final Ledger ledger;
    private volatile @Nullable String identity;

    /** Makes it of a store. */
    public Following(String layer, Ledger ledger) {
        this.layer = layer;
        this.ledger = ledger;
    }

    /** Has changes of a table noted, or not, from a moment on, and makes the table where it is missing; false when another commit came first. */
    public boolean follow(Head at, TableName table, boolean isNoted) {
        StoredSchema stored = at.tables().get(table.text());
        if (stored == null ? !isNoted : stored.isFollowed() == isNoted) {
            return true;
        }
        StoredSchema there =
                stored == null ? StoredSchema.empty(table).with(new ColumnSchema(table.key(), ColumnKind.ID)) : stored;
        StoredSchema made = there.followed(isNoted);
        return ledger.append(at, List.of(made.write()), List.of(), List.of()) == Ledger.Appended.STORED;
    }

    /** Returns what a feed is told when a table is dropped. */
    public static List<Note> dropped(Head at, TableName table) {
        StoredSchema stored = at.tables().get(table.text());
        return stored == null || !stored.isFollowed()
                ? List.of()
                : List.of(new Note(table.text(), table.key(), "", Note.Kind.DROPPED, Note.NONE));
    }

    /**
     * Remembers that nobody is told any more of commits that were made before a moment, by the clocks of those who made them; false when another commit came first.
     *
     * @param needed positions from where feeds go on
     */
    public boolean forget(Head at, Instant before, Collection<Position> needed) {
        long upTo = Math.min(Math.min(ledger.newestBefore(before), number(at)), lowest(needed));
        if (upTo <= forgotten(at)) {
            return true;
        }
        ledger.forget(upTo);
        RowWrite write = new RowWrite(FORGOTTEN, RowData.EMPTY.with(Map.of(UP_TO, upTo)));
        return ledger.append(at, List.of(write), List.of(), List.of()) == Ledger.Appended.STORED;
    }

    private long forgotten(Head at) {
        RowData data = ledger.rows(at, List.of(FORGOTTEN)).get(FORGOTTEN);
        return data != null && data.stored(UP_TO) instanceof Number number ? number.longValue() : 0;
    }

    /** Returns the commit behind which a feed has to look: a prepared one is not behind it, since it may still be kept. */
    private static long number(Head at) {
        return at.pending() == null ? at.number() : at.number() - 1;
    }

    /** Returns a moment as a position. */
    public Position position(Head at) {
        return position(number(at));
    }

    Position position(long number) {
        return new Position(identity() + COLON + number);
    }

    private String identity() {
        String known = identity;
        if (known == null) {
            known = ledger.identity();
            identity = known;
        }
        return known;
    }

    /**
     * Returns a feed.
     *
     * @param isClosed whether the layer is
     */
    public ChangeFeed changes(Optional<Position> from, BooleanSupplier isClosed) {
        Head at = ledger.refresh();
        long number = from.isEmpty() ? number(at) : number(from.get(), at);
        return new LedgerFeed(layer, ledger, this, number, isClosed);
    }

    private long lowest(Collection<Position> positions) {
        return positions.stream()
                .map(this::number)
                .flatMapToLong(OptionalLong::stream)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Returns the commit of a position; empty where it is none of this ledger's. */
    private OptionalLong number(Position position) {
        String beginning = identity() + COLON;
        String text = position.text();
        if (!text.startsWith(beginning)) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text.substring(beginning.length())));
        } catch (NumberFormatException wrong) {
            return OptionalLong.empty();
        }
    }

    private long number(Position position, Head at) {
        long number = number(position).orElseThrow(this::lost);
        if (number < forgotten(at) || number > at.number()) {
            throw lost();
        }
        return number;
    }

    PositionLostException lost() {
        return new PositionLostException(
                layer,
                "The feed of the layer \"" + layer
                        + "\" cannot go on from a position: changes behind it are not kept any more, a table was dropped, or it is another namespace's. Read what is there now, and go on from the position of that moment");
    }
}
