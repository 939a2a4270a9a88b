package dev.korm.engine.file;

import dev.korm.Rn;
import dev.korm.engine.commit.ChangeId;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a file that is staged: {@code [rn][depot::files]:__korm_staging__:LAYER:TRANSACTION:folder:file}. It says all that is
 * needed to finish what was cut off: in which layer the change is decided, by which marker, and where the file belongs.
 *
 * @param file where it belongs
 */
public record StagedName(String layer, String transaction, Rn<?> file) {
    /** The first part of the names of staged files. */
    static final String STAGING = "__korm_staging__";
    /** The first part of the names of marks that say since when a file is released. */
    static final String RELEASED = "__korm_released__";

    private static final String TRANSACTION = "files-";
    private static final Pattern OF_A_TRANSACTION = Pattern.compile(TRANSACTION + "[0-9a-f-]{36}");
    private static final int OWN_PARTS = 3;

    /** Returns the id of a change with files, made of an id that nobody else has. */
    static String transaction(String uuid) {
        return TRANSACTION + uuid;
    }

    /** Returns whether an id is that of a change with files in one layer, whose marker nobody else asks for. */
    static boolean isOfOneLayer(String id) {
        return OF_A_TRANSACTION.matcher(id).matches();
    }

    /** Returns whether an id is that of a change which may have files, and not of anything else that writes a marker. */
    static boolean isTransaction(String id) {
        return isOfOneLayer(id) || ChangeId.run(id).isPresent();
    }

    /** Returns all that is staged in a depot by changes of a layer. */
    static Rn<?> prefix(String depot, String layer) {
        return Rn.prefix(depot, STAGING, encoded(layer));
    }

    /** Returns all that is staged in a depot by a change. */
    static Rn<?> prefix(String depot, String layer, String transaction) {
        return Rn.prefix(depot, STAGING, encoded(layer), transaction);
    }

    Rn<?> rn() {
        List<String> parts = new ArrayList<>(List.of(STAGING, encoded(layer), transaction));
        parts.addAll(file.depotParts());
        return Rn.file(file.depot().orElseThrow(), parts.toArray(String[]::new));
    }

    /** Parses the name of a staged file; empty when it is not one. */
    static Optional<StagedName> of(Rn<?> staged) {
        List<String> parts = staged.depotParts();
        if (parts.size() <= OWN_PARTS || !parts.get(0).equals(STAGING)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new StagedName(
                    URLDecoder.decode(parts.get(1), StandardCharsets.UTF_8), parts.get(2), below(staged, OWN_PARTS)));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    /** Returns the mark of a released file. */
    static Rn<?> mark(Rn<?> file) {
        List<String> parts = new ArrayList<>(List.of(RELEASED));
        parts.addAll(file.depotParts());
        return Rn.file(file.depot().orElseThrow(), parts.toArray(String[]::new));
    }

    /** Returns the file that a mark is of. */
    static Rn<?> marked(Rn<?> mark) {
        return below(mark, 1);
    }

    private static Rn<?> below(Rn<?> rn, int parts) {
        List<String> rest = rn.depotParts().subList(parts, rn.depotParts().size());
        return Rn.file(rn.depot().orElseThrow(), rest.toArray(String[]::new));
    }

    /** Returns whether a file is one that korm keeps for itself. */
    public static boolean isOwn(Rn<?> file) {
        return isOwn(file.depotParts().get(0));
    }

    /** Returns whether a first part of names is one that korm keeps for itself. */
    public static boolean isOwn(String first) {
        return first.startsWith("__korm_") && first.endsWith("__");
    }

    /** Returns a layer's name, whatever is in it, as a part of an RN. */
    static String encoded(String layer) {
        return URLEncoder.encode(layer, StandardCharsets.UTF_8)
                .replace("*", "%2A")
                .replace(".", "%2E");
    }
}
