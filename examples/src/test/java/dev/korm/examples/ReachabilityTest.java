package dev.korm.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.korm.Korm;
import dev.korm.codec.json.JsonObject;
import dev.korm.codec.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Member;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the quickstart, and the sale over two databases with a journal and files, have korm ask by reflection, recorded as they run, is what native images are told of, or the program's own. The classes of korm are loaded anew, with each call by which something is asked for by its name put
 * through a note of it. {@code NativeImageTest} of the core holds the same against the sources.
 */
class ReachabilityTest {
    private static final String METADATA = "META-INF/native-image/dev.korm/korm-core/reachability-metadata.json";
    private static final String PROGRAM = "dev.korm.examples.";

    private static final Set<String> OF_CLASSES = Set.of(
            "forName",
            "getMethod",
            "getMethods",
            "getDeclaredMethod",
            "getDeclaredMethods",
            "getField",
            "getDeclaredField",
            "getDeclaredFields",
            "getConstructor",
            "getConstructors",
            "getDeclaredConstructor",
            "getDeclaredConstructors",
            "getRecordComponents",
            "getEnumConstants",
            "getPermittedSubclasses",
            "getResource",
            "getResourceAsStream");

    /**
     * Something that was asked for.
     *
     * @param by the class that has asked
     * @param call the method that it has called
     */
    record Use(String by, String call, String type, String member) implements Comparable<Use> {
        @Override
        public int compareTo(Use other) {
            return toString().compareTo(other.toString());
        }
    }

    /** Loaded once, so that the classes that are loaded anew write down where the test reads. */
    public static final class Recorder {
        static final Set<Use> USES = new ConcurrentSkipListSet<>();

        private Recorder() {}

        /** Links a call that asks by reflection: it is noted, then made as it was. */
        public static CallSite link(MethodHandles.Lookup caller, String name, MethodType type, MethodHandle target)
                throws ReflectiveOperationException {
            MethodHandle note = MethodHandles.lookup()
                    .findStatic(
                            Recorder.class,
                            "note",
                            MethodType.methodType(void.class, String.class, String.class, Object[].class));
            MethodHandle noted = MethodHandles.insertArguments(
                            note, 0, caller.lookupClass().getName(), name)
                    .asCollector(Object[].class, type.parameterCount())
                    .asType(type.changeReturnType(void.class));
            return new ConstantCallSite(MethodHandles.foldArguments(target.asType(type), noted));
        }

        static void note(String by, String call, @Nullable Object[] arguments) {
            String type = "";
            String member = "";
            for (Object argument : arguments) {
                if (argument instanceof Class<?> one && type.isEmpty()) {
                    type = one.getName();
                } else if (argument instanceof Class<?>[] several && call.equals("newProxyInstance")) {
                    type = Arrays.stream(several).map(Class::getName).collect(Collectors.joining(","));
                } else if (argument instanceof String text && call.equals("forName")) {
                    type = text;
                } else if (argument instanceof String text && member.isEmpty()) {
                    member = text;
                } else if (argument instanceof Member one) {
                    type = one.getDeclaringClass().getName();
                    member = one instanceof Constructor ? "<init>" : one.getName();
                } else if (call.equals("writeObject") && argument != null && type.isEmpty()) {
                    String name = argument.getClass().getName();
                    int lambda = name.indexOf("$$Lambda");
                    type = lambda > 0 ? name.substring(0, lambda) : "";
                }
            }
            USES.add(new Use(by, call, type, call.equals("findConstructor") ? "<init>" : member));
        }
    }

    /** Loads korm, and the program, anew. */
    private static final class RecordingLoader extends ClassLoader {
        RecordingLoader(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.korm.") || name.startsWith(ReachabilityTest.class.getName())) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known == null ? recorded(name) : known;
            }
        }

        private Class<?> recorded(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                ClassReader reader = new ClassReader(in.readAllBytes());
                ClassWriter writer = new ClassWriter(reader, 0);
                reader.accept(new Recording(writer), 0);
                byte[] bytes = writer.toByteArray();
                return defineClass(name, bytes, 0, bytes.length, ReachabilityTest.class.getProtectionDomain());
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    /** Has the calls of a class linked by the recorder that ask for something by its name. */
    private static final class Recording extends ClassVisitor {
        private static final Handle LINK = new Handle(
                Opcodes.H_INVOKESTATIC,
                Type.getInternalName(Recorder.class),
                "link",
                "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;Ljava/lang/invoke/MethodHandle;)Ljava/lang/invoke/CallSite;",
                false);

        Recording(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            return new MethodVisitor(Opcodes.ASM9, next) {
                @Override
                public void visitMethodInsn(
                        int opcode, String owner, String called, String takes, boolean ofInterface) {
                    boolean isStatic = opcode == Opcodes.INVOKESTATIC;
                    if ((isStatic || opcode == Opcodes.INVOKEVIRTUAL) && asks(owner, called)) {
                        super.visitInvokeDynamicInsn(
                                called,
                                isStatic
                                        ? takes
                                        : "(" + Type.getObjectType(owner).getDescriptor() + takes.substring(1),
                                LINK,
                                new Handle(
                                        isStatic ? Opcodes.H_INVOKESTATIC : Opcodes.H_INVOKEVIRTUAL,
                                        owner,
                                        called,
                                        takes,
                                        false));
                    } else {
                        super.visitMethodInsn(opcode, owner, called, takes, ofInterface);
                    }
                }
            };
        }

        private static boolean asks(String owner, String called) {
            return switch (owner) {
                case "java/lang/Class" -> OF_CLASSES.contains(called);
                case "java/lang/ClassLoader" -> called.startsWith("getResource") || called.equals("loadClass");
                case "java/lang/invoke/MethodHandles$Lookup" ->
                    called.startsWith("find") || called.startsWith("unreflect") || called.startsWith("define");
                case "java/lang/reflect/Proxy" -> called.equals("newProxyInstance");
                case "java/util/ServiceLoader" -> called.equals("load");
                default -> called.equals("writeObject") && !owner.startsWith("java/nio/");
            };
        }
    }

    private static JsonObject metadata = new JsonObject();

    @BeforeAll
    static void run() throws Exception {
        try (InputStream in = requireNonNull(Korm.class.getClassLoader().getResourceAsStream(METADATA))) {
            metadata = (JsonObject) requireNonNull(JsonReader.tree(new String(in.readAllBytes(), UTF_8)));
        }
        ClassLoader loader = new RecordingLoader(ReachabilityTest.class.getClassLoader());
        Class.forName(Quickstart.class.getName(), true, loader)
                .getMethod("main", String[].class)
                .invoke(null, (Object) new String[0]);
        Class.forName(Sale.class.getName(), true, loader)
                .getMethod("main", String[].class)
                .invoke(null, (Object) new String[0]);
    }

    private static List<?> list(JsonObject entry, String member) {
        return entry.has(member) ? (List<?>) requireNonNull(entry.get(member)) : List.of();
    }

    private static boolean isTold(Use use) {
        return list(metadata, "reflection").stream()
                .map(entry -> (JsonObject) requireNonNull(entry))
                .filter(entry -> use.type().equals(entry.get("type")))
                .anyMatch(entry -> use.member().isEmpty()
                        || Stream.of("methods", "fields")
                                .flatMap(kind -> list(entry, kind).stream())
                                .anyMatch(
                                        each -> use.member().equals(((JsonObject) requireNonNull(each)).get("name"))));
    }

    @Test
    void what_is_asked_by_reflection_is_told_to_native_images_or_the_programs_own() {
        Set<Use> untold = new TreeSet<>();
        for (Use use : Recorder.USES) {
            if (!use.call().equals("load") && !use.type().startsWith(PROGRAM) && !isTold(use)) {
                untold.add(use);
            }
        }
        assertThat(untold).isEmpty();
    }

    @Test
    void services_are_found_by_files_that_images_keep() {
        Set<String> services = new TreeSet<>();
        for (Use use : Recorder.USES) {
            if (use.call().equals("load")) {
                services.add(use.type());
            }
        }
        assertThat(services).isNotEmpty().allSatisfy(service -> assertThat(
                        Korm.class.getClassLoader().getResource("META-INF/services/" + service))
                .isNotNull());
    }

    @Test
    void the_recording_sees_records_their_accessors_and_lambdas() {
        assertThat(Recorder.USES)
                .extracting(Use::call, Use::type)
                .contains(
                        tuple("findConstructor", PROGRAM + "Quickstart$Car"),
                        tuple("unreflect", PROGRAM + "Quickstart$Car"),
                        tuple("writeObject", PROGRAM + "Quickstart"),
                        tuple("findVarHandle", "dev.korm.jdbc.session.RunningStatement"));
    }

    @Test
    void no_class_is_made_and_no_resource_is_read() {
        assertThat(Recorder.USES)
                .extracting(Use::call)
                .noneMatch(call -> call.startsWith("define") || call.startsWith("getResource"));
    }
}
