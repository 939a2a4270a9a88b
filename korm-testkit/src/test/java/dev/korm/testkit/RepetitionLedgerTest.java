package dev.korm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class RepetitionLedgerTest {
    @TempDir
    Path folder;

    @Test
    void a_later_run_goes_on_behind_the_runs_that_passed_and_makes_up_for_those_that_failed(TestInfo info) {
        Method method = info.getTestMethod().orElseThrow();
        RepetitionLedger.Page page = new RepetitionLedger(folder).page(RepetitionLedgerTest.class, method);
        assertThat(page.passed()).isZero();
        page.passed(30);
        page.failed(new AssertionError("once in many"));
        page.passed(20);
        RepetitionLedger.Page later = new RepetitionLedger(folder).page(RepetitionLedgerTest.class, method);
        assertThat(later.passed()).isEqualTo(2);
        assertThat(folder.resolve("RepetitionLedgerTest." + method.getName())).hasContent("2 50");
        assertThat(folder.resolve(RepetitionLedger.FAILURES))
                .content()
                .contains("after 1 runs: java.lang.AssertionError: once in many");
    }
}
