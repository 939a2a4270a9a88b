package dev.korm.examples.wildlife;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of the data files. */
@FunctionalInterface
interface DataFolder {
    /** Opens a file of the folder. */
    BufferedReader open(String file) throws IOException;

    /** Returns the files that come with this program. */
    static DataFolder packaged() {
        return file -> {
            InputStream in = DataFolder.class.getResourceAsStream(file);
            if (in == null) {
                throw new FileNotFoundException(file + " did not come with this program");
            }
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        };
    }

    /** Opens files of the same names in a folder. */
    static DataFolder at(Path folder) {
        return file -> Files.newBufferedReader(folder.resolve(file));
    }
}
