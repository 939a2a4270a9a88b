package dev.korm.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spring.KormProperties;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The page about Spring Boot: its Java compiles, and its properties are those that there are. */
class SpringPageTest {
    private static final Path PAGE = Path.of("..", "docs", "spring-boot.md");

    private static final String BEFORE = """
            import static dev.korm.Filter.*;
            import static org.assertj.core.api.Assertions.assertThat;
            import dev.korm.*;
            import dev.korm.spring.*;
            import dev.korm.spring.test.*;
            import java.time.*;
            import java.util.*;
            import org.junit.jupiter.api.Test;
            import org.springframework.beans.factory.annotation.Autowired;
            import org.springframework.context.annotation.Bean;
            import org.springframework.stereotype.Repository;
            import org.springframework.transaction.annotation.Transactional;
            class Page {
                interface Jdbc {
                    int update(String sql, Object... values);
                }
                Jdbc jdbc;
                record Invoice(boolean paid) {}
                record User(String name, int cars) {}
                record Car(String make, int year, Rn<User> owner) {
                    Car(String make, int year) {
                        this(make, year, null);
                    }
                }
            """;

    @Test
    void its_java_compiles(@TempDir Path folder) throws Exception {
        List<String> blocks = blocks("java");
        assertThat(blocks).hasSize(5);
        Path source = Files.writeString(folder.resolve("Page.java"), BEFORE + String.join("\n", blocks) + "}\n");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
            boolean compiled = compiler.getTask(
                            null,
                            files,
                            found,
                            List.of(
                                    "-proc:none",
                                    "-d",
                                    folder.toString(),
                                    "-cp",
                                    System.getProperty("java.class.path")),
                            null,
                            files.getJavaFileObjects(source))
                    .call();
            assertThat(compiled).as(found.getDiagnostics().toString()).isTrue();
        }
    }

    @Test
    void its_properties_are_there() throws Exception {
        Properties all = new Properties();
        for (String block : blocks("properties")) {
            all.load(new StringReader(block));
        }
        all.keySet().removeIf(key -> !key.toString().startsWith("korm."));
        assertThat(all).hasSizeGreaterThan(5);

        new Binder(new MapConfigurationPropertySource((Map<?, ?>) all))
                .bind("korm", Bindable.of(KormProperties.class), new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
                .get();
    }

    private static List<String> blocks(String language) throws Exception {
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        List<String> found = new ArrayList<>();
        while (block.find()) {
            found.add(block.group(1));
        }
        return found;
    }
}
