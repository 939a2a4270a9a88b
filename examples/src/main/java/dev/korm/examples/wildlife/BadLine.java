package dev.korm.examples.wildlife;

/**
 * A line of a file that became no item.
 *
 * @param line counted from 1
 */
record BadLine(String file, long line, String reason) {
    @Override
    public String toString() {
        return file + ":" + line + ": " + reason;
    }
}
