package dev.korm.depots.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.Rn;
import dev.korm.depot.CorruptFileException;
import dev.korm.depots.local.LocalDepot;
import dev.korm.depots.local.LocalDepotTest;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.store.DepotContract;
import dev.korm.testkit.memory.MemoryDepot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorDepotTest extends DepotContract {
    @TempDir
    Path folder;

    private final MemoryDepot second = MemoryDepot.create();

    @Override
    protected DepotSource source() {
        return MirrorDepot.of(LocalDepot.at(folder), second);
    }

    @Override
    protected void damage(Rn<?> file) {
        LocalDepotTest.damage(folder, file);
        second.damage(file);
    }

    private MirroredDepot mirror() {
        return (MirroredDepot) depot();
    }

    @Test
    void both_depots_have_every_file() {
        put(file("a", "b"), new byte[3]);

        assertThat(folder.resolve("a/b")).exists();
        assertThat(second.names()).containsExactly(file("a", "b").toString());
    }

    @Test
    void a_damaged_file_comes_from_the_depot_that_has_it_whole() {
        for (int size : List.of(10, 3_000_000)) {
            byte[] content = random(size, size);
            put(file("one"), content);
            put(file("two"), content);
            put(file("three"), content);

            LocalDepotTest.damage(folder, file("one"));
            second.damage(file("two"));
            folder.resolve("three").toFile().delete();

            assertThat(bytes(file("one"))).isEqualTo(content);
            assertThat(bytes(file("two"))).isEqualTo(content);
            assertThat(bytes(file("three"))).isEqualTo(content);
            assertThat(depot().stat(file("three"))).isPresent();
        }
    }

    @Test
    void repair_stores_in_each_depot_what_the_other_has_whole() throws Exception {
        byte[] content = random(1, 1000);
        for (String name : List.of("whole", "first", "second", "lost", "deleted", "both")) {
            put(file(name), content);
        }
        LocalDepotTest.damage(folder, file("first"));
        second.damage(file("second"));
        LocalDepotTest.damage(folder, file("lost"));
        second.damage(file("lost"));
        assertThat(folder.resolve("deleted").toFile().delete()).isTrue();
        List<Long> told = new ArrayList<>();

        MirroredDepot.RepairReport report = mirror().repair((done, total) -> told.add(done));

        assertThat(report.checked()).isEqualTo(6);
        assertThat(report.mended()).containsExactlyInAnyOrder(file("first"), file("second"), file("deleted"));
        assertThat(report.lost()).containsExactly(file("lost"));
        assertThat(told).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(java.nio.file.Files.readAllBytes(folder.resolve("deleted"))).isEqualTo(content);
        assertThat(mirror().repair(dev.korm.file.Progress.NONE).mended()).isEmpty();
        assertThatExceptionOfType(CorruptFileException.class).isThrownBy(() -> bytes(file("lost")));
    }
}
