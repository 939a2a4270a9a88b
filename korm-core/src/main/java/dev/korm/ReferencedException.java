package dev.korm;

import java.util.List;

/**
 * An item cannot be deleted, since others refer to it by a field whose policy is {@link DeletePolicy#RESTRICT}. Nothing was
 * written. Way out: delete or change those first, or along with it in one transaction.
 */
public final class ReferencedException extends KormException {
    private static final long serialVersionUID = 1L;

    private final transient Rn<?> rn;
    private final transient List<Rn<?>> holders;
    private final String field;

    /**
     * @param rn the item that was to be deleted, or one that would have gone along
     * @param holders some of those that refer to it; none where a foreign key of the database refused it
     * @param field the path of the reference in the first of them; empty where there is none
     */
    public ReferencedException(String message, Rn<?> rn, List<Rn<?>> holders, String field) {
        super(message);
        this.rn = rn;
        this.holders = List.copyOf(holders);
        this.field = field;
    }

    /** Returns the item that is referred to. Null only after Java serialisation, like the holders. */
    public Rn<?> rn() {
        return rn;
    }

    /** Returns some of the items that refer to it; there may be more. */
    public List<Rn<?>> holders() {
        return holders;
    }

    /** Returns the path of the reference in the first of the holders, such as {@code owner} or {@code drivers[*]}. */
    public String field() {
        return field;
    }
}
