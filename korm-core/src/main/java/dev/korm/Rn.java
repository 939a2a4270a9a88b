package dev.korm;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.parse.RnParser;
import dev.korm.table.RowKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A resource name: the text by which an item, a collection of items, a file of a depot or a folder of files is known
 * everywhere.
 *
 * <pre>{@code
 * Rn<User> fred = Rn.parse("[rn][from::userdb]:users:freetier:3dd91ede-37a4-4c25-a86a-6f1a9e132186");
 * fred.layer();      // Optional[userdb]
 * fred.namespace();  // users
 * Rn<User> all = Rn.collection("users", "freetier");
 * }</pre>
 *
 * <p>A value: immutable, safe for many threads, and equal to another when both texts are equal. Two texts can name the
 * same item ({@code from} may be left out); {@link #sameItem} compares what is named. After a query with
 * {@code resolvePaths} an RN also carries the item that it names; that changes neither its text nor its equality.
 *
 * @param <T> the type of the items it names
 */
public final class Rn<T> implements Comparable<Rn<?>> {
    /** The mod that names the layer. */
    public static final String FROM = "from";

    /** The mod that names the depot, and makes an RN one of files. */
    public static final String DEPOT = "depot";

    private final Place place;
    /** Null for all but items. */
    private final @Nullable String id;

    private final @Nullable Referenced<T> referenced;

    private Rn(Place place, @Nullable String id, @Nullable Referenced<T> referenced) {
        this.place = place;
        this.id = id;
        this.referenced = referenced;
    }

    /** All of an RN but the id of an item; one for all items of a collection that are read together. */
    private static final class Place {
        /** Of an RN without an id. */
        final Form form;

        final Map<String, String> mods;
        /** The namespace and kind of items, all parts of a depot's. */
        final List<String> parts;

        final int hash;

        Place(Form form, Map<String, String> mods, List<String> parts) {
            this.form = form;
            this.mods = mods;
            this.parts = parts;
            this.hash = 31 * mods.hashCode() + parts.hashCode();
        }

        boolean isDepot() {
            return form != Form.COLLECTION;
        }

        /** Returns whether the texts of both are equal. */
        boolean isAs(Place other) {
            if (this == other) {
                return true;
            }
            // The order of mods is part of the text, and not of the equality of maps.
            return hash == other.hash
                    && form == other.form
                    && parts.equals(other.parts)
                    && mods.equals(other.mods)
                    && (mods.size() < 2 || List.copyOf(mods.keySet()).equals(List.copyOf(other.mods.keySet())));
        }
    }

    /** The kind of thing that an RN names. */
    public enum Form {
        /** One item: {@code [rn]:users:freetier:3dd91ede-…}. */
        ITEM,
        /** All items of a namespace and kind: {@code [rn]:users:freetier:*}. */
        COLLECTION,
        /** A file: {@code [rn][depot::files]:invoices:2024:receipt.txt}. */
        FILE,
        /** All files below a folder: {@code [rn][depot::files]:invoices:*}. */
        PREFIX
    }

    /**
     * Reads an RN.
     *
     * @throws RnException when the text is none; its position is the offending character
     */
    public static <T> Rn<T> parse(String text) {
        RnParser read = new RnParser(text).parse();
        Map<String, String> mods = freeze(read.mods());
        List<String> parts = read.parts();
        if (read.form() == Form.FILE || read.form() == Form.PREFIX) {
            return new Rn<>(new Place(read.form(), mods, parts), null, null);
        }
        Place place = new Place(Form.COLLECTION, mods, List.of(parts.get(0), parts.get(1)));
        return new Rn<>(place, read.form() == Form.ITEM ? parts.get(2) : null, null);
    }

    /**
     * Reads the RN of an item of a type, or of its collection.
     *
     * @throws RnException when the text is none, or names another collection than that of the type's {@link Stored}
     */
    public static <T> Rn<T> parse(String text, Class<T> type) {
        requireNonNull(type, "type");
        Rn<T> rn = parse(text);
        if (!rn.mayName(type)) {
            throw new RnException(
                    rn.isDepot()
                            ? text + " names files, not items of " + type.getSimpleName()
                            : "Not an RN of " + type.getSimpleName() + ": it names an item or items of "
                                    + rn.namespace() + ":"
                                    + rn.kind() + ", but " + type.getSimpleName() + " is stored in "
                                    + DeclaredCollection.of(type) + " as its @Stored says",
                    RnParser.START.length());
        }
        return rn;
    }

    /** Returns whether the text is an RN. */
    public static boolean isRn(String text) {
        requireNonNull(text, "text");
        return text.startsWith(RnParser.START) && new RnParser(text).isValid();
    }

    /**
     * Returns an item's RN.
     *
     * @param namespace a word of {@code [a-z][a-z0-9]*}
     * @param kind a word of {@code [a-z][a-z0-9]*}
     * @param id a version 4 UUID
     * @throws RnException when a part is not as it must be
     */
    public static <T> Rn<T> item(String namespace, String kind, UUID id) {
        requireNonNull(namespace, "namespace");
        requireNonNull(kind, "kind");
        return parse(RnParser.START + ":" + word("namespace", namespace) + ":" + word("kind", kind) + ":" + id);
    }

    /**
     * Returns the RN of all items of a namespace and kind.
     *
     * @throws RnException when a part is not as it must be
     */
    public static <T> Rn<T> collection(String namespace, String kind) {
        requireNonNull(namespace, "namespace");
        requireNonNull(kind, "kind");
        return parse(RnParser.START + ":" + word("namespace", namespace) + ":" + word("kind", kind) + ":*");
    }

    /**
     * Returns the RN of a file.
     *
     * @param parts the folders and the file's name
     * @throws RnException when a part is not as it must be
     */
    public static <T> Rn<T> file(String depot, String... parts) {
        requireElements(parts, "parts");
        Rn<T> rn = parse(depotText(depot, List.of(parts)));
        if (rn.form() != Form.FILE) {
            throw new RnException(
                    "A file's last part is its name, not \"*\"", rn.toString().length() - 1);
        }
        return rn;
    }

    /**
     * Returns the RN of all files below a folder.
     *
     * @param folders the way to it; none means the whole depot
     * @throws RnException when a part is not as it must be
     */
    public static <T> Rn<T> prefix(String depot, String... folders) {
        requireNonNull(depot, "depot");
        requireElements(folders, "folders");
        List<String> parts = new ArrayList<>(List.of(folders));
        parts.add("*");
        return parse(depotText(depot, parts));
    }

    private static String word(String what, String word) {
        int colon = word.indexOf(':');
        if (colon >= 0) {
            throw new RnException("A " + what + " may not contain \":\"; allowed: [a-z][a-z0-9]*", colon);
        }
        return word;
    }

    private static String depotText(String depot, List<String> parts) {
        for (String part : parts) {
            int colon = part.indexOf(':');
            if (colon >= 0) {
                throw new RnException("A part of a depot RN may not contain \":\"", colon);
            }
        }
        return RnParser.START + "[" + DEPOT + "::" + depot + "]:" + String.join(":", parts);
    }

    /** Returns the kind of thing that this RN names. */
    public Form form() {
        return id != null ? Form.ITEM : place.form;
    }

    /**
     * Returns the namespace of an item or collection.
     *
     * @throws IllegalStateException for a depot's RN
     */
    public String namespace() {
        return itemPart(0);
    }

    /**
     * Returns the kind of an item or collection.
     *
     * @throws IllegalStateException for a depot's RN
     */
    public String kind() {
        return itemPart(1);
    }

    /**
     * Returns the RN of a row in a table that korm did not make, by its primary key: {@code Rn.byKey(Customer.class, 42)}.
     *
     * @param type a record with {@link dev.korm.table.Table} and {@link Stored}
     * @param key the parts of the key in the order of the record's {@link dev.korm.table.Id} fields: whole numbers, texts, UUIDs or dates
     * @throws RnException when the type has no collection of its own, or a part is not as it must be
     */
    public static <T> Rn<T> byKey(Class<T> type, Object... key) {
        requireNonNull(type, "type");
        requireElements(key, "key");
        Stored stored = type.getAnnotation(Stored.class);
        if (stored == null) {
            throw new RnException(
                    type.getSimpleName()
                            + " has no collection of its own; declare it by @Stored(namespace = …, kind = …)",
                    0);
        }
        Rn<T> rn = Rn.<T>collection(stored.namespace(), stored.kind()).item(RowKey.of(key));
        return stored.layer().isEmpty() ? rn : rn.from(stored.layer());
    }

    /** Returns the parts of the primary key, where this names a row of a table that korm did not make; empty for everything else. */
    public List<String> key() {
        return id != null && RowKey.isBegun(id, 0) ? RowKey.parts(id) : List.of();
    }

    /** Returns the id of an item, a lower-case version 4 UUID, or {@code =} and the {@link #key} of a row; empty for everything else. */
    public Optional<String> id() {
        return Optional.ofNullable(id);
    }

    /** Returns the layer, when the RN names it by its {@code from} mod. */
    public Optional<String> layer() {
        return mod(FROM);
    }

    /** Returns the depot of a file or prefix. */
    public Optional<String> depot() {
        return mod(DEPOT);
    }

    /** Returns the parts of a depot's RN, the last {@code *} of a prefix included; empty for an item or collection. */
    public List<String> depotParts() {
        return isDepot() ? place.parts : List.of();
    }

    /** Returns whether this names files and not items. */
    public boolean isDepot() {
        return place.isDepot();
    }

    /**
     * Returns whether this names an item of the type, or a collection of such, as far as names can tell: a type with
     * {@link Stored} has one collection, in whatever layer it is; the items of any other type may be anywhere.
     */
    public boolean mayName(Class<?> type) {
        requireNonNull(type, "type");
        return !isDepot() && DeclaredCollection.of(type).allows(place.parts.get(0), place.parts.get(1));
    }

    /** Returns all mods in the order of the text, unknown ones included. */
    public Map<String, String> mods() {
        return place.mods;
    }

    /** Returns the value of a mod. */
    public Optional<String> mod(String key) {
        requireNonNull(key, "key");
        return Optional.ofNullable(place.mods.get(key));
    }

    /**
     * Returns the same RN with a mod added at the end, or replaced where it stands.
     *
     * @param key {@code [a-z][a-z0-9]*}
     * @param value not empty, without {@code [} and {@code ]}
     * @throws RnException when key or value are not as they must be, and for a {@code depot} mod on an item's RN
     */
    public Rn<T> with(String key, String value) {
        requireNonNull(key, "key");
        requireNonNull(value, "value");
        if (key.equals(DEPOT) && !isDepot()) {
            throw new RnException(
                    "An item's RN cannot take a \"depot\" mod; depot RNs begin with Rn.file or Rn.prefix", 0);
        }
        Map<String, String> changed = new LinkedHashMap<>(place.mods);
        changed.put(key, value);
        return withMods(changed);
    }

    /** Returns the same RN without a mod; the {@code depot} mod stays. */
    public Rn<T> without(String key) {
        requireNonNull(key, "key");
        if (!place.mods.containsKey(key) || key.equals(DEPOT)) {
            return this;
        }
        Map<String, String> changed = new LinkedHashMap<>(place.mods);
        changed.remove(key);
        return withMods(changed);
    }

    /** Returns the same RN with the {@code from} mod of a layer. */
    public Rn<T> from(String layer) {
        requireNonNull(layer, "layer");
        return with(FROM, layer);
    }

    /**
     * Returns the RN of one item of this collection, with the same mods.
     *
     * @param id a version 4 UUID in lower case, or {@code =} and the key of a row
     * @throws RnException when the id is none
     * @throws IllegalStateException when this is no collection
     */
    public Rn<T> item(String id) {
        requireNonNull(id, "id");
        if (form() != Form.COLLECTION) {
            throw new IllegalStateException(this + " is not a collection of items");
        }
        RnParser.checkId(id);
        return new Rn<>(place, id, null);
    }

    /** Returns the RN of the collection that this item belongs to, with the same mods. */
    public Rn<T> collection() {
        requireItems();
        return new Rn<>(place, null, null);
    }

    private Rn<T> withMods(Map<String, String> changed) {
        StringBuilder out = new StringBuilder(100).append(RnParser.START);
        changed.forEach((key, value) -> RnParser.appendMod(out, key, value));
        Rn<T> rn = parse(append(out).toString());
        return referenced == null || isMissing() ? rn : new Rn<>(rn.place, rn.id, referenced);
    }

    /** Writes what follows the mods. */
    private StringBuilder append(StringBuilder out) {
        List<String> parts = place.parts;
        for (int i = 0; i < parts.size(); i++) {
            out.append(':').append(parts.get(i));
        }
        if (!isDepot()) {
            out.append(':').append(id == null ? "*" : id);
        }
        return out;
    }

    /**
     * Returns whether both name one item: namespace, kind, id and layer are the same, where an absent {@code from} mod
     * stands for the given layer.
     *
     * @param home the layer that an RN without {@code from} belongs to
     */
    public boolean sameItem(Rn<?> other, String home) {
        requireNonNull(other, "other");
        requireNonNull(home, "home");
        return isOf(other) && layer().orElse(home).equals(other.layer().orElse(home));
    }

    /** Returns whether the item that it names was read along with the item that holds it. */
    public boolean isResolved() {
        return referenced != null && !isMissing();
    }

    /**
     * Returns whether the item that it names was looked for, along with the item that holds it, and does not exist. False where nobody
     * has looked, since no path in {@code resolvePaths} leads here.
     */
    public boolean isMissing() {
        return referenced instanceof Missing;
    }

    /**
     * Returns the data of the item that it names.
     *
     * @throws QueryException when it is not resolved; the message says how to
     * @throws MissingReferenceException when the item was looked for and does not exist
     */
    public T get() {
        return referenced().data();
    }

    /**
     * Returns the item that it names, as it was read along with the item that holds it.
     *
     * @throws QueryException when it is not resolved, or carries a change that is not committed yet
     * @throws MissingReferenceException when the item was looked for and does not exist
     */
    public Item<T> item() {
        if (referenced() instanceof Item<T> item) {
            return item;
        }
        throw new QueryException(this + " carries a change that is not committed yet; commit it to have the item");
    }

    /** Returns the item that it carries, whether committed or not; empty when it is not resolved, and when the item is missing. */
    public Optional<Referenced<T>> carried() {
        return isResolved() ? Optional.ofNullable(referenced) : Optional.empty();
    }

    private Referenced<T> referenced() {
        if (referenced == null) {
            throw new QueryException(this + " is not resolved: no path in resolvePaths(…) leads to it."
                    + " Name the path there, or read the item with fromRn(…)");
        }
        if (isMissing()) {
            throw new MissingReferenceException(
                    this
                            + " names an item that does not exist. Where that may be, ask isMissing() or carried() before get();"
                            + " otherwise correct the reference",
                    this);
        }
        return referenced;
    }

    /**
     * Returns the same RN, carrying what it names: an item, or a change of one.
     *
     * @throws IllegalArgumentException when it is the state of an item with another namespace, kind or id
     */
    public Rn<T> carrying(Referenced<T> item) {
        requireNonNull(item, "item");
        if (!isOf(item.rn())) {
            throw new IllegalArgumentException(this + " does not name " + item.rn());
        }
        return new Rn<>(place, id, item);
    }

    /** Returns the same RN, of whose item is known that it does not exist. */
    public Rn<T> missing() {
        return isMissing() ? this : new Rn<>(place, id, new Missing<>(unresolved()));
    }

    /** The absence of an item that was looked for. */
    private record Missing<T>(Rn<T> rn) implements Referenced<T> {
        @Override
        public T data() {
            throw new IllegalStateException(rn + " does not exist");
        }
    }

    /** Returns whether both name items of one namespace, kind and id; the id first, which differs most. */
    private boolean isOf(Rn<?> other) {
        return id != null && id.equals(other.id) && (place == other.place || place.parts.equals(other.place.parts));
    }

    /** Returns the same RN, carrying nothing. */
    public Rn<T> unresolved() {
        return referenced == null ? this : new Rn<>(place, id, null);
    }

    private String itemPart(int part) {
        requireItems();
        return place.parts.get(part);
    }

    private void requireItems() {
        if (isDepot()) {
            throw new IllegalStateException(this + " names files; it has depotParts(), not namespace and kind");
        }
    }

    static Map<String, String> freeze(Map<String, String> mods) {
        return mods.isEmpty() ? Map.of() : Collections.unmodifiableMap(mods);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Rn<?> rn && Objects.equals(id, rn.id) && place.isAs(rn.place);
    }

    @Override
    public int hashCode() {
        return 31 * place.hash + Objects.hashCode(id);
    }

    /** Compares by the code units of the text. */
    @Override
    public int compareTo(Rn<?> other) {
        if (id != null && other.id != null && place.isAs(other.place)) {
            // Items of one collection, as most that are sorted.
            return id.compareTo(other.id);
        }
        List<String> parts = place.parts;
        List<String> others = other.place.parts;
        int last = parts.size() - 1;
        if (isDepot()
                && last == others.size() - 1
                && place.mods.size() <= 1
                && place.mods.equals(other.place.mods)
                && parts.subList(0, last).equals(others.subList(0, last))) {
            // Files of one folder.
            return parts.get(last).compareTo(others.get(last));
        }
        return toString().compareTo(other.toString());
    }

    /** Returns the canonical text, made anew: most RNs are never asked for it. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(100).append(RnParser.START);
        place.mods.forEach((key, value) ->
                out.append('[').append(key).append("::").append(value).append(']'));
        return append(out).toString();
    }
}
