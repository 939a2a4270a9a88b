package dev.korm.engine;

import dev.korm.DeletePolicy;
import dev.korm.FieldPath;
import dev.korm.model.ReferencePolicy;
import dev.korm.spi.TableName;
import java.util.Optional;

/** A policy as it is kept with the data: what a field of the items of a table asks for. */
record StoredPolicy(TableName table, FieldPath path, DeletePolicy policy, Optional<ReferencePolicy.Target> target) {
    static StoredPolicy of(TableName table, ReferencePolicy declared) {
        return new StoredPolicy(table, declared.path(), declared.policy(), declared.target());
    }

    /** The key of its row: one for each field of a table. */
    String key() {
        return Places.sha256(table + "\n" + path);
    }

    /** Whether items of a collection, in whatever layer, are what it is about. */
    boolean concerns(TableName items) {
        return policy != DeletePolicy.LEAVE
                && target.map(named -> named.namespace().equals(items.namespace())
                                && named.kind().equals(items.kind()))
                        .orElse(true);
    }

    /** The column that holds the references, or what they are in. */
    String column() {
        return ((FieldPath.Field) path.steps().get(0)).name();
    }
}
