package dev.korm.engine.depot;

import dev.korm.Rn;
import org.jspecify.annotations.Nullable;

/**
 * Says who has a file and what for, so that whoever waits can tell.
 *
 * @param work such as "a change of", before the item; whole where there is none
 * @param item the first item of a change
 */
public record FileUse(String work, @Nullable Rn<?> item, String thread) {
    public static FileUse of(String work) {
        return new FileUse(work, null, Thread.currentThread().getName());
    }

    public static FileUse of(String work, @Nullable Rn<?> item) {
        return new FileUse(work, item, Thread.currentThread().getName());
    }

    @Override
    public String toString() {
        return work + (item == null ? "" : " " + item) + " in the thread \"" + thread + "\"";
    }
}
