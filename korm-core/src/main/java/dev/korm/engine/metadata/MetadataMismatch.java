package dev.korm.engine.metadata;

import dev.korm.MetadataException;
import java.util.List;

/** The words in which a pool is told that it is not configured as its metadata says, and the ways out. */
final class MetadataMismatch {
    private MetadataMismatch() {}

    static MetadataException of(PoolMetadata own, List<StoredMetadata> found, List<String> differences) {
        String where = found.isEmpty()
                ? "its layers and depots say that they belong to another pool:"
                : "it is not configured as the metadata in the layer \""
                        + String.join(
                                "\", \"",
                                found.stream().map(StoredMetadata::layer).toList()) + "\" says:";
        StringBuilder message = new StringBuilder("The pool cannot be opened, since ").append(where);
        differences.forEach(line -> message.append("\n  ").append(line));
        return new MetadataException(
                message.append('\n').append(waysOut(own, found)).toString(), differences);
    }

    static boolean isOfAnotherKorm(StoredMetadata stored) {
        return stored.config().isPresent() && !stored.isOfOurVersion();
    }

    private static String waysOut(PoolMetadata own, List<StoredMetadata> found) {
        if (found.stream().anyMatch(MetadataMismatch::isOfAnotherKorm)) {
            return "Open it with the version of korm that wrote it";
        }
        String home = found.isEmpty() ? "…" : "\"" + found.get(0).layer() + "\"";
        String adopt = own.metaLayer().isPresent() ? "adoptMeta()" : "withMeta(" + home + ").adoptMeta()";
        return "Ways out: open it as it is recorded, by Korm.discover(…) of one of its layers or by the same configuration"
                + (own.metaLayer().isPresent() ? "" : " with withMeta(" + home + ")")
                + "; or, where the present configuration is the right one, have it recorded by " + adopt
                + "; or, where this is to be another pool, give it layers and depots of its own";
    }
}
