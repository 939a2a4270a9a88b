package dev.korm.jdbc.sqlite;

import dev.korm.StoreException;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.environment.Environment;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens databases in a folder that takes no files, in a process that may not write there, and says what it was told. */
final class UnwritableFolderProgram {
    /** What it says where it may write all the same, so that it shows nothing. */
    static final String WRITABLE = "may be written to by this process";

    private UnwritableFolderProgram() {}

    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        if (Files.isWritable(folder)) {
            System.out.println(WRITABLE);
        }
        open(Sqlite.file(folder.resolve("korm.sqlite")).readOnly());
        open(Sqlite.file(folder.resolve("new.sqlite")));
    }

    private static void open(Sqlite source) {
        try {
            source.open("main", Environment.system()).close();
            System.out.println("opened");
        } catch (StoreException refused) {
            System.out.println(refused);
        }
    }
}
