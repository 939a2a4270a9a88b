package dev.korm.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PoolClosingTest {
    private final List<String> closed = new ArrayList<>();

    static List<Throwable> failures() {
        return List.of(
                new IllegalStateException("unchecked"), new OutOfMemoryError("heap"), new StackOverflowError("stack"));
    }

    private AutoCloseable failing(String name, Throwable failure) {
        return () -> {
            closed.add(name);
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        };
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whatever_one_throws_the_others_are_closed(Throwable failure) {
        IllegalArgumentException later = new IllegalArgumentException("later");
        List<AutoCloseable> all =
                List.of(() -> closed.add("a"), failing("b", failure), failing("c", later), () -> closed.add("d"));
        assertThat(catchThrowable(() -> KormPool.closeAll(all))).isSameAs(failure);
        assertThat(failure).hasSuppressedException(later);
        assertThat(closed).containsExactly("a", "b", "c", "d");
    }

    @Test
    void all_may_fail_with_one_exception() {
        IllegalStateException shared = new IllegalStateException("shared");
        List<AutoCloseable> all = List.of(failing("a", shared), failing("b", shared));
        assertThat(catchThrowable(() -> KormPool.closeAll(all)))
                .isSameAs(shared)
                .hasNoSuppressedExceptions();
        assertThat(closed).containsExactly("a", "b");
    }
}
