package dev.korm.testkit.contract.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.ClosedException;
import dev.korm.Rn;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.ConcurrentTest;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** The obligations of every {@link Depot}. Those about content, names and conditions stand in the contracts that it extends. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class DepotContract extends DepotConditionContract {
    /** Reads a file that others store anew at the same time. */
    protected byte[] readWhileOthersWrite(Rn<?> file) {
        return bytes(file);
    }

    @ConcurrentTest
    void whoever_reads_while_many_write_sees_one_whole_file() throws Exception {
        put(file("a"), random(0, 150_000));
        Set<String> whole = new TreeSet<>();
        for (int i = 0; i < 4; i++) {
            whole.add(sha256(random(i, 150_000 + i)));
        }
        whole.add(sha256(random(0, 150_000)));
        List<Callable<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            byte[] own = random(i, 150_000 + i);
            all.add(() -> {
                for (int round = 0; round < 5; round++) {
                    put(file("a"), own);
                }
                return true;
            });
            all.add(() -> {
                for (int round = 0; round < 10; round++) {
                    if (!whole.contains(sha256(readWhileOthersWrite(file("a"))))) {
                        return false;
                    }
                }
                return true;
            });
        }

        assertThat(together(all)).containsOnly(true);
        assertThat(whole).contains(sha256(bytes(file("a"))));
        assertThat(listed(below())).containsExactly(file("a").toString());
    }

    @Test
    void a_closed_depot_refuses_everything_and_ends_its_streams() throws Exception {
        put(file("a"), random(1, 5_000_000));
        FileContent reading = depot().get(file("a"));
        assertThat(reading.stream().read()).isNotNegative();

        depot().close();
        depot().close();

        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> put(file("b"), HELLO));
        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> depot().get(file("a")));
        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> depot().stat(file("a")));
        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> depot().list(below()));
        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> depot().delete(file("a")));
        assertThatExceptionOfType(ClosedException.class)
                .isThrownBy(() -> reading.stream().readAllBytes());
        reading.close();
    }

    @Test
    void files_stay_when_the_depot_is_opened_again() {
        depot().put(file("a"), new ByteArrayInputStream(HELLO), PutOptions.NONE.contentType("text/plain"));
        depot().close();
        opened = source().open(NAME, Environment.system());

        assertThat(bytes(file("a"))).isEqualTo(HELLO);
        assertThat(depot().stat(file("a")).orElseThrow().contentType()).contains("text/plain");
        assertThat(depot().name()).isEqualTo(NAME);
    }
}
