/**
 * Events of the JDK's own recorder (JFR): what listeners are told of, as a recording holds it.
 *
 * <p>Begin with {@link dev.korm.engine.flight.FlightRecording}. Uses {@code event}.
 */
@NullMarked
package dev.korm.engine.flight;

import org.jspecify.annotations.NullMarked;
