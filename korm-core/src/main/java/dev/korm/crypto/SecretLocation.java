package dev.korm.crypto;

import dev.korm.crypto.primitive.LengthPrefixed;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The place of a secret: a column of an item, or a place inside the JSON of one. A secret opens only where it was sealed.
 * Immutable; equal when item and path are.
 */
public final class SecretLocation {
    private final ItemIdentity owner;
    private final @Nullable SecretLocation parent;
    /** The column, or the member's key; empty for an entry of a list. */
    private final String name;
    /** The entry's index; -1 for what has a name. */
    private final int index;

    SecretLocation(ItemIdentity owner, @Nullable SecretLocation parent, String name, int index) {
        this.owner = owner;
        this.parent = parent;
        this.name = name;
        this.index = index;
    }

    /** Returns the member of that key in the object that is here. */
    public SecretLocation member(String key) {
        return new SecretLocation(owner, this, key, -1);
    }

    /** Returns an entry of the list that is here. */
    public SecretLocation entry(int at) {
        return new SecretLocation(owner, this, "", at);
    }

    public ItemIdentity owner() {
        return owner;
    }

    /** Returns the sealer of this location. */
    public Sealer sealer() {
        return owner.seals().sealer();
    }

    /** Returns the column that it is; null inside JSON. */
    @Nullable String columnName() {
        return parent == null ? name : null;
    }

    /** Writes every step from the column on, as a part of its own. */
    void path(LengthPrefixed parts) {
        if (parent != null) {
            parent.path(parts);
        }
        parts.add(index < 0 ? "." + name : "[" + index + "]");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SecretLocation location
                && location.index == index
                && location.name.equals(name)
                && location.owner.equals(owner)
                && Objects.equals(location.parent, parent);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Objects.hashCode(parent) + name.hashCode()) + index;
    }

    /** Returns the path as people write it. */
    public String path() {
        String before = parent == null ? "" : parent.path();
        if (index >= 0) {
            return before + "[" + index + "]";
        }
        return before.isEmpty() ? name : before + "." + name;
    }

    /** Returns item and path. */
    @Override
    public String toString() {
        return "\"" + path() + "\" of " + owner;
    }
}
