package dev.korm.crypto.password;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/**
 * A hash of Argon2id with all that it takes to make it again, in the text form of the PHC (password hashing competition). The
 * arrays are its own and not to be changed.
 */
public final class PhcString implements StoredHash {
    static final int VERSION = 19;
    private static final int OLD_VERSION = 16;

    /** Whoever can write a hash into the store could otherwise have the program run out of memory or time. */
    private static final int MOST_MEMORY = 1 << 20;

    private static final long MOST_WORK = 4L << 20;
    private static final int MOST_LANES = 64;
    private static final int LEAST_BYTES = 8;
    private static final int MOST_BYTES = 256;

    private static final Pattern FORM =
            Pattern.compile("\\$argon2id\\$v=(\\d{1,3})\\$([mtp]=\\d{1,9}),([mtp]=\\d{1,9}),([mtp]=\\d{1,9})"
                    + "\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

    private final int version;
    private final int memory;
    private final int passes;
    private final int lanes;
    private final byte[] salt;
    private final byte[] hash;

    /** @param memory in KiB */
    PhcString(int version, int memory, int passes, int lanes, byte[] salt, byte[] hash) {
        this.version = version;
        this.memory = memory;
        this.passes = passes;
        this.lanes = lanes;
        this.salt = salt;
        this.hash = hash;
    }

    /**
     * Creates a hash of the present version that is still to be computed: its hash is only as long as the one that is
     * wanted.
     */
    public static PhcString wanted(int memory, int passes, int lanes, byte[] salt, int length) {
        return new PhcString(VERSION, memory, passes, lanes, salt, new byte[length]);
    }

    /**
     * Returns the hash that a text is; null when it is none, or of parameters out of all reason. The parameters come in
     * any order.
     */
    public static @Nullable PhcString parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return null;
        }
        int memory = 0;
        int passes = 0;
        int lanes = 0;
        for (int group = 2; group <= 4; group++) {
            int number = Integer.parseInt(form.group(group).substring(2));
            switch (form.group(group).charAt(0)) {
                case 'm' -> memory = number;
                case 't' -> passes = number;
                default -> lanes = number;
            }
        }
        byte[] salt;
        byte[] hash;
        try {
            salt = Base64.getDecoder().decode(form.group(5));
            hash = Base64.getDecoder().decode(form.group(6));
        } catch (IllegalArgumentException malformed) {
            return null;
        }
        PhcString read = new PhcString(Integer.parseInt(form.group(1)), memory, passes, lanes, salt, hash);
        return read.isFit() ? read : null;
    }

    private boolean isFit() {
        return (version == VERSION || version == OLD_VERSION)
                && lanes >= 1
                && lanes <= MOST_LANES
                && passes >= 1
                && memory >= 8 * lanes
                && memory <= MOST_MEMORY
                && (long) memory * passes <= MOST_WORK
                && isLength(salt)
                && isLength(hash);
    }

    private static boolean isLength(byte[] bytes) {
        return bytes.length >= LEAST_BYTES && bytes.length <= MOST_BYTES;
    }

    /** Returns the text, its parameters in the order that every reader knows. */
    public String text() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=" + version + "$m=" + memory + ",t=" + passes + ",p=" + lanes + "$"
                + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    }

    int version() {
        return version;
    }

    int memory() {
        return memory;
    }

    int passes() {
        return passes;
    }

    int lanes() {
        return lanes;
    }

    byte[] salt() {
        return salt;
    }

    byte[] hash() {
        return hash;
    }

    /** Returns the parameters as the library takes them, for one of Argon2's kinds. */
    Argon2Parameters parameters(int type) {
        return new Argon2Parameters.Builder(type)
                .withVersion(version)
                .withMemoryAsKB(memory)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .build();
    }

    @Override
    public boolean matches(char[] password) {
        return Argon2.matches(password, this);
    }

    /** Returns whether it is weaker than another, were they of the same password. */
    @Override
    public boolean isWeakerThan(PhcString other) {
        return version < other.version
                || memory < other.memory
                || passes < other.passes
                || salt.length < other.salt.length
                || hash.length < other.hash.length;
    }

    /** Returns the parameters alone. */
    @Override
    public String toString() {
        return "Phc[m=" + memory + ",t=" + passes + ",p=" + lanes + "]";
    }
}
