package dev.korm.event;

/**
 * A call of a program's to a pool, as {@link PoolListener#callBegins} is told of it: what it asks for, by no value. Immutable.
 *
 * @param operation one of the constants of this class
 * @param layer the layer whose collection it is about; empty where it is about several
 * @param namespace of its collection; empty where it is about several
 * @param kind of its collection; empty where it is about several
 */
public record PoolCall(String operation, String layer, String namespace, String kind) {
    /** Items by their RNs: {@code get()}, {@code find()}, {@code reload()}, {@code fromRns(…)}. */
    public static final String GET = "get";

    /** Items that a query finds, all, one, a page, or whether there is one. */
    public static final String QUERY = "query";

    /** Items that a query finds, one by one. The call ends when the first can be read; the statement goes on until the stream is closed. */
    public static final String STREAM = "stream";

    /** A count, a sum or another figure of the items that a query finds, also by groups. */
    public static final String AGGREGATE = "aggregate";

    /** A new item. */
    public static final String CREATE = "create";

    /** A change of an item, or of all that a query finds. */
    public static final String UPDATE = "update";

    /** A deletion of an item, or of all that a query finds. */
    public static final String DELETE = "delete";

    /** A deleted item that is stored again. */
    public static final String RESTORE = "restore";

    /** A move of an item to another layer. */
    public static final String MOVE = "move";

    /** Several changes together, by {@code Korm.tx(…).persist()} or {@code Korm.createAll(…)}. */
    public static final String PERSIST = "persist";

    /** The work of {@code pool.transaction(…)}, all its attempts and their pauses; the calls within it are calls of their own. */
    public static final String TRANSACTION = "transaction";

    /** Returns the collection, as {@code namespace:kind}; empty where it is about several. */
    public String collection() {
        return namespace.isEmpty() ? "" : namespace + ":" + kind;
    }
}
