package dev.korm.examples.wildlife;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far tasks are. */
@FunctionalInterface
interface Progress {
    /** Begins a task of so many steps. */
    Task begin(String name, long steps);

    /** A task that is under way until it is closed. */
    interface Task extends AutoCloseable {
        /** Reports that one step is done. */
        void step();

        @Override
        void close();
    }

    /** Says nothing. */
    static Progress quiet() {
        return (name, steps) -> new Task() {
            @Override
            public void step() {}

            @Override
            public void close() {}
        };
    }

    /** Returns a bar on the terminal, gone when the task is done. */
    static Progress bar() {
        return (name, steps) -> {
            ProgressBar bar = ProgressBar.builder()
                    .setTaskName(name)
                    .setInitialMax(steps)
                    .setStyle(ProgressBarStyle.ASCII)
                    .clearDisplayOnFinish()
                    .build();
            return new Task() {
                @Override
                public void step() {
                    bar.step();
                }

                @Override
                public void close() {
                    bar.close();
                }
            };
        };
    }
}
