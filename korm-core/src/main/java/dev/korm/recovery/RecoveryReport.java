package dev.korm.recovery;

/**
 * The findings of recovery in the journal.
 *
 * @param found changes that earlier runs had not finished
 * @param finished of these, decided ones that are now in all their layers
 * @param dropped of these, ones that had not been decided: they are in no layer, and never will be
 * @param unreachable of these, ones of which a layer did not answer; asked again later
 * @param quarantined of these, ones that somebody has to decide about
 */
public record RecoveryReport(long found, long finished, long dropped, long unreachable, long quarantined) {}
