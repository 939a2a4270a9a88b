package dev.korm.danger;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.List;

/**
 * A reset that was planned, and is not done yet. Other tables and other files are not in it: those that korm did not make stay, whatever they are called, and so does a file that an item names
 * and did not bring.
 */
public interface Reset {
    ResetMode mode();

    /** Returns the tables that go. */
    List<Table> tables();

    /** Returns the files that go, by the first part of their names. */
    List<Folder> folders();

    /** Returns the text that {@link #run} has to be given: it says what goes. */
    String confirmation();

    /**
     * Does it, and closes the pool. The metadata goes last: after a reset that was cut off the pool opens as before, and can be reset again.
     *
     * @param confirmation as {@link #confirmation} has it
     * @throws ResetException when the confirmation is another one, when other things would go by now, or when somebody else is seen to use the pool; nothing was changed, and the pool
     *     stays open
     * @throws dev.korm.StoreException when a layer fails; then a part is gone, and the pool is closed
     * @throws dev.korm.depot.DepotException when a depot fails; then a part is gone, and the pool is closed
     */
    void run(String confirmation);

    /**
     * A table that goes.
     *
     * @param name as the layer has it
     */
    record Table(String layer, String name, long rows) {
        public Table {
            requireNonNull(layer, "layer");
            requireNonNull(name, "name");
        }
    }

    /**
     * Files that go.
     *
     * @param name the first part of their names: a folder, or a file that is in none
     */
    record Folder(String depot, String name, long files, long bytes) {
        public Folder {
            requireNonNull(depot, "depot");
            requireNonNull(name, "name");
        }
    }
}
