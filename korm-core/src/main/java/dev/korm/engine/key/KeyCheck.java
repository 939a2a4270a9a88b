package dev.korm.engine.key;

import dev.korm.Rn;
import dev.korm.SealException;
import dev.korm.SealException.Reason;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A look at what a collection holds, whether the ring can open it: with other keys nothing is found by a sealed value, and so a value that
 * is unique is let in a second time. It reads the first and the last rows by id, since that is where a rotation that is under way leaves
 * different keys.
 */
public final class KeyCheck {
    /** Rows at each end. */
    private static final int ROWS = 16;

    private final OpenLayer layer;
    private final Rn<?> collection;
    /** How its refusal begins. */
    private final String undone;

    /** The keys that opened something. One value that does not open may have been altered; it takes all of a key's to blame the key. */
    private final Set<String> opened = new HashSet<>();

    private final Map<String, SealException> closed = new TreeMap<>();

    private KeyCheck(OpenLayer layer, TableName table, String undone) {
        this.layer = layer;
        this.undone = undone;
        this.collection = Rn.collection(table.namespace(), table.kind()).from(layer.layer());
    }

    /**
     * Requires that the ring has the keys that the looked-at values of a collection name, and that each opens one of them. A collection that
     * is not there, or holds nothing sealed, needs none.
     *
     * @throws SealException with {@link Reason#UNKNOWN_KEY} or {@link Reason#FOREIGN_OR_ALTERED}
     */
    public static void require(OpenLayer layer, TableName table) {
        require(layer, table, "The pool was not opened");
    }

    /**
     * Requires the same before what keeps sealed values unique is written to a collection for the first time, where the opening was not told of it.
     *
     * @throws SealException likewise; nothing is written
     */
    static void requireBeforeWriting(OpenLayer layer, TableName table) {
        if (!layer.areKeysTried(table)) {
            require(layer, table, "Nothing was written");
        }
    }

    /**
     * Requires that some of the looked-at values open, before sealed ones are searched for in a collection that the opening was not told of. Where only some do, as after a key was lost, those are found, and the others
     * keep nobody from them.
     *
     * @throws SealException likewise
     */
    static void requireBeforeSearching(OpenLayer layer, TableName table) {
        if (!layer.areKeysTried(table)) {
            look(layer, table, "Nothing was searched for")
                    .filter(look -> look.opened.isEmpty())
                    .ifPresent(KeyCheck::require);
        }
    }

    private static void require(OpenLayer layer, TableName table, String undone) {
        look(layer, table, undone).ifPresent(KeyCheck::require);
        layer.keysTried(table);
    }

    /** Looks at a collection; empty where it is not there, or holds nothing sealed. */
    private static Optional<KeyCheck> look(OpenLayer layer, TableName table, String undone) {
        SecretTable secrets = layer.schema(table)
                .map(schema -> new SecretTable(schema, layer.seals()))
                .filter(some -> !some.isEmpty())
                .orElse(null);
        if (secrets == null) {
            return Optional.empty();
        }
        KeyCheck look = new KeyCheck(layer, table, undone);
        if (look.look(secrets, SortKey.Direction.ASCENDING) == ROWS) {
            look.look(secrets, SortKey.Direction.DESCENDING);
        }
        return Optional.of(look);
    }

    private void require() {
        closed.keySet().removeAll(opened);
        for (Map.Entry<String, SealException> key : closed.entrySet()) {
            throw refusal(key.getKey(), key.getValue());
        }
    }

    /** Returns how many rows there were to look at. */
    private int look(SecretTable secrets, SortKey.Direction direction) {
        int rows = 0;
        try (RowCursor row = layer.allRows().select(secrets.end(direction, ROWS))) {
            while (row.next()) {
                rows++;
                secrets.open(row, (keyId, failure) -> {
                    if (failure == null) {
                        opened.add(keyId);
                    } else if (failure.reason() != Reason.MALFORMED) {
                        closed.putIfAbsent(keyId, failure);
                    }
                });
            }
        }
        return rows;
    }

    private SealException refusal(String keyId, SealException cause) {
        String instead =
                "; what is sealed with it could not be read or found, and a unique value would be let in a second time. ";
        if (cause.reason() == Reason.UNKNOWN_KEY) {
            return new SealException(
                    cause.reason(),
                    undone + ", since the key ring lacks a key that " + collection + " needs" + instead
                            + "Add that key to the ring. " + cause.getMessage(),
                    cause);
        }
        return new SealException(
                cause.reason(),
                undone + ", since the key \"" + keyId
                        + "\" of the key ring opens none of the values looked at in "
                        + collection + " that name it" + instead
                        + "Give the ring the key that had this id, and a new key an id of its own. "
                        + cause.getMessage(),
                cause);
    }
}
