package dev.korm.crypto;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The place of a secret: a column of an item, or a place inside the JSON of one. A secret opens only where it was sealed.
 * Immutable; equal when item and path are.
 */
public final class Spot {
    private final Owner owner;
    private final @Nullable Spot parent;
    /** The column, or the member's key; empty for an entry of a list. */
    private final String name;
    /** The entry's index; -1 for what has a name. */
    private final int index;

    Spot(Owner owner, @Nullable Spot parent, String name, int index) {
        this.owner = owner;
        this.parent = parent;
        this.name = name;
        this.index = index;
    }

    /** The member of that key in the object that is here. */
    public Spot member(String key) {
        return new Spot(owner, this, key, -1);
    }

    /** An entry of the list that is here. */
    public Spot entry(int at) {
        return new Spot(owner, this, "", at);
    }

    public Owner owner() {
        return owner;
    }

    /** Who seals here. */
    public Sealer sealer() {
        return owner.seals().sealer();
    }

    /** The column that it is; null inside JSON. */
    @Nullable String columnName() {
        return parent == null ? name : null;
    }

    /** Every step from the column on, as a part of its own. */
    void path(Parts parts) {
        if (parent != null) {
            parent.path(parts);
        }
        parts.add(index < 0 ? "." + name : "[" + index + "]");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Spot spot
                && spot.index == index
                && spot.name.equals(name)
                && spot.owner.equals(owner)
                && Objects.equals(spot.parent, parent);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Objects.hashCode(parent) + name.hashCode()) + index;
    }

    /** The path as people write it. */
    public String path() {
        String before = parent == null ? "" : parent.path();
        if (index >= 0) {
            return before + "[" + index + "]";
        }
        return before.isEmpty() ? name : before + "." + name;
    }

    /** Item and path. */
    @Override
    public String toString() {
        return "\"" + path() + "\" of " + owner;
    }
}
