package dev.korm.depots.support;

/** Keeps the interrupt of a thread away from steps that must come to their end, and hands it on behind them. */
public final class Interrupts {
    private Interrupts() {}

    /** A step that can fail. */
    public interface Step<X extends Exception> {
        void run() throws X;
    }

    /** Takes a step as if the thread had not been interrupted: for short ones that put in order what was begun. */
    public static <X extends Exception> void shielded(Step<X> step) throws X {
        boolean interrupted = Thread.interrupted();
        try {
            step.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
