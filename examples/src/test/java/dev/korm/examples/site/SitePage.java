package dev.korm.examples.site;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * A page of Markdown.
 *
 * @param source its path in the project
 * @param root its text, parsed
 * @param title its first heading
 * @param anchors of its headings, made of them as hosts of Markdown do
 */
record SitePage(String source, Node root, String title, Set<String> anchors) {
    private static final List<Extension> EXTENSIONS =
            List.of(TablesExtension.create(), HeadingAnchorExtension.create());
    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
    private static final HtmlRenderer RENDERER =
            HtmlRenderer.builder().extensions(EXTENSIONS).escapeHtml(true).build();

    static SitePage of(String source, String markdown) {
        Node root = PARSER.parse(markdown);
        Set<String> anchors = new HashSet<>();
        StringBuilder title = new StringBuilder();
        IdGenerator ids = IdGenerator.builder().build();
        root.accept(new AbstractVisitor() {
            @Override
            public void visit(Heading heading) {
                if (title.isEmpty()) {
                    title.append(text(heading));
                }
                anchors.add(ids.generateId(text(heading)));
            }
        });
        return new SitePage(source, root, title.toString(), anchors);
    }

    /** Returns its file in the site; the README is the first page. */
    String target() {
        return switch (source) {
            case "README.md" -> "index.html";
            case "docs/README.md" -> "map.html";
            case "benchmarks/README.md" -> "benchmarks.html";
            default ->
                source.substring(source.lastIndexOf('/') + 1)
                        .toLowerCase(Locale.ROOT)
                        .replace(".md", ".html");
        };
    }

    String html() {
        return RENDERER.render(root);
    }

    /** Returns the text of a node, without its form. */
    static String text(Node node) {
        StringBuilder text = new StringBuilder();
        node.accept(new AbstractVisitor() {
            @Override
            public void visit(Text part) {
                text.append(part.getLiteral());
            }

            @Override
            public void visit(Code part) {
                text.append(part.getLiteral());
            }
        });
        return text.toString();
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
