package dev.korm.wal.backup.index;

import dev.korm.backup.BackupId;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.Verification;
import dev.korm.wal.backup.format.Json;
import dev.korm.wal.backup.format.Manifest;
import dev.korm.wal.backup.format.Members;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The known state of the backups of a folder, of each as long as its files are those that it was read from. Nothing rests on it: what is not in it, or is there with other files, is read. Immutable.
 */
public final class BackupIndex {
    /** An index of nothing. */
    public static final BackupIndex EMPTY = new BackupIndex(Map.of());

    private static final String FORMAT = "korm-backup-index";
    private static final long VERSION = 1;

    /** How many backups may be lacking in a stored index, or be gone, before it is stored anew. */
    private static final int MOST_BEHIND = 8;

    private final Map<String, Entry> entries;

    private BackupIndex(Map<String, Entry> entries) {
        this.entries = entries;
    }

    private record Entry(BackupInfo info, ListedBackup.Stamp manifest, Optional<ListedBackup.Stamp> note) {
        boolean isOf(ListedBackup listed) {
            return listed.manifest().filter(manifest::equals).isPresent()
                    && listed.note().equals(note);
        }
    }

    /**
     * Returns the index of the backups that are there now.
     *
     * @param read reads one that is not known; empty where nothing is to be kept of it
     */
    public BackupIndex renewed(Map<String, ListedBackup> listing, Function<String, Optional<BackupInfo>> read) {
        Map<String, Entry> renewed = new TreeMap<>();
        listing.forEach((name, listed) -> listed.manifest().ifPresent(manifest -> {
            Entry known = entries.get(name);
            if (known != null && known.isOf(listed)) {
                renewed.put(name, known);
            } else {
                read.apply(name).ifPresent(info -> renewed.put(name, new Entry(info, manifest, listed.note())));
            }
        }));
        return new BackupIndex(renewed);
    }

    /** Returns the names of all backups that were there. */
    public Set<String> names() {
        return entries.keySet();
    }

    /** Returns what is known, in no order. */
    public List<BackupInfo> backups() {
        return entries.values().stream().map(Entry::info).toList();
    }

    /** Returns whether so much has changed since an index was stored that storing this one is worth its while. */
    public boolean isAheadOf(BackupIndex stored) {
        long differing = entries.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(stored.entries.get(entry.getKey())))
                .count();
        long gone = stored.entries.keySet().stream()
                .filter(name -> !entries.containsKey(name))
                .count();
        return differing + gone >= MOST_BEHIND;
    }

    /** Returns the text that is stored: a line for the format, one for each backup, and one with the hash of those before. */
    public byte[] write() {
        StringBuilder text = new StringBuilder();
        text.append("{\"format\":\"")
                .append(FORMAT)
                .append("\",\"version\":")
                .append(VERSION)
                .append("}\n");
        entries.values().forEach(entry -> text.append(Json.text(line(entry))).append('\n'));
        String hash = hash(text.toString());
        return text.append("{\"sha256\":\"")
                .append(hash)
                .append("\"}\n")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, @Nullable Object> line(Entry entry) {
        BackupInfo info = entry.info();
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("name", info.id().name());
        line.put("pool", info.pool());
        line.put("cut", info.cut().toString());
        line.put("kind", info.kind().name());
        info.base().ifPresent(base -> line.put("base", base.name()));
        line.put("layers", info.layers());
        line.put("items", info.items());
        info.files().ifPresent(files -> line.put("files", files));
        line.put("bytes", info.bytes());
        line.put("notes", info.notes());
        line.put("manifest", stamp(entry.manifest()));
        info.verified().ifPresent(verified -> {
            line.put("depth", verified.depth().name());
            line.put("at", verified.at().toString());
        });
        entry.note().ifPresent(note -> line.put("verified", stamp(note)));
        return line;
    }

    private static Map<String, @Nullable Object> stamp(ListedBackup.Stamp stamp) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("size", stamp.size());
        members.put("modified", stamp.modified().toString());
        return members;
    }

    /**
     * Reads a stored index. One that is damaged, or of a later version, is as good as none.
     *
     * @param depot in which the backups are
     */
    public static BackupIndex read(String depot, byte[] stored) {
        String text = new String(stored, StandardCharsets.UTF_8);
        int last = text.lastIndexOf('\n', text.length() - 2) + 1;
        String body = text.substring(0, last);
        if (!text.substring(last).equals("{\"sha256\":\"" + hash(body) + "\"}\n")) {
            return EMPTY;
        }
        try {
            return of(depot, body.lines().toList());
        } catch (IllegalArgumentException | NoSuchElementException | DateTimeException | JacksonException malformed) {
            return EMPTY;
        }
    }

    private static BackupIndex of(String depot, List<String> lines) {
        Members head = Members.of(Json.parse(lines.isEmpty() ? "{}" : lines.get(0)));
        if (!head.text("format").equals(FORMAT) || head.number("version") != VERSION) {
            return EMPTY;
        }
        Map<String, Entry> entries = new TreeMap<>();
        for (String line : lines.subList(1, lines.size())) {
            Members all = Members.of(Json.parse(line));
            Entry entry = new Entry(info(depot, all), stamp(all, "manifest").orElseThrow(), stamp(all, "verified"));
            entries.put(entry.info().id().name(), entry);
        }
        return new BackupIndex(entries);
    }

    private static BackupInfo info(String depot, Members all) {
        Optional<Verification> verified = all.maybeText("depth")
                .map(depth -> new Verification(Verification.Depth.valueOf(depth), Instant.parse(all.text("at"))));
        return new BackupInfo(
                new BackupId(depot, all.text("name")),
                all.text("pool"),
                Instant.parse(all.text("cut")),
                BackupInfo.Kind.valueOf(all.text("kind")),
                all.maybeText("base").map(base -> new BackupId(depot, base)),
                all.texts("layers"),
                all.number("items"),
                all.maybeNumber("files"),
                all.number("bytes"),
                verified,
                all.texts("notes"));
    }

    private static Optional<ListedBackup.Stamp> stamp(Members all, String name) {
        return all.maybeObject(name)
                .map(stamp -> new ListedBackup.Stamp(stamp.number("size"), Instant.parse(stamp.text("modified"))));
    }

    private static String hash(String text) {
        return Manifest.hash(text.getBytes(StandardCharsets.UTF_8));
    }
}
