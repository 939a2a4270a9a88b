import java.io.InputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * A check of a staging folder against what a public Maven repository asks for and what korm promises: every artifact of the BOM with its sources, Javadoc, bill of
 * materials, checksums and signatures, and POMs that say who, what and under which licence. Run as {@code java CheckStaging.java FOLDER VERSION}; prints a line for each
 * artifact and then all that is wrong, and exits with 1 where something is.
 */
final class CheckStaging {
    private static final List<String> CHECKSUMS = List.of("md5", "sha1");

    private final Path group;
    private final String version;
    private final List<String> faults = new ArrayList<>();

    private CheckStaging(Path staging, String version) {
        this.group = staging.resolve("dev/korm");
        this.version = version;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("Usage: java CheckStaging.java FOLDER VERSION");
            System.exit(2);
        }
        List<String> faults = new CheckStaging(Path.of(arguments[0]), arguments[1]).faults();
        faults.forEach(fault -> System.err.println("WRONG: " + fault));
        if (!faults.isEmpty()) {
            System.exit(1);
        }
    }

    private List<String> faults() throws Exception {
        Set<String> expected = new TreeSet<>(List.of("korm-parent", "korm-bom"));
        Set<String> libraries = namedByBom();
        expected.addAll(libraries);
        Set<String> staged = new TreeSet<>();
        try (Stream<Path> folders = Files.list(group)) {
            folders.filter(Files::isDirectory).forEach(folder -> staged.add(folder.getFileName().toString()));
        }
        for (String artifact : expected) {
            if (!staged.contains(artifact)) {
                faults.add(artifact + " is in korm-bom and was not staged");
            }
        }
        for (String artifact : staged) {
            if (!expected.contains(artifact)) {
                faults.add(artifact + " was staged and is not in korm-bom");
            }
            long bytes = checkFiles(artifact, libraries.contains(artifact));
            checkPom(artifact);
            System.out.printf("%-28s %s  %,12d bytes%n", artifact, version, bytes);
        }
        return faults;
    }

    private Set<String> namedByBom() throws Exception {
        Set<String> names = new TreeSet<>();
        Element managed = child(child(pom("korm-bom"), "dependencyManagement").orElseThrow(), "dependencies").orElseThrow();
        for (Node node = managed.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element dependency) {
                names.add(text(dependency, "artifactId").orElseThrow());
            }
        }
        return names;
    }

    private long checkFiles(String artifact, boolean library) throws Exception {
        List<String> endings = library ? List.of(".pom", ".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json") : List.of(".pom");
        long bytes = 0;
        for (String ending : endings) {
            Path file = group.resolve(artifact).resolve(version).resolve(artifact + "-" + version + ending);
            if (!Files.isRegularFile(file)) {
                faults.add("missing: " + file.getFileName());
                continue;
            }
            bytes += Files.size(file);
            checkSums(file);
            checkSignature(file);
            switch (ending) {
                case ".jar" -> checkJar(file);
                case "-sources.jar" -> checkHolds(file, ".java");
                case "-javadoc.jar" -> checkHolds(file, "index.html");
                default -> {}
            }
        }
        return bytes;
    }

    private void checkSums(Path file) throws IOException, GeneralSecurityException {
        for (String algorithm : CHECKSUMS) {
            Path sum = Path.of(file + "." + algorithm);
            if (!Files.isRegularFile(sum)) {
                faults.add("missing: " + sum.getFileName());
                continue;
            }
            byte[] digest = MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(file));
            String hex = String.format("%0" + 2 * digest.length + "x", new BigInteger(1, digest));
            if (!Files.readString(sum).strip().equals(hex)) {
                faults.add("does not match its file: " + sum.getFileName());
            }
        }
    }

    private void checkSignature(Path file) throws IOException, InterruptedException {
        Path signature = Path.of(file + ".asc");
        if (!Files.isRegularFile(signature)) {
            faults.add("missing: " + signature.getFileName());
            return;
        }
        Process gpg = new ProcessBuilder("gpg", "--quiet", "--batch", "--verify", signature.toString(), file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (gpg.waitFor() != 0) {
            faults.add("is no signature of its file by a known key: " + signature.getFileName());
        }
    }

    private void checkJar(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            boolean described = jar.getEntry("module-info.class") != null;
            boolean named = jar.getManifest() != null && jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name") != null;
            if (!described && !named) {
                faults.add("neither a module descriptor nor an Automatic-Module-Name: " + file.getFileName());
            }
        }
    }

    private void checkHolds(Path file, String ending) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            if (jar.stream().noneMatch(entry -> entry.getName().endsWith(ending))) {
                faults.add("holds no " + ending + ": " + file.getFileName());
            }
        }
    }

    /** Checks what a reader of the POM finds out about the project, there or in its parent. */
    private void checkPom(String artifact) throws Exception {
        Element pom = pom(artifact);
        for (String own : List.of("name", "description")) {
            if (text(pom, own).filter(words -> !words.isBlank()).isEmpty()) {
                faults.add(artifact + ": the POM has no <" + own + ">");
            }
        }
        Element teller = child(pom, "parent").isPresent() ? pom("korm-parent") : pom;
        for (String path : List.of("url", "licenses/license/name", "licenses/license/url", "developers/developer/name", "scm/connection", "scm/url")) {
            Optional<Element> at = Optional.of(teller);
            for (String name : path.split("/")) {
                at = at.flatMap(element -> child(element, name));
            }
            if (at.map(Element::getTextContent).filter(words -> !words.isBlank()).isEmpty()) {
                faults.add(artifact + ": neither the POM nor its parent has " + path);
            }
        }
        String written = text(pom, "version").or(() -> child(pom, "parent").flatMap(parent -> text(parent, "version"))).orElse("none");
        if (!written.equals(version)) {
            faults.add(artifact + ": the POM's version is " + written);
        }
        if (Files.readString(path(artifact)).contains("-SNAPSHOT")) {
            faults.add(artifact + ": the POM names a snapshot");
        }
    }

    private Path path(String artifact) {
        return group.resolve(artifact).resolve(version).resolve(artifact + "-" + version + ".pom");
    }

    private Element pom(String artifact) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        try (InputStream in = Files.newInputStream(path(artifact))) {
            return factory.newDocumentBuilder().parse(in).getDocumentElement();
        }
    }

    private static Optional<Element> child(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                return Optional.of(element);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> text(Element parent, String name) {
        return child(parent, name).map(Element::getTextContent);
    }
}
