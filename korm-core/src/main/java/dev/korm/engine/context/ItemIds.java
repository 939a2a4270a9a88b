package dev.korm.engine.context;

import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The ids of items, as selections name and carry them. */
public final class ItemIds {
    /** Ids in one question; for more it is asked in parts. */
    public static final int CHUNK = 10_000;

    private ItemIds() {}

    /** Returns the operand that stands for the id of an item in its own table. */
    public static Operand operand() {
        return new Operand.Column(0, TableName.ID, ColumnKind.ID);
    }

    /** Splits ids into lists that are short enough for one question each. */
    public static List<List<String>> chunks(List<String> ids, Layer store) {
        int most = Math.max(1, Math.min(CHUNK, store.capabilities().parameterLimit()));
        List<List<String>> chunks = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += most) {
            chunks.add(ids.subList(from, Math.min(ids.size(), from + most)));
        }
        return chunks;
    }

    /** Returns a new version 4 UUID. */
    public static String random(Environment environment) {
        long high = environment.random().nextLong();
        long low = environment.random().nextLong();
        return new UUID((high & ~0xf000L) | 0x4000L, (low & ~(0xc0L << 56)) | (0x80L << 56)).toString();
    }
}
