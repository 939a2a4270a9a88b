package dev.korm.examples.wildlife;

import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.file.FileRef;

/**
 * A report on the strikes at an airport, written for people.
 *
 * @param iata of the airport, which has one report
 * @param text a file of plain text
 */
@Stored(namespace = "wildlife", kind = "report")
record Report(Unique<String> iata, Rn<Airport> airport, long strikes, FileRef text) {}
