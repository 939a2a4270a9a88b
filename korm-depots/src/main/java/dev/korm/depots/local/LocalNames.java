package dev.korm.depots.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The names that a folder's file system can hold, and the spellings that are one file there. Immutable. */
final class LocalNames {
    private static final int LONGEST = 255;
    private static final Set<String> DEVICES = Set.of("con", "prn", "aux", "nul", "conin$", "conout$");

    private final Path root;
    private final boolean windows;
    private final Spelling spelling;

    /** The treatment by a file system of names that differ only in case or normalisation. */
    enum Spelling {
        /** As another name. */
        EXACT,
        /** As the same, and a real path has the spelling that is stored. */
        FOLDED,
        /** As the same, and only a listing has the spelling that is stored. */
        FOLDED_SILENTLY
    }

    private LocalNames(Path root, Spelling spelling) {
        this.root = root;
        this.windows = root.getFileSystem().getSeparator().equals("\\");
        this.spelling = spelling;
    }

    /**
     * Finds out how a file system takes names.
     *
     * @param probes files whose names have lower-case letters and composed ones
     */
    static LocalNames of(Path root, List<Path> probes) throws IOException {
        Spelling spelling = Spelling.EXACT;
        for (Path one : probes) {
            String name = one.getFileName().toString();
            for (String other :
                    Set.of(name.toUpperCase(Locale.ROOT), Normalizer.normalize(name, Normalizer.Form.NFD))) {
                Path same = one.resolveSibling(other);
                if (!other.equals(name) && Files.exists(same, LinkOption.NOFOLLOW_LINKS)) {
                    boolean told = same.toRealPath(LinkOption.NOFOLLOW_LINKS)
                            .getFileName()
                            .toString()
                            .equals(name);
                    spelling =
                            told && spelling != Spelling.FOLDED_SILENTLY ? Spelling.FOLDED : Spelling.FOLDED_SILENTLY;
                }
            }
        }
        return new LocalNames(root, spelling);
    }

    /** Returns the fault of a part of a name; empty when it is valid. */
    Optional<String> fault(String part) {
        try {
            if (!root.getFileSystem()
                    .getPath(part)
                    .equals(root.getFileSystem().getPath(part).getFileName())) {
                return Optional.of("the file system takes it for a path of several parts");
            }
        } catch (InvalidPathException invalid) {
            return Optional.of(
                    isAscii(part)
                            ? "the file system has no such name"
                            : "the character set of file names that this JVM was started with does not have all its characters."
                                    + " Start it in a locale of UTF-8, as by LC_ALL=C.UTF-8, for names beyond ASCII");
        }
        if (part.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            return Optional.of("a part of it is longer than " + LONGEST + " bytes");
        }
        return windows ? windowsFault(part) : Optional.empty();
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    private static Optional<String> windowsFault(String part) {
        int dot = part.indexOf('.');
        String stem = (dot < 0 ? part : part.substring(0, dot)).strip().toLowerCase(Locale.ROOT);
        if (DEVICES.contains(stem) || stem.matches("(com|lpt)[0-9\u00b9\u00b2\u00b3]")) {
            return Optional.of("a part of it is the name of a device on Windows");
        }
        if (part.endsWith(".") || part.endsWith(" ")) {
            return Optional.of("Windows drops a dot or space at the end of a name");
        }
        return part.chars().anyMatch(c -> c < ' ' || "<>:\"|?*".indexOf(c) >= 0)
                ? Optional.of("Windows allows neither control characters nor < > : \" | ? * in a name")
                : Optional.empty();
    }

    /** Returns the forms that a part of a name can have in a folder, the usual one first. */
    List<String> forms(String part, StoredName kind) {
        String marked = kind.marked(part);
        return part.length() * 3 <= LONGEST - 10 || fault(marked).isEmpty() ? List.of(part, marked) : List.of(part);
    }

    /** Returns whether a name that is there is there in this spelling. */
    boolean isSpelt(Folder folder, String name) throws IOException {
        return switch (spelling) {
            case EXACT -> true;
            case FOLDED ->
                folder.path(name)
                        .toRealPath(LinkOption.NOFOLLOW_LINKS)
                        .getFileName()
                        .toString()
                        .equals(name);
            case FOLDED_SILENTLY -> isListed(folder, name);
        };
    }

    private static boolean isListed(Folder folder, String name) throws IOException {
        try (Folder again = Folder.open(folder.path(), Folder.Syncing.UNSUPPORTED)) {
            for (Iterator<Path> names = again.names(); names.hasNext(); ) {
                if (names.next().toString().equals(name)) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException gone) {
            return false;
        }
    }
}
