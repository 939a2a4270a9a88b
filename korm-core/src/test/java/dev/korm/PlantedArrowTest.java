package dev.korm;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.korm.engine.planted.Above;
import dev.korm.model.planted.ReachesUp;
import org.junit.jupiter.api.Test;

/** The rules of {@link ArchitectureTest} report an arrow that was planted on purpose; a rule that sees nothing would be green for ever. */
class PlantedArrowTest {
    private static final JavaClasses PLANTED =
            new ClassFileImporter().importClasses(Above.class, ReachesUp.class, PlantedWord.class);

    @Test
    void an_arrow_that_points_up_is_reported() {
        assertThat(violations(ArchitectureTest.an_arrow_only_points_down))
                .anyMatch(arrow -> arrow.contains("model.planted.ReachesUp") && arrow.contains("engine.planted.Above"));
    }

    @Test
    void a_cycle_of_rooms_is_reported() {
        assertThat(violations(ArchitectureTest.rooms_are_free_of_cycles))
                .anyMatch(cycle -> cycle.contains("engine.planted") && cycle.contains("model.planted"));
    }

    @Test
    void a_word_that_knows_the_engine_is_reported() {
        assertThat(violations(ArchitectureTest.the_words_know_only_each_other))
                .anyMatch(arrow -> arrow.contains("PlantedWord"));
        assertThat(violations(ArchitectureTest.the_root_uses_words_and_what_can_be_plugged_in))
                .anyMatch(arrow -> arrow.contains("PlantedWord"));
    }

    private static Iterable<String> violations(ArchRule rule) {
        return rule.allowEmptyShould(true).evaluate(PLANTED).getFailureReport().getDetails();
    }
}
