package dev.korm.engine.file;

import dev.korm.Rn;
import dev.korm.engine.context.StoreFingerprint;
import dev.korm.engine.depot.OpenDepots;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The files that a staged one may take the place of: the one that had the name when it was staged, those that were staged for the name by then, and
 * itself. Whatever else has the name later came later. Stored with the staged file, so that no clock is asked who was first. Immutable.
 *
 * @param names 16 hex digits for each: of what its label says, which goes along from the staged name to its own; or of its version where
 *     it has no label of ours
 */
record Predecessors(List<String> names) {
    /** The attribute of files that no item brought along: by which change they were stored. */
    static final String CHANGE = "korm-change";

    private static final String ATTRIBUTE = "korm-after";
    private static final String NONE = "none";
    private static final int DIGITS = 16;

    /** The room for attributes is small: of more than so many changes of one file at the same moment, some count as later ones. */
    private static final int MOST = 8;

    private static final Predecessors NOTHING = new Predecessors(List.of());

    Predecessors {
        names = names.stream().distinct().limit(MOST).toList();
    }

    /** Returns those that are stored with a staged file; empty where an older program staged it. */
    static Optional<Predecessors> of(FileStat staged) {
        return Optional.ofNullable(staged.attributes().get(ATTRIBUTE))
                .map(text -> new Predecessors(List.of(text.split(" "))));
    }

    /** Returns the options of a staged file with these. */
    PutOptions put(PutOptions options) {
        return options.attribute(ATTRIBUTE, names.isEmpty() ? NONE : String.join(" ", names));
    }

    /** Returns these and the file itself that is to be staged. */
    Predecessors with(PutOptions staged) {
        return new Predecessors(List.of(name(staged.attributes()))).and(this);
    }

    /** Returns these and others. */
    Predecessors and(Predecessors others) {
        return new Predecessors(
                Stream.concat(names.stream(), others.names.stream()).toList());
    }

    /** Returns whether a file that is at the name may be replaced or deleted. */
    boolean include(FileStat there) {
        return names.contains(name(there));
    }

    /** Returns whether a file has no label of korm's: another program stored it, or {@code files().store(…)} did. */
    static boolean isForeign(FileStat there) {
        return !there.attributes().containsKey(FileTransitions.ITEM)
                && !there.attributes().containsKey(CHANGE);
    }

    private static String name(FileStat file) {
        Map<String, String> label = file.attributes();
        if (!isForeign(file)) {
            return name(label);
        }
        // Nothing else: a depot around another tells of other sizes and checksums than that one, which compares.
        return name(file.version().isEmpty() ? "modified " + file.modified() : "version " + file.version());
    }

    private static String name(Map<String, String> label) {
        String series = label.get(FileTransitions.ITEM);
        return name(
                series == null
                        ? "change " + label.get(CHANGE)
                        : "item " + label.get(FileTransitions.REVISION) + " " + series);
    }

    private static String name(String text) {
        return StoreFingerprint.sha256(text).substring(0, DIGITS);
    }

    /** Looks what a file that is staged comes after. */
    static Predecessors look(OpenDepots pool, Rn<?> file) {
        return look(pool, List.of(file), taken -> {}).getOrDefault(file, NOTHING);
    }

    /**
     * Looks what files that are about to be staged come after. What is staged is looked for before what is there, so that none is missed that comes from
     * here to there.
     *
     * @param taken is told of each that is there, by the same look
     */
    static Map<Rn<?>, Predecessors> look(OpenDepots pool, Collection<? extends Rn<?>> files, Consumer<Rn<?>> taken) {
        Map<Rn<?>, Set<String>> staged = new HashMap<>();
        Set<String> depots = new LinkedHashSet<>();
        files.forEach(file -> {
            staged.put(file, new LinkedHashSet<>());
            depots.add(file.depot().orElseThrow());
        });
        depots.forEach(depot -> addStaged(pool.depot(depot), staged));
        Map<Rn<?>, Predecessors> found = new LinkedHashMap<>();
        staged.forEach((file, names) -> {
            List<String> all = new ArrayList<>();
            pool.depot(file).stat(file).ifPresent(there -> {
                taken.accept(file);
                all.add(name(there));
            });
            all.addAll(names);
            found.put(file, new Predecessors(all));
        });
        return found;
    }

    private static void addStaged(Depot depot, Map<Rn<?>, Set<String>> files) {
        Map<Rn<?>, Set<String>> found = new LinkedHashMap<>();
        try (Stream<FileEntry> staged = depot.list(Rn.prefix(depot.name(), StagedName.STAGING))) {
            staged.forEach(entry -> StagedName.of(entry.rn())
                    .map(name -> files.get(name.file()))
                    .ifPresent(names -> found.put(entry.rn(), names)));
        }
        found.forEach((staged, names) ->
                depot.stat(staged).filter(stat -> !isForeign(stat)).ifPresent(stat -> names.add(name(stat))));
    }
}
