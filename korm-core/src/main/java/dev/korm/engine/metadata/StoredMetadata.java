package dev.korm.engine.metadata;

import dev.korm.Document;
import dev.korm.PathException;
import dev.korm.ValueException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A configuration that was found in a layer, by whomever it was written.
 *
 * @param layer the layer that it was found in
 * @param config empty when it cannot be read
 */
record StoredMetadata(String layer, Optional<Document> config) {
    /** An entry of the list of layers or of depots. */
    record Entry(String type, Optional<String> fingerprint, Optional<String> path, Optional<Document> config) {
        static Entry of(Document entry) {
            return new Entry(
                    entry.get("type").map(Object::toString).orElse(""),
                    entry.get("fingerprint").map(Object::toString),
                    entry.get("config.path").or(() -> entry.get("config.root")).map(Object::toString),
                    object(entry, "config"));
        }
    }

    /** Returns a member that is an object. */
    static Optional<Document> object(Document of, String path) {
        return of.get(path).filter(Document.class::isInstance).map(Document.class::cast);
    }

    /** Returns an entry of a member that is a list of objects. */
    static Optional<Document> entry(Document of, String member, int index) {
        return of.get(member)
                .filter(List.class::isInstance)
                .map(list -> (List<?>) list)
                .filter(list -> index < list.size())
                .map(list -> list.get(index))
                .filter(Document.class::isInstance)
                .map(Document.class::cast);
    }

    Optional<Document> object(String path) {
        return config.flatMap(found -> object(found, path));
    }

    /** Returns what is stored of a layer or depot beside the original's form. The name may be no path. */
    Optional<Document> ours(String list, String name) {
        return object(MetadataDocument.OURS + "." + list)
                .map(all -> all.asMap().get(name))
                .filter(Document.class::isInstance)
                .map(Document.class::cast);
    }

    Optional<Long> number(String path) {
        return config.flatMap(found -> found.get(path))
                .filter(Number.class::isInstance)
                .map(number -> ((Number) number).longValue());
    }

    /**
     * Returns the configuration of a column's text.
     *
     * @param text a JSON object, or a JSON string that holds the text of one, as the original writes it into a JSON column
     */
    static StoredMetadata read(String layer, String text) {
        try {
            Document config = Document.parse(text.stripLeading().startsWith("\"") ? unwrapped(text) : text);
            return new StoredMetadata(layer, Optional.of(config)).checked();
        } catch (ValueException | PathException malformed) {
            return new StoredMetadata(layer, Optional.empty());
        }
    }

    private static String unwrapped(String text) {
        return Document.parse("{\"config\":" + text + "}").text("config");
    }

    /** Fails when it is of our version and lists what are no entries. */
    private StoredMetadata checked() {
        if (isOfOurVersion()) {
            layers();
            depots();
        }
        return this;
    }

    /** Returns the version that it says it is. */
    Optional<Object> version() {
        return config.flatMap(found -> found.get("version"));
    }

    boolean isOfOurVersion() {
        return version().equals(Optional.of(PoolMetadata.VERSION));
    }

    Optional<String> text(String member) {
        return config.flatMap(found -> found.get(member)).map(Object::toString);
    }

    /** Returns the log of the original's that it names. */
    Optional<OriginalLog> log() {
        return text("wal.depotIdent").flatMap(depot -> text("poolId")
                .map(pool -> OriginalLog.of(depot, text("wal.walNamespace").orElse(pool), pool)));
    }

    boolean has(String member) {
        return config.filter(found -> found.has(member)).isPresent();
    }

    List<String> members() {
        return config.map(Document::fieldNames).orElse(List.of());
    }

    /** Returns the layers, by name. */
    Map<String, Entry> layers() {
        return entries("layers");
    }

    /** Returns the depots, by name. */
    Map<String, Entry> depots() {
        return entries("depots");
    }

    private Map<String, Entry> entries(String member) {
        Map<String, Entry> entries = new TreeMap<>();
        if (has(member)) {
            for (Object entry : config.orElseThrow().list(member)) {
                if (!(entry instanceof Document document)) {
                    throw new ValueException("An entry of the metadata's " + member + " is not an object");
                }
                entries.put(document.text("ident"), Entry.of(document));
            }
        }
        return entries;
    }
}
