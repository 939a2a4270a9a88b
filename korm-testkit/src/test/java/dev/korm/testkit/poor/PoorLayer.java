package dev.korm.testkit.poor;

import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.memory.MemoryStore;

/** A layer that finds rows by their key and can do nothing else, as some services can. */
public final class PoorLayer {
    private PoorLayer() {}

    public static MemoryLayer create() {
        return MemoryLayer.create()
                .withPushdown(PoorLayer::isKeyLookup)
                .withoutJoins()
                .withoutHeldTransactions();
    }

    /** Returns one on a store, which can hold transactions open. */
    static MemoryLayer on(MemoryStore store) {
        return MemoryLayer.on(store).withPushdown(PoorLayer::isKeyLookup).withoutJoins();
    }

    private static boolean isKeyLookup(Condition condition) {
        if (condition instanceof Condition.Compare compare) {
            return isKey(compare.operand()) && compare.comparison() == Condition.Comparison.EQUAL;
        }
        return condition instanceof Condition.OneOf oneOf && isKey(oneOf.operand());
    }

    private static boolean isKey(Operand operand) {
        return operand instanceof Operand.Column column
                && column.source() == 0
                && column.name().equals(TableName.ID);
    }
}
