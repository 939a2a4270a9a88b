package dev.korm.model.reference;

import dev.korm.DeletePolicy;
import dev.korm.FieldPath;
import dev.korm.Rn;
import java.util.Optional;

/**
 * The policy that a record declares for the references at one path.
 *
 * @param path in stored names; {@code [*]} for the entries of a list, {@code .*} for the values of a map
 * @param target the collection that the references name, where the record that they name is stored in one
 */
public record ReferencePolicy(FieldPath path, DeletePolicy policy, Optional<Target> target) {
    /** A collection, in whatever layer. */
    public record Target(String namespace, String kind) {
        /** Returns whether an RN names an item of it. */
        public boolean isOf(Rn<?> rn) {
            return rn.form() == Rn.Form.ITEM
                    && rn.namespace().equals(namespace)
                    && rn.kind().equals(kind);
        }
    }
}
