package dev.korm.engine.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Rn;
import dev.korm.file.FileRelease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReleasedNamesTest {
    private static final Optional<FileRelease> MONTH = Optional.of(FileRelease.after(Duration.ofDays(30)));

    private static Rn<?> file(int number) {
        return Rn.file("files", "folder", "ä" + number);
    }

    @Test
    void any_number_of_names_comes_back_in_portions() {
        try (ReleasedNames names = new ReleasedNames(7)) {
            for (int i = 0; i < 100; i++) {
                names.add(file(i), i % 2 == 0 ? Optional.empty() : MONTH);
            }
            List<Integer> portions = new ArrayList<>();
            Map<Rn<?>, Optional<FileRelease>> all = new LinkedHashMap<>();
            names.drain(some -> {
                portions.add(some.size());
                all.putAll(some);
            });

            assertThat(portions).allMatch(size -> size <= 7).hasSize(15);
            assertThat(all).hasSize(100);
            all.forEach((file, release) ->
                    assertThat(release).isEqualTo(file.toString().matches(".*[02468]") ? Optional.empty() : MONTH));
            names.drain(some -> assertThat(some).isNull());
        }
    }

    @Test
    void what_was_cleared_is_forgotten() {
        try (ReleasedNames names = new ReleasedNames(2)) {
            for (int i = 0; i < 5; i++) {
                names.add(file(i), Optional.empty());
            }
            names.clear();
            names.add(file(9), MONTH);

            List<Rn<?>> all = new ArrayList<>();
            names.drain(some -> all.addAll(some.keySet()));
            assertThat(all).hasSize(1).first().isEqualTo(file(9));
        }
    }

    @Test
    void a_file_that_is_released_twice_is_released_the_more_careful_way() {
        List<Optional<FileRelease>> careful = List.of(
                Optional.empty(),
                Optional.of(FileRelease.DELETE),
                Optional.of(FileRelease.after(Duration.ofHours(1))),
                MONTH,
                Optional.of(FileRelease.KEEP));
        for (int i = 0; i < careful.size(); i++) {
            for (int j = 0; j < careful.size(); j++) {
                assertThat(StoredRelease.careful(careful.get(i), careful.get(j)))
                        .isEqualTo(careful.get(Math.max(i, j)));
            }
        }
    }

    @Test
    void a_release_reads_as_it_was_written_and_what_is_not_understood_keeps_the_file() {
        for (FileRelease release : List.of(FileRelease.KEEP, FileRelease.DELETE, MONTH.orElseThrow())) {
            assertThat(StoredRelease.of(StoredRelease.text(release))).isEqualTo(release);
        }
        assertThat(StoredRelease.of("when the moon is full")).isEqualTo(FileRelease.KEEP);
        assertThat(StoredRelease.of("PT-1H")).isEqualTo(FileRelease.KEEP);
    }
}
