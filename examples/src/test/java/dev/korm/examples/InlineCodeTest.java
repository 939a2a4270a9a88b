package dev.korm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The methods and constants that the documentation names within its sentences are those of the public API, as each module's {@code api.txt} lists it. */
class InlineCodeTest {
    private static final Path ROOT = Path.of("..");

    /** Of other libraries and tools. */
    private static final Set<String> OF_OTHERS = Set.of("binary", "findAndAddModules", "mavenLocal", "implementation");

    private static final Set<String> OF_ALL_ENUMS_AND_CLASSES = Set.of("class", "values", "valueOf", "name");

    private static final Pattern TYPE =
            Pattern.compile("\\b(?:class|interface|record|enum|@interface)\\s+([\\w.$]+)(.*)");
    private static final Pattern MEMBER = Pattern.compile("([\\w$]+)(?:\\(|$)");
    private static final Pattern BLOCK = Pattern.compile("```.*?```", Pattern.DOTALL);
    private static final Pattern INLINE = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern NAMED = Pattern.compile("(?<![\\w.$])((?:[A-Z]\\w*\\.)+)(\\w+)");
    private static final Pattern CALL = Pattern.compile("\\.?([a-z]\\w+)\\([^()]*\\)");

    /** Members by the simple name of their type, and what the types extend. */
    private final Map<String, Set<String>> members = new HashMap<>();

    private final Map<String, Set<String>> supertypes = new HashMap<>();

    InlineCodeTest() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path api : modules.map(module -> module.resolve("api.txt"))
                    .filter(Files::exists)
                    .toList()) {
                read(Files.readAllLines(api));
            }
        }
    }

    private void read(List<String> lines) {
        String type = "";
        for (String line : lines) {
            Matcher found = line.startsWith(" ") ? MEMBER.matcher(line) : TYPE.matcher(line);
            if (!found.find()) {
                continue;
            }
            if (line.startsWith(" ")) {
                members.get(type).add(found.group(1));
            } else {
                type = simple(found.group(1));
                members.computeIfAbsent(type, any -> new HashSet<>());
                Matcher others = Pattern.compile("dev\\.korm[\\w.$]+").matcher(found.group(2));
                while (others.find()) {
                    supertypes.computeIfAbsent(type, any -> new HashSet<>()).add(simple(others.group()));
                }
            }
        }
    }

    private static String simple(String name) {
        return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
    }

    private boolean has(String type, String member) {
        return has(type, member, new HashSet<>());
    }

    private boolean has(String type, String member, Set<String> seen) {
        return seen.add(type)
                && (members.getOrDefault(type, Set.of()).contains(member)
                        || supertypes.getOrDefault(type, Set.of()).stream()
                                .anyMatch(other -> has(other, member, seen)));
    }

    private List<String> unknown(String page) {
        List<String> unknown = new ArrayList<>();
        Matcher inline = INLINE.matcher(BLOCK.matcher(page).replaceAll(""));
        while (inline.find()) {
            String code = inline.group(1);
            Matcher named = NAMED.matcher(code);
            while (named.find()) {
                String type = simple(named.group(1).substring(0, named.group(1).length() - 1));
                String member = named.group(2);
                if (members.containsKey(type)
                        && !members.containsKey(member)
                        && !has(type, member)
                        && !OF_ALL_ENUMS_AND_CLASSES.contains(member)) {
                    unknown.add(code);
                }
            }
            Matcher call = CALL.matcher(code);
            if (call.matches()
                    && !OF_OTHERS.contains(call.group(1))
                    && members.keySet().stream().noneMatch(type -> has(type, call.group(1)))) {
                unknown.add(code);
            }
        }
        return unknown;
    }

    @Test
    void what_the_documentation_names_in_its_sentences_is_there() throws IOException {
        List<Path> pages = new ArrayList<>();
        pages.add(ROOT.resolve("README.md"));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            // That page names the calls of another library beside those of this one, and tests.
            docs.filter(page -> page.toString().endsWith(".md") && !page.endsWith("coming-from-typescript.md"))
                    .sorted()
                    .forEach(pages::add);
        }
        List<String> unknown = new ArrayList<>();
        for (Path page : pages) {
            unknown(Files.readString(page)).forEach(code -> unknown.add(page.getFileName() + ": " + code));
        }
        assertThat(pages).hasSizeGreaterThan(20);
        assertThat(unknown).isEmpty();
    }

    @Test
    void a_method_that_is_not_there_is_found() {
        assertThat(
                        unknown(
                                "`Pool.vanish()`, `Pool.close()`, `vanish(…)`, `page(size)`, `FileRef.of(…)`, `Fred.run()`\n```\n`vanish()`\n```"))
                .containsExactly("Pool.vanish()", "vanish(…)");
    }
}
