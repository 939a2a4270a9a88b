package dev.korm.wal.backup.format;

import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupId;
import dev.korm.backup.BackupInfo;
import dev.korm.spi.query.TableName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The description of a backup, written last: without it there is no backup. Its last member is the SHA-256 of all bytes before.
 *
 * @param name of the backup
 * @param pool id of the pool
 * @param cut the moment whose state it holds
 * @param kind why it was made
 * @param base what an increment adds to; empty when it is none
 * @param layers kinds of the layers' stores, by name
 * @param tables rows and hashes of the tables at the cut, also of those rows that an increment does not repeat
 * @param files how many files there were; empty where their content is not included
 * @param parts sizes and hashes of the parts, in order
 * @param keys proofs by which the keys that the secrets need are known, by id
 * @param seal how the whole backup is sealed; empty when it is not
 * @param notes for whoever restores it
 */
public record Manifest(
        String name,
        String pool,
        Instant cut,
        BackupInfo.Kind kind,
        Optional<Base> base,
        Map<String, String> layers,
        List<Table> tables,
        Optional<Long> files,
        List<Part> parts,
        Map<String, String> keys,
        Optional<Seal> seal,
        List<String> notes) {
    /** The last version of the format that is read; increments are written in it. */
    public static final long VERSION = 2;

    /** The version in which full backups are written. */
    private static final long FULL = 1;

    private static final String FORMAT = "korm-backup";
    private static final String CHECKSUM = ",\"sha256\":\"";
    private static final int DIGITS = 64;

    /** A table's rows in numbers. */
    public record Table(String layer, String name, long rows, String content, String revisions) {}

    /**
     * The backup that an increment adds to.
     *
     * @param sha256 hash of its manifest, which has those of its parts
     */
    public record Base(String name, String sha256) {}

    /** A part's bytes in numbers. */
    public record Part(String name, long bytes, String sha256) {}

    /**
     * The key of a sealed backup.
     *
     * @param key id of the key of the ring that it is made from
     * @param salt that makes it another key for each backup, in hex
     */
    public record Seal(String key, String salt) {}

    public long items() {
        return tables.stream()
                .filter(table -> TableName.isItems(table.name()))
                .mapToLong(Table::rows)
                .sum();
    }

    /** Returns the hash of a stored manifest, by which increments name it. */
    public static String hash(byte[] stored) {
        return HexFormat.of().formatHex(TableHash.sha256().digest(stored));
    }

    public long bytes() {
        return parts.stream().mapToLong(Part::bytes).sum();
    }

    /** Returns the text that is stored. */
    public byte[] write() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("format", FORMAT);
        all.put("version", base.isPresent() ? VERSION : FULL);
        all.put("name", name);
        all.put("pool", pool);
        all.put("cut", cut.toString());
        all.put("kind", kind.name());
        base.ifPresent(on -> {
            Map<String, @Nullable Object> link = new LinkedHashMap<>();
            link.put("name", on.name());
            link.put("sha256", on.sha256());
            all.put("base", link);
        });
        all.put("layers", new TreeMap<>(layers));
        all.put("tables", tables.stream().map(Manifest::table).toList());
        all.put("files", files.orElse(null));
        all.put("parts", parts.stream().map(Manifest::part).toList());
        all.put("keys", new TreeMap<>(keys));
        all.put(
                "seal",
                seal.map(by -> new TreeMap<>(Map.of("key", by.key(), "salt", by.salt())))
                        .orElse(null));
        all.put("notes", notes);
        String text = Json.text(all);
        String body = text.substring(0, text.length() - 1);
        return (body + CHECKSUM + hash(body) + "\"}\n").getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, @Nullable Object> table(Table table) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("layer", table.layer());
        all.put("name", table.name());
        all.put("rows", table.rows());
        all.put("content", table.content());
        all.put("revisions", table.revisions());
        return all;
    }

    private static Map<String, @Nullable Object> part(Part part) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("name", part.name());
        all.put("bytes", part.bytes());
        all.put("sha256", part.sha256());
        return all;
    }

    private static String hash(String text) {
        return HexFormat.of().formatHex(TableHash.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Reads a manifest.
     *
     * @throws BackupException when it is damaged, is of another backup, or was written by a later version
     */
    public static Manifest read(BackupId id, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.length() - CHECKSUM.length() - DIGITS - "\"}\n".length();
        String body = end < 0 ? "" : text.substring(0, end);
        if (end < 0
                || !text.equals(body + CHECKSUM + hash(body) + "\"}\n")
                || !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
            throw new BackupException(
                    Reason.DAMAGED,
                    "The manifest of the backup " + id + " is not as it was written; take another backup");
        }
        try {
            return of(id, Members.of(Json.parse(text)));
        } catch (BackupException told) {
            throw told;
        } catch (RuntimeException malformed) {
            throw new BackupException(
                    Reason.DAMAGED,
                    "The manifest of the backup " + id
                            + " is none that this version of korm reads; take another backup",
                    malformed);
        }
    }

    private static Manifest of(BackupId id, Members all) {
        if (!all.maybeText("format").equals(Optional.of(FORMAT))) {
            throw new BackupException(Reason.FOREIGN, id + " is no backup of korm's; name another");
        }
        long version = all.number("version");
        if (version > VERSION) {
            throw new BackupException(
                    Reason.NEWER,
                    "The backup " + id + " has version " + version + " of the format, and this korm reads " + VERSION
                            + "; use the korm that wrote it, or a later one");
        }
        if (!id.name().equals(all.text("name"))) {
            throw new BackupException(
                    Reason.DAMAGED,
                    "What is stored as the backup " + id + " says that it is another; it was moved or renamed");
        }
        return new Manifest(
                id.name(),
                all.text("pool"),
                Instant.parse(all.text("cut")),
                BackupInfo.Kind.valueOf(all.text("kind")),
                all.maybeObject("base").map(base -> new Base(base.text("name"), base.text("sha256"))),
                all.textMap("layers"),
                all.objects("tables").stream()
                        .map(table -> new Table(
                                table.text("layer"),
                                table.text("name"),
                                table.number("rows"),
                                table.text("content"),
                                table.text("revisions")))
                        .toList(),
                all.maybeNumber("files"),
                all.objects("parts").stream()
                        .map(part -> new Part(part.text("name"), part.number("bytes"), part.text("sha256")))
                        .toList(),
                all.textMap("keys"),
                all.maybeObject("seal").map(seal -> new Seal(seal.text("key"), seal.text("salt"))),
                all.texts("notes"));
    }
}
