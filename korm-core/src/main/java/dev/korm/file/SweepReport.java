package dev.korm.file;

/**
 * The findings of a sweep.
 *
 * @param files that the depots have
 * @param references to files that the items have
 * @param unnamed see {@link Sweep.Unnamed}
 * @param unclaimed see {@link Sweep.Unclaimed}
 * @param leftovers see {@link Sweep.Leftover}
 * @param unfinished see {@link Sweep.Unfinished}
 * @param missing see {@link Sweep.Missing}
 * @param setAside see {@link Sweep.SetAside}
 */
public record SweepReport(
        long files,
        long references,
        long unnamed,
        long unclaimed,
        long leftovers,
        long unfinished,
        long missing,
        long setAside) {}
