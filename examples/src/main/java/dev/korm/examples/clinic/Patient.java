package dev.korm.examples.clinic;

import dev.korm.Encrypted;
import dev.korm.Searchable;
import dev.korm.Stored;

/**
 * A patient, in the first database.
 *
 * @param insurance the number of the insurance: sealed, found by its value, and no two patients' the same
 */
@Stored(layer = "patients", namespace = "clinic", kind = "patient")
public record Patient(
        String name, @Searchable(unique = true) Encrypted<String> insurance) {}
