package dev.korm.examples.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/** The pages make one site, in which every link and anchor leads somewhere; {@code release/site} runs this test and keeps what it has written. */
class DocumentationSiteTest {
    private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"]*)\"");
    private static final Pattern ANCHOR = Pattern.compile(" id=\"([^\"]+)\"");
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @Test
    void every_link_and_anchor_of_the_site_leads_somewhere() throws IOException {
        Path out = Path.of("target", "documentation").toAbsolutePath();
        List<String> pages = DocumentationSite.write(ROOT, out);
        assertThat(pages).hasSizeGreaterThan(40).doesNotHaveDuplicates().contains("index.html", "migrating.html");

        Map<Path, Set<String>> anchors = new HashMap<>();
        int checked = 0;
        for (String page : pages) {
            Matcher reference = REFERENCE.matcher(Files.readString(out.resolve(page)));
            while (reference.find()) {
                if (reference.group(1).startsWith("https://")) {
                    continue;
                }
                String[] parts = reference.group(1).split("#", 2);
                Path file = parts[0].isEmpty() ? out.resolve(page) : out.resolve(parts[0]);
                assertThat(file).as("%s of %s", reference.group(1), page).isRegularFile();
                if (parts.length > 1) {
                    if (!anchors.containsKey(file)) {
                        anchors.put(file, anchorsOf(file));
                    }
                    assertThat(anchors.get(file))
                            .as("%s of %s", reference.group(1), page)
                            .contains(parts[1]);
                }
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(1_500);
    }

    private static Set<String> anchorsOf(Path page) throws IOException {
        Set<String> anchors = new TreeSet<>();
        Matcher anchor = ANCHOR.matcher(Files.readString(page));
        while (anchor.find()) {
            anchors.add(anchor.group(1));
        }
        return anchors;
    }

    @Test
    void pages_take_nothing_from_elsewhere_and_can_be_used_without_a_mouse(@TempDir Path out) throws IOException {
        for (String page : DocumentationSite.write(ROOT, out)) {
            String html = Files.readString(out.resolve(page));
            assertThat(html)
                    .as(page)
                    .doesNotContain("<script", "src=\"http", "stylesheet\" href=\"http")
                    .contains("<html lang=\"en\">", "<a class=\"skip\" href=\"#content\">", "<nav aria-label=")
                    .doesNotContain("<img src=\"images/architecture.svg\" alt=\"\"")
                    .containsPattern("<title>\\S[^<]*</title>");
            if (!page.equals("map.html")) {
                assertThat(html.split("aria-current=\"page\"", -1)).as(page).hasSize(2);
            }
        }
        assertThat(out.resolve("site.css"))
                .content()
                .contains("prefers-color-scheme: dark")
                .doesNotContain("url(");
    }

    @Test
    void a_link_that_leads_nowhere_and_a_page_that_the_map_leaves_out_are_refused(@TempDir Path project)
            throws IOException {
        for (String page :
                List.of("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "benchmarks/README.md")) {
            Files.createDirectories(project.resolve(page).getParent());
            Files.writeString(project.resolve(page), "# A page\n");
        }
        Files.createDirectories(project.resolve("docs"));
        Files.writeString(project.resolve("docs/README.md"), """
                # Map

                ## All

                - [a](../README.md) [b](../ARCHITECTURE.md) [c](../CHANGELOG.md) [d](../CONTRIBUTING.md) [e](../benchmarks/README.md)
                """);
        Files.writeString(project.resolve("docs/one.md"), """
                # One

                [gone](two.md), [no heading](../README.md#nowhere), [one](#one), ![](picture.svg)
                """);

        assertThatThrownBy(() -> DocumentationSite.write(project, project.resolve("out")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("""
                        docs/README.md does not list docs/one.md
                        docs/one.md: two.md leads to no file
                        docs/one.md: ../README.md#nowhere names no heading of README.md
                        docs/one.md: the picture picture.svg has no text beside it
                        docs/one.md: picture.svg leads to no file""");
        assertThat(project.resolve("out")).doesNotExist();
    }

    @Test
    void pictures_say_in_words_what_they_show() throws Exception {
        Path folder = ROOT.resolve("docs/images");
        try (Stream<Path> pictures = Files.list(folder)) {
            for (Path picture : pictures.collect(Collectors.toList())) {
                assertThat(picture).as("size").satisfies(file -> assertThat(Files.size(file))
                        .isLessThan(8_192));
                Element svg = DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(picture.toFile())
                        .getDocumentElement();
                assertThat(svg.getAttribute("role")).isEqualTo("img");
                assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
                        .isNotBlank();
                assertThat(svg.getElementsByTagName("desc").item(0).getTextContent())
                        .hasSizeGreaterThan(100);
                assertThat(Files.readString(picture))
                        .contains("prefers-color-scheme: dark")
                        .doesNotContain("href=", "url(http", "<script");
            }
        }
    }
}
