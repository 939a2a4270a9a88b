package dev.korm.testkit.kalam.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Files beside the rows that name them. */
public final class FileStore {
    /** A file that came with a request. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Upload(String name, String mime, byte[] content) {}

    /** A file that was stored: the text that the row holds, and the place. */
    record Stored(String reference, Path path) {}

    private final Path folder;
    private final Snowflake ids;

    public FileStore(Path folder, Snowflake ids) {
        this.folder = folder;
        this.ids = ids;
    }

    Stored store(TableDef table, String user, Upload upload) {
        String id = String.valueOf(ids.next());
        try {
            Path path = path(table, user, "f0001", storedName(id, upload.name()));
            Files.createDirectories(path.getParent());
            Files.write(path, upload.content());
            Map<String, Object> reference = new LinkedHashMap<>();
            reference.put("id", id);
            reference.put("sub", "f0001");
            reference.put("name", upload.name());
            reference.put("size", upload.content().length);
            reference.put("mime", upload.mime());
            reference.put(
                    "sha256",
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(upload.content())));
            return new Stored(JsonMapper.shared().writeValueAsString(reference), path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public Path path(TableDef table, String user, String sub, String storedName) {
        return folder.resolve(table.id())
                .resolve(
                        table.isShared()
                                ? "shared"
                                : "u-"
                                        + HexFormat.of()
                                                .formatHex(user.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .resolve(sub)
                .resolve(storedName);
    }

    /** Returns the name under which a file is kept. */
    static String storedName(String id, String name) {
        int dot = name.lastIndexOf('.');
        String ending = dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
        String extension = ending.matches("[a-z0-9]{1,10}") ? ending : "bin";
        StringBuilder kept = new StringBuilder();
        for (char c : (dot < 0 ? name : name.substring(0, dot)).toCharArray()) {
            if (c == ' ' || c == '_' || c == '-') {
                kept.append('-');
            } else if (c < 128 && Character.isLetterOrDigit(c)) {
                kept.append(Character.toLowerCase(c));
            }
        }
        kept.setLength(Math.min(kept.length(), 50));
        String clean = kept.toString().replaceAll("-+", "-").replaceAll("^-|-$", "");
        return id + (clean.isEmpty() ? "" : "-" + clean) + "." + extension;
    }
}
