package dev.korm.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of the documentation. */
record Markdown(String text) {
    /** The folder of the whole project. */
    static final Path ROOT = root();

    private static final Pattern BLOCK = Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("quickstart"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    /** The page at a path from the project's folder. */
    static Markdown of(String path) throws IOException {
        return new Markdown(Files.readString(ROOT.resolve(path)));
    }

    /** The code of a language, block by block. */
    List<String> blocks(String language) {
        List<String> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            if (block.group(1).equals(language)) {
                blocks.add(block.group(2));
            }
        }
        return blocks;
    }
}
