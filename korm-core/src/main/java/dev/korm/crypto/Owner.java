package dev.korm.crypto;

import org.jspecify.annotations.Nullable;

/**
 * The item that secrets belong to: layer, namespace, kind and id, which are what its RN says however it is spelt. Equal only
 * within one pool. Safe for many threads.
 */
public final class Owner {
    private final Seals seals;
    private final String namespace;
    private final String kind;
    private final String id;

    Owner(Seals seals, String namespace, String kind, String id) {
        this.seals = seals;
        this.namespace = namespace;
        this.kind = kind;
        this.id = id;
    }

    /** A column of it. */
    public Spot column(String name) {
        return new Spot(this, null, name, -1);
    }

    Seals seals() {
        return seals;
    }

    /** What every item key and every seal of it is bound to. */
    Parts identity(Parts parts) {
        return parts.add(seals.layer()).add(namespace).add(kind).add(id);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Owner owner
                && owner.id.equals(id)
                && owner.kind.equals(kind)
                && owner.namespace.equals(namespace)
                && owner.seals.layer().equals(seals.layer())
                && owner.seals.sealer() == seals.sealer();
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** Its RN. */
    @Override
    public String toString() {
        return "[rn][from::" + seals.layer() + "]:" + namespace + ":" + kind + ":" + id;
    }
}
