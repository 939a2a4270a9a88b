package dev.korm.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.recovery.JournalException;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.spi.journal.JournalSource;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.testkit.contract.store.JournalContract;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryJournalTest extends JournalContract {
    private final MemoryJournal journal = MemoryJournal.create();

    @Override
    protected JournalSource source() {
        return journal;
    }

    @ParameterizedTest
    @EnumSource
    void a_failed_append_keeps_what_the_test_says_and_ends_the_run(MemoryJournal.Kept kept) {
        Journal first = open();
        journal.failAppend(2, kept);
        first.append(List.of(entry(Kind.PREPARED, "a", "x")));
        assertThatExceptionOfType(JournalException.class)
                .isThrownBy(
                        () -> first.append(List.of(entry(Kind.PREPARED, "b", "x"), entry(Kind.PREPARED, "c", "x"))));
        assertThatExceptionOfType(JournalException.class)
                .isThrownBy(() -> first.append(List.of(entry(Kind.PREPARED, "d", "x"))));
        first.close();
        assertThat(unfinished(open()))
                .isEqualTo(
                        switch (kept) {
                            case NOTHING -> List.of("PREPARED a x");
                            case FIRST -> List.of("PREPARED a x", "PREPARED b x");
                            case ALL -> List.of("PREPARED a x", "PREPARED b x", "PREPARED c x");
                        });
        assertThat(journal.appends()).isEqualTo(2);
    }

    @Test
    void a_crash_ends_every_run_that_is_open() {
        Journal first = open();
        first.append(List.of(entry(Kind.PREPARED, "a", "x")));
        Journal second = open();
        UnfinishedEntries taken = second.unfinished();
        journal.crash();
        assertThatExceptionOfType(JournalException.class)
                .isThrownBy(() -> first.append(List.of(JournalEntry.done("a"))));
        assertThatExceptionOfType(JournalException.class).isThrownBy(taken::forget);
        first.close();
        assertThat(journal.entries()).hasSize(1);
        assertThat(unfinished(open())).containsExactly("PREPARED a x");
    }
}
