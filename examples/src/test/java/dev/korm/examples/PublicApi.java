package dev.korm.examples;

import dev.korm.Korm;
import dev.korm.depots.local.LocalDepot;
import dev.korm.depots.s3.S3Depot;
import dev.korm.jackson.KormModule;
import dev.korm.wal.Wal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The public types of a module's exported packages, and their public and protected members: a line for each, in a fixed order. */
final class PublicApi {
    private static final Pattern EXPORTED = Pattern.compile("exports ([\\w.]+);");

    private PublicApi() {}

    /**
     * Lists a module that says what it exports.
     *
     * @param sources its folder
     * @param one any class of it
     */
    static List<String> of(Path sources, Class<?> one) throws IOException {
        return of(one, exported(sources)::contains);
    }

    /** Lists one room of a module that says nothing of exports. */
    static List<String> ofRoom(Class<?> one) throws IOException {
        return of(one, one.getPackageName()::equals);
    }

    /** Lists a module that exports whatever is public. */
    static List<String> of(Class<?> one) throws IOException {
        return of(one, name -> true);
    }

    /** Returns the public types of the core, the depots, the journal and the JSON, where null is refused by name. */
    static List<Class<?>> types(Path root) throws IOException {
        List<Class<?>> types = new ArrayList<>();
        Map<String, Class<?>> modules = Map.of(
                "korm-core",
                Korm.class,
                "korm-depots",
                LocalDepot.class,
                "korm-s3",
                S3Depot.class,
                "korm-wal",
                Wal.class,
                "korm-jackson",
                KormModule.class);
        for (Map.Entry<String, Class<?>> module : modules.entrySet()) {
            Set<String> exported = exported(root.resolve(module.getKey()));
            types.addAll(types(module.getValue(), exported::contains).values());
        }
        return types;
    }

    /** Returns the public types of a module. */
    static Collection<Class<?>> types(Path sources, Class<?> one) throws IOException {
        return types(one, exported(sources)::contains).values();
    }

    private static Set<String> exported(Path sources) throws IOException {
        return EXPORTED.matcher(Files.readString(sources.resolve("src/main/java/module-info.java")))
                .results()
                .map(MatchResult::group)
                .map(line -> line.substring("exports ".length(), line.length() - 1))
                .collect(Collectors.toSet());
    }

    private static List<String> of(Class<?> one, Predicate<String> exported) throws IOException {
        return types(one, exported).values().stream()
                .flatMap(type -> lines(type).stream())
                .toList();
    }

    private static SortedMap<String, Class<?>> types(Class<?> one, Predicate<String> exported) throws IOException {
        try {
            Path place = Path.of(
                    one.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (Files.isDirectory(place)) {
                return types(place, one.getClassLoader(), exported);
            }
            try (FileSystem archive = FileSystems.newFileSystem(place)) {
                return types(archive.getPath("/"), one.getClassLoader(), exported);
            }
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static SortedMap<String, Class<?>> types(Path root, ClassLoader loader, Predicate<String> exported)
            throws IOException {
        SortedMap<String, Class<?>> types = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                String name =
                        root.relativize(file).toString().replace('\\', '/').replace('/', '.');
                if (!name.endsWith(".class") || name.endsWith("-info.class")) {
                    continue;
                }
                String type = name.substring(0, name.length() - ".class".length());
                if (exported.test(type.substring(0, Math.max(0, type.lastIndexOf('.'))))) {
                    Class<?> found = load(loader, type);
                    if (isPublic(found)) {
                        types.put(type, found);
                    }
                }
            }
        }
        return types;
    }

    private static Class<?> load(ClassLoader loader, String name) {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private static boolean isPublic(Class<?> type) {
        for (Class<?> each = type; each != null; each = each.getEnclosingClass()) {
            if (!isVisible(each.getModifiers()) || each.isAnonymousClass() || each.isLocalClass()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static List<String> lines(Class<?> type) {
        StringBuilder head = new StringBuilder(Modifier.toString(type.getModifiers() & ~Modifier.INTERFACE));
        if (type.isSealed()) {
            head.append(" sealed");
        }
        head.append(' ')
                .append(kind(type))
                .append(' ')
                .append(type.getName())
                .append(variables(type.getTypeParameters()));
        Type above = type.getGenericSuperclass();
        if (above != null && above != Object.class && !type.isEnum() && !type.isRecord()) {
            head.append(" extends ").append(above.getTypeName());
        }
        String interfaces = Arrays.stream(type.getGenericInterfaces())
                .filter(each -> each != java.lang.annotation.Annotation.class)
                .map(Type::getTypeName)
                .sorted()
                .collect(Collectors.joining(", "));
        if (!interfaces.isEmpty()) {
            head.append(type.isInterface() ? " extends " : " implements ").append(interfaces);
        }
        List<String> lines = new ArrayList<>();
        lines.add(head.toString().trim());
        Set<String> members = new TreeSet<>();
        for (Field field : type.getDeclaredFields()) {
            add(members, field, field.getGenericType().getTypeName() + " " + field.getName());
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            add(members, constructor, "new" + parameters(constructor));
        }
        for (Method method : type.getDeclaredMethods()) {
            String variables = variables(method.getTypeParameters());
            String made = method.getDefaultValue() == null ? "" : " default";
            add(
                    members,
                    method,
                    (variables + " " + method.getGenericReturnType().getTypeName() + " " + method.getName()).trim()
                            + parameters(method)
                            + made);
        }
        members.forEach(member -> lines.add("  " + member));
        return lines;
    }

    private static String kind(Class<?> type) {
        if (type.isAnnotation()) {
            return "@interface";
        }
        if (type.isInterface()) {
            return "interface";
        }
        return type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
    }

    private static void add(Set<String> members, Member member, String text) {
        if (isVisible(member.getModifiers()) && !member.isSynthetic()) {
            int shown = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.FINAL | Modifier.ABSTRACT;
            boolean open = member instanceof Method method && method.isDefault();
            members.add(Modifier.toString(member.getModifiers() & shown) + (open ? " default " : " ") + text);
        }
    }

    private static String variables(TypeVariable<?>[] variables) {
        if (variables.length == 0) {
            return "";
        }
        return Arrays.stream(variables)
                .map(each -> Arrays.stream(each.getBounds())
                        .map(Type::getTypeName)
                        .filter(bound -> !bound.equals("java.lang.Object"))
                        .collect(Collectors.joining(" & ", each.getName() + " extends ", ""))
                        .replaceFirst(" extends $", ""))
                .collect(Collectors.joining(", ", "<", ">"));
    }

    private static String parameters(Executable executable) {
        return Arrays.stream(executable.getGenericParameterTypes())
                .map(Type::getTypeName)
                .collect(Collectors.joining(", ", "(", ")"));
    }
}
