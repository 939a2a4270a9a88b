package dev.korm.examples.clinic;

import dev.korm.DeletePolicy;
import dev.korm.Indexed;
import dev.korm.OnDelete;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.file.FileRef;
import java.time.Instant;
import java.util.Optional;

/**
 * An appointment, in the second database; it goes with its patient.
 *
 * @param letter what the doctor wrote, in the depot
 */
@Stored(layer = "appointments", namespace = "clinic", kind = "appointment")
public record Appointment(
        @OnDelete(DeletePolicy.CASCADE) Rn<Patient> patient,
        @Indexed Instant at,
        String reason,
        Optional<FileRef> letter) {}
