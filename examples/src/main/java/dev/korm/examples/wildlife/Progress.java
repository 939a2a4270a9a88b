package dev.korm.examples.wildlife;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far a task is. */
@FunctionalInterface
interface Progress {
    /** The same things, counted as they are taken. */
    <T> Iterable<T> over(Iterable<T> things, long count, String task);

    /** Says nothing. */
    static Progress quiet() {
        return new Progress() {
            @Override
            public <T> Iterable<T> over(Iterable<T> things, long count, String task) {
                return things;
            }
        };
    }

    /** A bar on the terminal, gone when the task is done. */
    static Progress bar() {
        return new Progress() {
            @Override
            public <T> Iterable<T> over(Iterable<T> things, long count, String task) {
                ProgressBarBuilder bar = ProgressBar.builder()
                        .setTaskName(task)
                        .setInitialMax(count)
                        .setStyle(ProgressBarStyle.ASCII)
                        .clearDisplayOnFinish();
                return ProgressBar.wrap(things, bar);
            }
        };
    }
}
