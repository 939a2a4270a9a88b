package dev.korm.cli;

import dev.korm.file.Progress;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** A bar on standard error that shows how far something long has come, where that was asked for. For one thread. */
final class ProgressLine implements Progress, AutoCloseable {
    private final String what;
    private final Option option;
    private @Nullable ProgressBar bar;

    /** The choice of whether there is a bar. */
    enum Option {
        SHOWN,
        HIDDEN;

        static Option of(boolean shown) {
            return shown ? SHOWN : HIDDEN;
        }
    }

    ProgressLine(String what, Option option) {
        this.what = what;
        this.option = option;
    }

    @Override
    public void at(long done, long total) {
        if (option == Option.HIDDEN) {
            return;
        }
        ProgressBar shown = bar;
        if (shown == null) {
            shown = new ProgressBarBuilder()
                    .setTaskName(what)
                    .setInitialMax(total)
                    .build();
            bar = shown;
        }
        shown.maxHint(Math.max(done, total));
        shown.stepTo(done);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
