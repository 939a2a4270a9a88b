package dev.korm.depots.support;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotException;
import dev.korm.spi.depot.PutCondition;

/** The answer to a condition that a store does not keep. */
public final class Conditions {
    private Conditions() {}

    public static DepotException denied(String depot, Rn<?> file, PutCondition condition) {
        String what = condition instanceof PutCondition.Absent
                ? "storing a file only if there is none of its name"
                : condition instanceof PutCondition.Newer
                        ? "storing a file unless a later one is there"
                        : "storing a file only in place of a certain version";
        return new DepotException(
                depot,
                file,
                file + " was not stored: the store of the depot \"" + depot + "\" does not know " + what
                        + ". Leave the condition out, or use a store that does; capabilities() says what it knows",
                Outcome.NOT_APPLIED,
                null);
    }
}
