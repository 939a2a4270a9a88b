package dev.korm;

/**
 * A reference that names nothing, found by {@link Pool#danglingReferences}. It was so at the moment when it was looked up.
 *
 * @param layer the layer of the item that holds it
 * @param holder the item that holds it
 * @param path where in the item it stands, in stored names; entries of lists by their index
 * @param reference what it says
 * @param reason why that names nothing
 */
public record DanglingReference(String layer, Rn<?> holder, FieldPath path, Rn<?> reference, Reason reason) {
    /** The reason why a reference is dangling. */
    public enum Reason {
        /** There is no such item in the layer that it names. */
        NO_ITEM,
        /** The pool has no layer of that name. */
        UNKNOWN_LAYER
    }
}
