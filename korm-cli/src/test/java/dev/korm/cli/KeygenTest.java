package dev.korm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.key.KeyRing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the jar, as a user does. */
class KeygenTest {
    @TempDir
    Path folder;

    private record Ran(int exit, String out, String err) {}

    private Ran korm(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("korm.jar", "target/korm.jar")));
        command.addAll(List.of(arguments));
        return run(new ProcessBuilder(command));
    }

    private Ran run(ProcessBuilder builder) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Test
    void a_key_is_64_hex_digits_and_nothing_else() throws Exception {
        Ran one = korm("keygen");
        Ran other = korm("keygen");
        assertThat(one.exit()).isZero();
        assertThat(one.out()).matches("[0-9a-f]{64}\n").isNotEqualTo(other.out());
        assertThat(one.err()).isEmpty();
        String digits = one.out().strip();
        assertThat(KeyRing.fromEnvironment(name -> name.equals(KeyRing.KEY_VARIABLE) ? digits : null)
                        .ids())
                .containsExactly("default");
    }

    @Test
    void an_id_stands_before_it() throws Exception {
        Ran ran = korm("keygen", "--id", "k2");
        assertThat(ran.out()).matches("k2=[0-9a-f]{64}\n");
        String keys = ran.out().strip();
        assertThat(KeyRing.fromEnvironment(name -> name.equals(KeyRing.KEYS_VARIABLE) ? keys : null)
                        .currentId())
                .isEqualTo("k2");
    }

    @Test
    void a_file_is_made_for_its_owner_only_and_never_overwritten() throws Exception {
        Path file = folder.resolve("keys");
        Ran ran = korm("keygen", "--id=k1", "--out", file.toString());
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .contains(file.toString())
                .doesNotContain(Files.readString(file).strip());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(KeyRing.fromFile(file).currentId()).isEqualTo("k1");
        String before = Files.readString(file);
        Ran again = korm("keygen", "--out", file.toString());
        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.out()).isEmpty();
        assertThat(again.err()).contains("exists").doesNotContain("\tat ");
        assertThat(Files.readString(file)).isEqualTo(before);
        assertThat(korm("keygen", "--out", folder.resolve("no/such").toString()).exit())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "k=", "0123456789abcdef0123456789abcdef0"})
    void what_is_no_id_is_refused(String id) throws Exception {
        Ran ran = korm("keygen", "--id", id);
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("--id");
    }

    @Test
    void help_says_what_the_exit_codes_mean() throws Exception {
        for (String[] line : new String[][] {{"--help"}, {"keygen", "--help"}}) {
            Ran help = korm(line);
            assertThat(help.exit()).isZero();
            assertThat(help.out()).contains("Exit codes:", "0 ", "1 ", "2 ", "keygen");
            assertThat(help.err()).isEmpty();
        }
        assertThat(korm("--version").out()).matches("korm \\d.*\n");
    }

    @Test
    void a_wrong_command_is_told_on_standard_error() throws Exception {
        for (String[] line : new String[][] {{}, {"xyz"}, {"keygen", "--xyz"}}) {
            Ran ran = korm(line);
            assertThat(ran.exit()).isEqualTo(2);
            assertThat(ran.out()).isEmpty();
            assertThat(ran.err()).contains("Usage:");
        }
    }

    @Test
    void the_shell_can_complete_commands() throws Exception {
        Ran script = korm("generate-completion");
        assertThat(script.exit()).isZero();
        assertThat(script.out()).contains("complete ", "keygen", "--out");
        Path file = Files.writeString(folder.resolve("completion.sh"), script.out());
        assertThat(run(new ProcessBuilder("bash", "-n", file.toString())).exit())
                .isZero();
    }

    /** Two thirds of it are SQLite's driver for every platform. */
    @Test
    void the_jar_holds_no_more_than_korm_its_drivers_and_the_gateway_with_its_clients() throws IOException {
        assertThat(Files.size(Path.of(System.getProperty("korm.jar", "target/korm.jar"))))
                .isLessThan(62_000_000);
    }
}
