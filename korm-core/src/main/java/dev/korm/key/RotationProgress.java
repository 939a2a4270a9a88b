package dev.korm.key;

/**
 * The progress of a rotation.
 *
 * @param examined items that were looked at, some more than once
 * @param changed items of which something was sealed anew
 * @param resealed values that were sealed anew, nested ones each by itself
 * @param unopened values that do not open, and were left as they are, as counted last; {@link Keys#report} says under which keys
 */
public record RotationProgress(long examined, long changed, long resealed, long unopened) {}
