package dev.korm.model;

import static dev.korm.file.ReleasePolicy.AFTER;
import static dev.korm.file.ReleasePolicy.DELETE;
import static dev.korm.file.ReleasePolicy.KEEP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ModelException;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.file.OnRelease;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReleaseModelTest {
    record Part(@OnRelease(DELETE) FileRef manual, FileRef warranty) {}

    sealed interface Extra permits Radio, Roof {}

    record Radio(@OnRelease(KEEP) FileRef code) implements Extra {}

    record Roof(FileRef drawing) implements Extra {}

    record Car(
            @OnRelease(KEEP) FileRef invoice,
            @OnRelease(DELETE) Optional<FileRef> note,
            @OnRelease(KEEP) Unique<FileRef> title,
            @OnRelease(DELETE) List<FileRef> photos,
            @OnRelease(value = AFTER, grace = "PT36H") Map<String, List<FileRef>> papers,
            FileRef plain,
            List<Part> parts,
            List<Extra> extras) {}

    private static FileRef file(String name) {
        return FileRef.to(Rn.file("files", name));
    }

    @Test
    void each_file_is_seen_with_what_its_own_component_says() {
        Car car = new Car(
                file("invoice"),
                Optional.of(file("note")),
                Unique.of(file("title")),
                List.of(file("photo")),
                Map.of("deed", List.of(file("page"))),
                file("plain"),
                List.of(new Part(file("manual"), file("warranty"))),
                List.of(new Radio(file("code")), new Roof(file("drawing"))));
        Map<String, Optional<FileRelease>> seen = new TreeMap<>();

        Models.of(Car.class)
                .eachFile(
                        car, (file, declared) -> seen.put(file.rn().depotParts().get(0), declared));

        assertThat(seen)
                .isEqualTo(new TreeMap<>(Map.of(
                        "invoice", Optional.of(FileRelease.KEEP),
                        "note", Optional.of(FileRelease.DELETE),
                        "title", Optional.of(FileRelease.KEEP),
                        "photo", Optional.of(FileRelease.DELETE),
                        "page", Optional.of(FileRelease.after(Duration.ofHours(36))),
                        "plain", Optional.empty(),
                        "manual", Optional.of(FileRelease.DELETE),
                        "warranty", Optional.empty(),
                        "code", Optional.of(FileRelease.KEEP),
                        "drawing", Optional.empty())));
    }

    record OnText(@OnRelease(KEEP) String name) {}

    record OnReference(@OnRelease(KEEP) List<Rn<OnText>> names) {}

    record OnRecord(@OnRelease(DELETE) Part part) {}

    record OnRecords(@OnRelease(DELETE) List<Part> parts) {}

    record Nested(OnText inner) {}

    @ParameterizedTest
    @ValueSource(classes = {OnText.class, OnReference.class, OnRecord.class, OnRecords.class, Nested.class})
    void it_is_refused_on_what_is_no_file(Class<?> type) {
        assertThatThrownBy(() -> Models.of(type))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("The field On")
                .hasMessageContaining("@OnRelease")
                .hasMessageContaining("the component that is the FileRef");
    }

    record NoGrace(@OnRelease(AFTER) FileRef file) {}

    record Odd(@OnRelease(value = AFTER, grace = "a month") FileRef file) {}

    record Backwards(
            @OnRelease(value = AFTER, grace = "-P1D") FileRef file) {}

    record Needless(@OnRelease(value = KEEP, grace = "P1D") FileRef file) {}

    @ParameterizedTest
    @ValueSource(classes = {NoGrace.class, Odd.class, Backwards.class, Needless.class})
    void a_grace_that_says_nothing_is_refused(Class<?> type) {
        assertThatThrownBy(() -> Models.of(type))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(type.getSimpleName() + ".file")
                .hasMessageContaining("grace");
    }
}
