package dev.korm.examples.site;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;

/**
 * Makes a web site of the pages of a project: static HTML, one style sheet, no scripts, nothing from elsewhere. The navigation is the list of pages in
 * {@code docs/README.md}. A page that is not in it, and a link that leads nowhere, are errors.
 */
final class DocumentationSite {
    private static final String MAP = "docs/README.md";
    private static final List<String> OTHERS =
            List.of("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "benchmarks/README.md");
    private static final Map<String, String> LABELS =
            Map.of("jpa", "JPA", "spring", "Spring Data", "jooq", "jOOQ", "ts", "TypeScript");

    private final Path root;
    private final Map<String, SitePage> pages = new LinkedHashMap<>();
    private final TreeSet<String> copied = new TreeSet<>();
    private final List<String> faults = new ArrayList<>();

    private DocumentationSite(Path root) throws IOException {
        this.root = root;
        for (String source : OTHERS) {
            add(source);
        }
        try (Stream<Path> docs = Files.list(root.resolve("docs"))) {
            for (Path page : docs.filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                add("docs/" + page.getFileName());
            }
        }
    }

    private void add(String source) throws IOException {
        pages.put(source, SitePage.of(source, Files.readString(root.resolve(source))));
    }

    /**
     * Writes the site of the project in {@code root} to the folder {@code out}, over what is there.
     *
     * @return the names of its pages
     * @throws IllegalStateException when links lead nowhere, or pages are not in the map; names all of them
     */
    static List<String> write(Path root, Path out) throws IOException {
        DocumentationSite site = new DocumentationSite(root);
        List<Group> map = site.map();
        site.pages.values().forEach(site::aim);
        if (!site.faults.isEmpty()) {
            throw new IllegalStateException(String.join("\n", site.faults));
        }
        Files.createDirectories(out);
        for (SitePage page : site.pages.values()) {
            Files.writeString(out.resolve(page.target()), site.html(page, map));
        }
        for (String file : site.copied) {
            Path copy = out.resolve(copyOf(file));
            Files.createDirectories(Objects.requireNonNull(copy.getParent()));
            Files.copy(root.resolve(file), copy, StandardCopyOption.REPLACE_EXISTING);
        }
        try (InputStream style = Objects.requireNonNull(DocumentationSite.class.getResourceAsStream("site.css"))) {
            Files.copy(style, out.resolve("site.css"), StandardCopyOption.REPLACE_EXISTING);
        }
        return site.pages.values().stream().map(SitePage::target).toList();
    }

    /** Pages of one subject, as the map lists them. */
    private record Group(String title, List<Entry> entries) {}

    private record Entry(String text, SitePage page) {}

    /** Reads the map, before links are aimed at the site. */
    private List<Group> map() {
        List<Group> groups = new ArrayList<>();
        TreeSet<String> missing = new TreeSet<>(pages.keySet());
        missing.remove(MAP);
        Objects.requireNonNull(pages.get(MAP)).root().accept(new AbstractVisitor() {
            @Override
            public void visit(Heading heading) {
                if (heading.getLevel() == 2) {
                    groups.add(new Group(SitePage.text(heading), new ArrayList<>()));
                }
            }

            @Override
            public void visit(Link link) {
                String source = resolved(MAP, link.getDestination());
                SitePage page = pages.get(source);
                if (page != null && !groups.isEmpty()) {
                    if (!missing.remove(source)) {
                        faults.add(MAP + " lists " + source + " twice");
                    }
                    groups.get(groups.size() - 1).entries().add(new Entry(SitePage.text(link), page));
                }
            }
        });
        missing.forEach(page -> faults.add(MAP + " does not list " + page));
        return groups;
    }

    private static String resolved(String from, String destination) {
        return Path.of(from).resolveSibling(destination).normalize().toString().replace('\\', '/');
    }

    /** Aims a page's links and pictures at the site, and notes those that lead nowhere. */
    private void aim(SitePage page) {
        page.root().accept(new AbstractVisitor() {
            @Override
            public void visit(Link link) {
                target(page, link.getDestination()).ifPresent(link::setDestination);
                visitChildren(link);
            }

            @Override
            public void visit(Image image) {
                if (SitePage.text(image).isBlank()) {
                    faults.add(page.source() + ": the picture " + image.getDestination() + " has no text beside it");
                }
                target(page, image.getDestination()).ifPresent(image::setDestination);
            }
        });
    }

    private Optional<String> target(SitePage page, String destination) {
        if (destination.startsWith("https://") || destination.startsWith("mailto:")) {
            return Optional.empty();
        }
        int hash = destination.indexOf('#');
        String file = hash < 0 ? destination : destination.substring(0, hash);
        String anchor = hash < 0 ? "" : destination.substring(hash + 1);
        String source = file.isEmpty() ? page.source() : resolved(page.source(), file);
        SitePage other = pages.get(source);
        if (other != null) {
            if (!anchor.isEmpty() && !other.anchors().contains(anchor)) {
                faults.add(page.source() + ": " + destination + " names no heading of " + source);
            }
            return Optional.of((other == page ? "" : other.target()) + (hash < 0 ? "" : "#" + anchor));
        }
        if (source.startsWith("..") || !Files.isRegularFile(root.resolve(source))) {
            faults.add(page.source() + ": " + destination + " leads to no file");
            return Optional.empty();
        }
        copied.add(source);
        return Optional.of(copyOf(source));
    }

    /** Returns the place of a file that is no page; texts get an ending that browsers show. */
    private static String copyOf(String source) {
        return source.endsWith(".svg")
                ? "images/" + Path.of(source).getFileName()
                : "files/" + source + (source.endsWith(".txt") ? "" : ".txt");
    }

    private String html(SitePage page, List<Group> map) {
        StringBuilder navigation = new StringBuilder();
        for (Group group : map) {
            navigation.append("<h2>").append(SitePage.escaped(group.title())).append("</h2>\n<ul>\n");
            for (Entry entry : group.entries()) {
                navigation
                        .append("<li><a href=\"")
                        .append(entry.page().target())
                        .append(entry.page() == page ? "\" aria-current=\"page" : "")
                        .append("\">")
                        .append(SitePage.escaped(entry.text()))
                        .append("</a></li>\n");
            }
            navigation.append("</ul>\n");
        }
        String content = page.html()
                .replace("<table>", "<div class=\"wide\" tabindex=\"0\"><table>")
                .replace("</table>", "</table></div>")
                .replace("<pre><code", "<pre tabindex=\"0\"><code");
        for (Map.Entry<String, String> label : LABELS.entrySet()) {
            String block = "<pre tabindex=\"0\"><code class=\"language-" + label.getKey() + "\"";
            content = content.replace(block, "<p class=\"label\">" + label.getValue() + "</p>\n" + block);
        }
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s</title>
                <link rel="stylesheet" href="site.css">
                </head>
                <body>
                <a class="skip" href="#content">To the text</a>
                <div class="frame">
                <nav aria-label="Pages">
                %s</nav>
                <main id="content">
                %s</main>
                </div>
                </body>
                </html>
                """.formatted(SitePage.escaped(page.title()), navigation, content);
    }
}
