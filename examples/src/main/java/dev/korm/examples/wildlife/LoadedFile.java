package dev.korm.examples.wildlife;

import dev.korm.Stored;
import dev.korm.Unique;

/**
 * Written when the last line of a file is stored, so that a file is loaded once, and one whose loading was interrupted is
 * loaded again.
 *
 * @param items how many lines became items
 * @param badLines how many did not
 */
@Stored(namespace = "wildlife", kind = "loadedfile")
record LoadedFile(Unique<String> file, long items, long badLines) {}
