package dev.korm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages of the documentation say is so: their Java runs, the tests they name exist, no feature was left out. */
class DocsTest {
    private static final Pattern ROW = Pattern.compile("^\\| K-(\\d{3}) \\|(.*)\\|$", Pattern.MULTILINE);
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|Contract))\\.(\\w+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)[^)]*\\)");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docs/queries.md",
                "docs/references.md",
                "docs/secrets.md",
                "docs/searching-and-rotating-secrets.md",
                "docs/files.md",
                "docs/transactions.md",
                "docs/atomic-changes.md",
                "docs/locks.md",
                "docs/history.md",
                "docs/change-feed.md",
                "docs/live-queries.md",
                "docs/gateway.md",
                "docs/soft-delete.md",
                "docs/json.md",
                "docs/pools.md",
                "docs/logging.md",
                "docs/kalam.md",
                "docs/backups.md",
                "docs/schema-changes.md",
                "docs/testing.md",
                "docs/existing-tables.md",
                "docs/migrating.md",
                "docs/classes.md",
                "docs/coming-from-typescript.md"
            })
    void the_java_of_a_page_is_one_program_that_prints_what_it_says(String page) throws Exception {
        Markdown markdown = Markdown.of(page);
        assertThat(new JavaProgram(folder).run("Example", JavaProgram.joined("Example", markdown.blocks("java"))))
                .isEqualTo(JavaProgram.expected(markdown.blocks("java")));
    }

    @Test
    void every_feature_of_the_original_has_one_row() throws IOException {
        List<Integer> rows = new ArrayList<>();
        Matcher row = ROW.matcher(Markdown.of("docs/coming-from-typescript.md").text());
        while (row.find()) {
            rows.add(Integer.valueOf(row.group(1)));
            assertThat(row.group(2).contains("not yet")
                            || TEST.matcher(row.group(2)).find()
                            || isAboutTheJdk(row))
                    .as("row %s says \"not yet\" or names a test", row.group(1))
                    .isTrue();
        }
        assertThat(rows)
                .containsExactlyElementsOf(Stream.of(
                                range(1, 25),
                                range(30, 37),
                                range(40, 64),
                                range(70, 81),
                                range(85, 112),
                                range(115, 133),
                                range(138, 148),
                                range(152, 161),
                                range(165, 176),
                                range(180, 189),
                                range(195, 205),
                                range(210, 223),
                                range(228, 236),
                                range(240, 249),
                                range(255, 266),
                                range(270, 282),
                                range(288, 296))
                        .flatMap(List::stream)
                        .toList());
    }

    private static boolean isAboutTheJdk(Matcher row) {
        return row.group(1).equals("294");
    }

    private static List<Integer> range(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    @Test
    void every_test_that_is_named_exists() throws IOException {
        Matcher test =
                TEST.matcher(Markdown.of("docs/coming-from-typescript.md").text());
        int tests = 0;
        while (test.find()) {
            String source = source(test.group(1) + ".java");
            assertThat(source).as(test.group()).containsPattern("(?:void|ArchRule) " + test.group(2) + "\\b");
            tests++;
        }
        assertThat(tests).isGreaterThan(90);
    }

    private static String source(String file) throws IOException {
        for (String module : List.of(
                "korm-core/src",
                "korm-testkit/src",
                "korm-cli/src",
                "korm-depots/src",
                "korm-s3/src",
                "korm-wal/src")) {
            try (Stream<Path> files = Files.walk(Markdown.ROOT.resolve(module))) {
                Path found =
                        files.filter(path -> path.endsWith(file)).findFirst().orElse(null);
                if (found != null) {
                    return Files.readString(found);
                }
            }
        }
        throw new AssertionError("There is no " + file);
    }

    @Test
    void the_links_of_the_pages_lead_somewhere() throws IOException {
        try (Stream<Path> pages = Files.list(Markdown.ROOT.resolve("docs"))) {
            for (Path page :
                    pages.filter(path -> path.toString().endsWith(".md")).toList()) {
                Matcher link = LINK.matcher(Files.readString(page));
                while (link.find()) {
                    assertThat(page.resolveSibling(link.group(1))).exists();
                }
            }
        }
    }
}
