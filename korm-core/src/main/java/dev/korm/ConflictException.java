package dev.korm;

/**
 * The item was changed by someone else since it was read. Nothing was written. Way out: look at both sides, apply the change
 * to {@link #theirs()} and commit that.
 */
public final class ConflictException extends KormException {
    private static final long serialVersionUID = 1L;

    private final transient Rn<?> rn;
    private final transient Object mine;
    private final transient Item<?> theirs;

    /**
     * @param mine what was to be written
     * @param theirs the item as it is stored now
     */
    public ConflictException(String message, Rn<?> rn, Object mine, Item<?> theirs) {
        super(message);
        this.rn = rn;
        this.mine = mine;
        this.theirs = theirs;
    }

    /** Returns the item. Null only after Java serialisation, like both sides. */
    public Rn<?> rn() {
        return rn;
    }

    /** Returns the data that was to be written; for a deletion, the data as it was read. */
    public Object mine() {
        return mine;
    }

    /** Returns the item as it is stored now. */
    public Item<?> theirs() {
        return theirs;
    }

    /**
     * Returns the item as it is stored now, to apply the change to.
     *
     * @param type the type of its data
     * @throws ClassCastException when the data is of another type
     */
    @SuppressWarnings("unchecked") // The type of the data is checked.
    public <T> Item<T> theirs(Class<T> type) {
        if (!type.isInstance(theirs.data())) {
            throw new ClassCastException(
                    rn + " was read as a " + theirs.data().getClass().getName() + ", not as a " + type.getName());
        }
        return (Item<T>) theirs;
    }
}
