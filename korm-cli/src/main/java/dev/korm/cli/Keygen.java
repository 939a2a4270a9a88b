package dev.korm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes a key. */
@Command(
        name = "keygen",
        description = {
            "Makes a key for sealed values: 32 random bytes, printed as 64 hex digits.",
            "",
            "Put it into the environment variable KORM_ENCRYPTION_KEY, or with --out into a file for KeyRing.fromFile(…). Keep a copy away from the data: without the key, nothing that was sealed with it can be read again."
        },
        mixinStandardHelpOptions = true,
        versionProvider = KormCommand.Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the key is made",
            "1:it could not be printed or written; standard error says why, and there is no key",
            "2:the command line was not valid"
        })
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class Keygen implements Runnable {
    private static final int KEY_BYTES = 32;
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,32}");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--id",
            paramLabel = "ID",
            description =
                    "Writes ID=digits, as KORM_ENCRYPTION_KEYS and files of several keys have it. 1 to 32 letters,"
                            + " digits, '.', '_' and '-'.")
    private @Nullable String id;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "Writes the key into a new file that only its owner can read, and prints nothing. A file that exists"
                            + " is left alone.")
    private @Nullable Path out;

    private Keygen() {}

    @Override
    public void run() {
        if (id != null && !ID.matcher(id).matches()) {
            throw new ParameterException(spec.commandLine(), "--id takes 1 to 32 letters, digits, '.', '_' and '-'");
        }
        byte[] line = line();
        try {
            if (out == null) {
                print(line);
            } else {
                write(out, line);
            }
        } finally {
            Arrays.fill(line, (byte) 0);
        }
    }

    private byte[] line() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        byte[] prefix = (id == null ? "" : id + "=").getBytes(StandardCharsets.US_ASCII);
        byte[] line = Arrays.copyOf(prefix, prefix.length + 2 * KEY_BYTES + 1);
        int at = prefix.length;
        for (byte each : key) {
            line[at++] = DIGITS[each >> 4 & 15];
            line[at++] = DIGITS[each & 15];
        }
        line[at] = '\n';
        Arrays.fill(key, (byte) 0);
        return line;
    }

    private void print(byte[] line) {
        System.out.write(line, 0, line.length);
        System.out.flush();
        if (System.out.checkError()) {
            throw new Failure("The key could not be printed", null);
        }
    }

    private void write(Path file, byte[] line) {
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(line);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (FileAlreadyExistsException exists) {
            throw new Failure(file + " exists, and a key in it may be needed; name another file", exists);
        } catch (UnsupportedOperationException untold) {
            throw new Failure(
                    file
                            + " is on a file system that cannot keep a file to its owner; print the key and keep it elsewhere",
                    untold);
        } catch (IOException failed) {
            throw new Failure(
                    file + " could not be written: " + failed.getClass().getSimpleName() + " " + failed.getMessage(),
                    failed);
        }
        PrintWriter err = spec.commandLine().getErr();
        err.println("The key is in " + file + ", which only its owner can read. Keep a copy away from the data.");
        err.flush();
    }
}
