package dev.korm.key;

import dev.korm.ConfigurationException;
import dev.korm.crypto.primitive.KeyFormat;
import dev.korm.spi.KeyWrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The sources of the keys of a ring. Errors name the place and never show what stands there. */
final class KeySources {
    private static final Pattern KEY = Pattern.compile("[0-9a-fA-F]{64}");
    private static final Pattern BYTES = Pattern.compile("(?:[0-9a-fA-F]{2})+");
    private static final String HOW_TO_MAKE =
            "Make one with \"korm keygen\", or \"openssl rand -hex 32\", and put its 64 hex digits into the environment variable "
                    + KeyRing.KEY_VARIABLE
                    + ", or pass a key ring to the pool with keys(…), such as KeyRing.fromFile(…)";

    private KeySources() {}

    /** Works as {@link KeyRing#fromEnvironment(Function)}. */
    static KeyRing environment(Function<String, @Nullable String> variables) {
        return new HeldKeys("the environment", () -> fromVariables(variables), UnaryOperator.identity());
    }

    private static Map<String, byte[]> fromVariables(Function<String, @Nullable String> variables) {
        String several = variables.apply(KeyRing.KEYS_VARIABLE);
        String one = variables.apply(KeyRing.KEY_VARIABLE);
        Map<String, byte[]> keys = new LinkedHashMap<>();
        if (several != null && !several.isEmpty()) {
            for (String entry : several.split(",", -1)) {
                put(keys, entry, KEY, KeyRing.KEYS_VARIABLE);
            }
        }
        if (one != null && !one.isEmpty()) {
            byte[] key = bytes(one, KEY, KeyRing.KEY_VARIABLE);
            byte[] same = keys.putIfAbsent(KeyRing.DEFAULT_ID, key);
            if (same != null && !Arrays.equals(same, key)) {
                throw new ConfigurationException("The key \"" + KeyRing.DEFAULT_ID + "\" in " + KeyRing.KEYS_VARIABLE
                        + " differs from the one in " + KeyRing.KEY_VARIABLE + "; remove one of them");
            }
        }
        if (keys.isEmpty()) {
            throw new MissingKeyException("There is no key for sealing and opening secrets. " + HOW_TO_MAKE);
        }
        return keys;
    }

    /** Works as {@link KeyRing#fromFile(Path)}. */
    static KeyRing file(Path file) {
        return new HeldKeys("the file " + file, () -> fromLines(file, KEY), UnaryOperator.identity());
    }

    /** Works as {@link KeyRing#fromFile(Path, KeyWrapper)}. */
    static KeyRing file(Path file, KeyWrapper wrapper) {
        return new HeldKeys("the file " + file, () -> fromLines(file, BYTES), wrapper::unwrap);
    }

    private static Map<String, byte[]> fromLines(Path file, Pattern form) {
        requirePrivate(file);
        Map<String, byte[]> keys = new LinkedHashMap<>();
        String origin = "the file " + file;
        for (String line : lines(file)) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            put(keys, text.indexOf('=') < 0 ? KeyRing.DEFAULT_ID + "=" + text : text, form, origin);
        }
        if (keys.isEmpty()) {
            throw new MissingKeyException("There is no key in " + origin + ". " + HOW_TO_MAKE);
        }
        return keys;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw unreadable(file, unreadable);
        }
    }

    private static void requirePrivate(Path file) {
        Set<PosixFilePermission> others = EnumSet.allOf(PosixFilePermission.class);
        others.removeAll(PosixFilePermissions.fromString("rwx------"));
        Set<PosixFilePermission> given;
        try {
            given = Files.getPosixFilePermissions(file);
        } catch (UnsupportedOperationException untold) {
            throw new ConfigurationException(
                    "The key file " + file + " is on a file system that cannot tell who may read it. Use the variable "
                            + KeyRing.KEY_VARIABLE + ", or wrapped keys on a file system that can",
                    untold);
        } catch (IOException unreadable) {
            throw unreadable(file, unreadable);
        }
        others.retainAll(given);
        if (!others.isEmpty()) {
            throw new ConfigurationException("The key file " + file + " is open to others than its owner ("
                    + PosixFilePermissions.toString(given)
                    + "). Close it with chmod 600, and make a new key if anybody may"
                    + " have read this one");
        }
    }

    private static RuntimeException unreadable(Path file, IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return new MissingKeyException("There is no key file " + file + ". " + HOW_TO_MAKE, failure);
        }
        return new MissingKeyException("The key file " + file + " cannot be read", failure);
    }

    /** Works as {@link KeyRing#of}. */
    static KeyRing of(String currentId, Map<String, byte[]> keys) {
        String origin = "KeyRing.of";
        byte[] current = keys.get(currentId);
        if (current == null) {
            throw new ConfigurationException(
                    "None of the keys that KeyRing.of was given has the id of the current one");
        }
        Map<String, byte[]> copies = new LinkedHashMap<>();
        copies.put(currentId, current);
        keys.forEach(copies::putIfAbsent);
        copies.replaceAll((id, key) -> {
            HeldKeys.checkId(id, origin);
            if (key.length != KeyFormat.LENGTH) {
                throw new ConfigurationException(
                        "The key \"" + id + "\" is not " + KeyFormat.LENGTH + " bytes long; make one with korm keygen");
            }
            return key.clone();
        });
        HeldKeys ring = new HeldKeys("the program", () -> copies, UnaryOperator.identity());
        ring.ids();
        return ring;
    }

    private static void put(Map<String, byte[]> keys, String entry, Pattern form, String origin) {
        int split = entry.indexOf('=');
        if (split < 0) {
            throw new ConfigurationException(
                    "The value of " + origin + " is not a list of keys: write id=digits,id=digits,"
                            + " the current one first and without spaces");
        }
        String id = HeldKeys.checkId(entry.substring(0, split), origin);
        if (keys.put(id, bytes(entry.substring(split + 1), form, "the key \"" + id + "\" of " + origin)) != null) {
            throw new ConfigurationException("There are two keys \"" + id + "\" in " + origin + "; rename one");
        }
    }

    private static byte[] bytes(String digits, Pattern form, String what) {
        if (form.matcher(digits).matches()) {
            return HexFormat.of().parseHex(digits);
        }
        throw new ConfigurationException("Invalid key: " + what + " must be "
                + (form == KEY
                        ? "exactly 64 hex digits, as \"korm keygen\" prints them"
                        : "two hex digits for each byte")
                + ", without spaces or quotes");
    }
}
