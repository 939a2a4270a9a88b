package dev.korm.engine.history;

import dev.korm.engine.version.HistoryTable;
import dev.korm.engine.version.StoredVersion;
import dev.korm.engine.version.VersionKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The versions around those that a transaction made of some items: the newest of each, and the one before. They are read for all of them together, so that a large transaction is not three questions for each
 * of its items; one by one where some have very many. Immutable.
 */
final class SurroundingVersions {
    /** The items whose versions are read together. */
    static final int ITEMS = HistoryTable.RANGES;

    /** Keys that are read to spare questions. */
    private static final int MOST = 50 * ITEMS;

    private final Map<String, String> newest;
    private final Map<String, StoredVersion> before;

    private SurroundingVersions(Map<String, String> newest, Map<String, StoredVersion> before) {
        this.newest = newest;
        this.before = before;
    }

    /**
     * Reads it.
     *
     * @param made the versions that the transaction made, in their order, of each of {@value #ITEMS} items at the most
     */
    static SurroundingVersions read(HistoryTable history, List<List<StoredVersion>> made) {
        List<VersionKey> items =
                made.stream().map(each -> new VersionKey(item(each))).toList();
        Optional<List<String>> keys = history.keys(items, MOST);
        return keys.isPresent() ? together(history, made, keys.get()) : oneByOne(history, made);
    }

    private static SurroundingVersions together(
            HistoryTable history, List<List<StoredVersion>> made, List<String> keys) {
        Map<String, String> first = new HashMap<>();
        made.forEach(each -> first.put(item(each), each.get(0).key()));
        Map<String, String> newest = new HashMap<>();
        Map<String, String> before = new HashMap<>();
        for (String key : keys) {
            String item = VersionKey.itemOf(key);
            newest.merge(item, key, SurroundingVersions::later);
            if (key.compareTo(first.get(item)) < 0) {
                before.merge(item, key, SurroundingVersions::later);
            }
        }
        Map<String, StoredVersion> stored = history.versions(before.values());
        Map<String, StoredVersion> found = new HashMap<>();
        stored.values().forEach(version -> found.put(VersionKey.itemOf(version.key()), version));
        return new SurroundingVersions(newest, found);
    }

    private static String later(String one, String other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private static SurroundingVersions oneByOne(HistoryTable history, List<List<StoredVersion>> made) {
        Map<String, String> newest = new HashMap<>();
        Map<String, StoredVersion> before = new HashMap<>();
        for (List<StoredVersion> each : made) {
            VersionKey item = new VersionKey(item(each));
            history.last(item.first(), item.end(), HistoryTable.Content.WITHOUT_IMAGE)
                    .ifPresent(version -> newest.put(item.item(), version.key()));
            history.last(item.first(), each.get(0).key(), HistoryTable.Content.ALL)
                    .ifPresent(version -> before.put(item.item(), version));
        }
        return new SurroundingVersions(newest, before);
    }

    private static String item(List<StoredVersion> made) {
        return VersionKey.itemOf(made.get(0).key());
    }

    /** Returns whether a version is the newest one of its item. */
    boolean isNewest(StoredVersion version) {
        return version.key().equals(newest.get(VersionKey.itemOf(version.key())));
    }

    /** Returns the version of the same item before what the transaction made; empty where there is none. */
    Optional<StoredVersion> before(StoredVersion version) {
        return Optional.ofNullable(before.get(VersionKey.itemOf(version.key())));
    }
}
