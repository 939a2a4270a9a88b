package dev.korm.depots.sealed;

import dev.korm.ConfigurationException;
import dev.korm.Rn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The form of a sealed file: that of Tink's AES-GCM-HKDF streaming, after STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015), with
 * the key's id in front and the checksum of the clear bytes behind.
 *
 * <pre>
 * header   "KSD1" · length of the key's id, 1 · key's id, 64 padded by 0 · salt, 32 · start of the nonces, 7
 * pieces   each of 65,536 clear bytes and a tag of 16; the last has fewer, and is there for an empty file too
 * trailer  SHA-256 of the clear bytes, 32, and a tag of 16
 * </pre>
 *
 * <p>A file's own key is HKDF-SHA256 (RFC 5869) of the depot's key, the salt, and the file's name. A nonce is its start, the
 * number of the piece in 4 bytes, and 1 for the last piece, 2 for the trailer, else 0. The header is authenticated with each. For
 * one depot's key, one thread.
 */
final class SealedFormat {
    static final int HEADER = 108;
    static final int PIECE = 64 * 1024;
    static final int TAG = 16;
    static final int TRAILER = 32 + TAG;

    private static final byte[] MAGIC = {'K', 'S', 'D', '1'};
    private static final int ID = 64;
    private static final int SALT = 32;
    private static final int START = 7;
    private static final String INFO = "korm sealed file 1";
    private static final int LAST = 1;
    private static final int END = 2;

    /** Anything else is damage, and nothing to be shown. */
    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9._-]+");

    private final byte[] header;
    private final SecretKeySpec key;

    private SealedFormat(byte[] header, SecretKeySpec key) {
        this.header = header;
        this.key = key;
    }

    /** Creates the format for a new file. */
    static SealedFormat create(Rn<?> file, SealingKey key, RandomGenerator random) {
        if (!KEY_ID.matcher(key.id()).matches() || key.id().length() > ID) {
            throw new ConfigurationException(
                    file
                            + " was not stored: the id of the key ring's current key is not valid; use 1 to 32 letters, digits, '.', '_' or '-'");
        }
        byte[] id = key.id().getBytes(StandardCharsets.US_ASCII);
        byte[] chance = new byte[SALT + START];
        random.nextBytes(chance);
        byte[] header = ByteBuffer.allocate(HEADER)
                .put(MAGIC)
                .put((byte) id.length)
                .put(Arrays.copyOf(id, ID))
                .put(chance)
                .array();
        return new SealedFormat(header, fileKey(header, file, key));
    }

    /** Returns the id of the key that a file was sealed with; empty when the header is none. */
    static Optional<String> keyId(byte[] header) {
        if (header.length != HEADER || !Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return Optional.empty();
        }
        int length = header[MAGIC.length];
        return length < 1 || length > ID
                ? Optional.empty()
                : Optional.of(new String(header, MAGIC.length + 1, length, StandardCharsets.US_ASCII))
                        .filter(id -> KEY_ID.matcher(id).matches());
    }

    /** Opens the format of an existing file. */
    static SealedFormat open(byte[] header, Rn<?> file, SealingKey key) {
        return new SealedFormat(header, fileKey(header, file, key));
    }

    private static SecretKeySpec fileKey(byte[] header, Rn<?> file, SealingKey key) {
        byte[] salt = Arrays.copyOfRange(header, HEADER - START - SALT, HEADER - START);
        String name = file.depot().orElse("") + "]:" + String.join(":", file.depotParts());
        return new SecretKeySpec(
                hkdf(key.secret(), salt, (INFO + "\0" + name).getBytes(StandardCharsets.UTF_8)), "AES");
    }

    /** 32 bytes of HKDF-SHA256. */
    static byte[] hkdf(byte[] secret, byte[] salt, byte[] info) {
        byte[] extracted = hmac(salt, secret);
        byte[] block = Arrays.copyOf(info, info.length + 1);
        block[info.length] = 1;
        return hmac(extracted, block);
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("Every Java platform has HMAC-SHA256", missing);
        }
    }

    byte[] header() {
        return header.clone();
    }

    /** Returns how many pieces a file of so many clear bytes has. */
    static long pieces(long clear) {
        return Math.max(1, (clear + PIECE - 1) / PIECE);
    }

    /** Returns the size of a sealed file. */
    static long sealedSize(long clear) {
        return HEADER + clear + TAG * pieces(clear) + TRAILER;
    }

    /** Returns the number of clear bytes in a sealed file of a size; -1 when no sealed file has it. */
    static long clearSize(long sealed) {
        long body = sealed - HEADER - TRAILER;
        if (body < TAG) {
            return -1;
        }
        long pieces = (body + PIECE + TAG - 1) / (PIECE + TAG);
        long clear = body - TAG * pieces;
        return clear < 0 || pieces(clear) != pieces ? -1 : clear;
    }

    /** Returns the position at which a piece begins in the sealed file. */
    static long position(long piece) {
        return HEADER + piece * (PIECE + TAG);
    }

    int seal(byte[] clear, int length, long piece, boolean last, byte[] out) {
        return run(Cipher.ENCRYPT_MODE, piece, last ? LAST : 0, clear, length, out);
    }

    byte[] sealTrailer(byte[] sha256) {
        byte[] out = new byte[TRAILER];
        run(Cipher.ENCRYPT_MODE, 0xffffffffL, END, sha256, sha256.length, out);
        return out;
    }

    /**
     * Opens a piece.
     *
     * @return how many clear bytes; -1 when it is not that piece of that file
     */
    int open(byte[] sealed, int length, long piece, boolean last, byte[] out) {
        return length < TAG ? -1 : run(Cipher.DECRYPT_MODE, piece, last ? LAST : 0, sealed, length, out);
    }

    /** Returns the checksum in a trailer; empty when it is not that file's. */
    Optional<byte[]> openTrailer(byte[] sealed) {
        byte[] out = new byte[TRAILER - TAG];
        return sealed.length == TRAILER
                        && run(Cipher.DECRYPT_MODE, 0xffffffffL, END, sealed, sealed.length, out) == out.length
                ? Optional.of(out)
                : Optional.empty();
    }

    private int run(int mode, long piece, int kind, byte[] in, int length, byte[] out) {
        byte[] nonce = ByteBuffer.allocate(START + Integer.BYTES + 1)
                .put(header, HEADER - START, START)
                .putInt((int) piece)
                .put((byte) kind)
                .array();
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG * Byte.SIZE, nonce));
            cipher.updateAAD(header);
            return cipher.doFinal(in, 0, length, out, 0);
        } catch (AEADBadTagException forged) {
            return -1;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("Every Java platform has AES-GCM", missing);
        }
    }
}
