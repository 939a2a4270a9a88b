package dev.korm.engine.layer;

import dev.korm.DeletePolicy;
import dev.korm.FieldPath;
import dev.korm.engine.context.StoreFingerprint;
import dev.korm.model.reference.ReferencePolicy;
import dev.korm.spi.query.TableName;
import java.util.Optional;

/** A policy as it is kept with the data: what a field of the items of a table asks for. */
public record StoredPolicy(
        TableName table, FieldPath path, DeletePolicy policy, Optional<ReferencePolicy.Target> target) {
    static StoredPolicy of(TableName table, ReferencePolicy declared) {
        return new StoredPolicy(table, declared.path(), declared.policy(), declared.target());
    }

    /** Returns the key of its row: one for each field of a table. */
    String key() {
        return StoreFingerprint.sha256(table + "\n" + path);
    }

    /** Returns whether items of a collection, in whatever layer, are what it is about. */
    public boolean concerns(TableName items) {
        return policy != DeletePolicy.LEAVE
                && target.map(named -> named.namespace().equals(items.namespace())
                                && named.kind().equals(items.kind()))
                        .orElse(true);
    }

    /** Returns the column that holds the references, or what they are in. */
    public String column() {
        return ((FieldPath.Field) path.steps().get(0)).name();
    }
}
