package dev.korm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ModelException;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records in a module that was never asked about korm. */
class ClosedModuleTest {
    @TempDir
    Path folder;

    private Class<?> compiled(String directive, String type) throws IOException, ClassNotFoundException {
        Path module = folder.resolve("module-info.java");
        Path record = folder.resolve("Thing.java");
        Files.writeString(module, "module closed { " + directive + " }");
        Files.writeString(record, "package closed.inside; " + type);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Path classes = folder.resolve("classes");
        assertThat(compiler.run(
                        null, null, null, "-proc:none", "-d", classes.toString(), module.toString(), record.toString()))
                .isZero();
        Configuration configuration = ModuleLayer.boot()
                .configuration()
                .resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("closed"));
        return ModuleLayer.defineModulesWithOneLoader(
                        configuration, List.of(ModuleLayer.boot()), ClassLoader.getSystemClassLoader())
                .layer()
                .findLoader("closed")
                .loadClass("closed.inside.Thing");
    }

    @Test
    void a_package_that_is_closed_is_refused_with_the_line_to_write() throws Exception {
        Class<?> type = compiled("", "record Thing(String name) {}");
        assertThatThrownBy(() -> Models.of(type))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll("closed.inside.Thing", "opens closed.inside to dev.korm");
    }

    @Test
    void an_exported_public_record_needs_no_opening() throws Exception {
        Class<?> type = compiled("exports closed.inside;", "public record Thing(String name) {}");
        assertThat(Models.of(type).fieldNames()).containsExactly("name");
    }

    @Test
    void an_opened_package_may_keep_its_records_to_itself() throws Exception {
        Class<?> type = compiled("opens closed.inside;", "record Thing(String name) {}");
        assertThat(Models.of(type).fieldNames()).containsExactly("name");
    }
}
