package dev.korm.kalam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.kalam.error.KalamHttpException;
import dev.korm.kalam.file.FilePart;
import dev.korm.kalam.file.FileRef;
import dev.korm.kalam.file.UploadProgress;
import dev.korm.kalam.sql.QueryRequest;
import dev.korm.kalam.sql.Row;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Files as the specification says it, named by its rows; runs against any server. */
class FileConformanceTest {
    private static TestServer server;
    private static KalamClient admin;
    private static String table;

    @BeforeAll
    static void open() {
        server = TestServer.open();
        admin = server.as("admin").build();
        table = TestServer.namespace(admin) + ".docs";
        admin.query("CREATE USER TABLE " + table + " (id TEXT PRIMARY KEY, one FILE, two FILE)");
    }

    @AfterAll
    static void close() {
        admin.close();
        server.close();
    }

    @Test
    void L37_L38_L56_L57_files_are_sent_with_progress_and_read_again() throws Exception {
        byte[] large = new byte[300_000];
        java.util.Arrays.fill(large, (byte) 7);
        List<UploadProgress> progress = new ArrayList<>();
        admin.queryWithFiles(
                QueryRequest.of("INSERT INTO " + table + " (id, one, two) VALUES ($1, FILE(\"a\"), FILE(\"b\"))", "d1"),
                List.of(
                        FilePart.of("a", large, "Report 1 (ä).PDF", "application/pdf"),
                        FilePart.of("b", new byte[0], "empty", "text/plain")),
                progress::add);
        Row row = admin.query(QueryRequest.of("SELECT id, one, two FROM " + table + " WHERE id = $1", "d1")
                        .table(table))
                .rows()
                .get(0);
        FileRef one = admin.file(row, "one").orElseThrow();
        assertThat(one.size()).isEqualTo(300_000);
        assertThat(one.isPdf()).isTrue();
        assertThat(one.storedName()).isEqualTo(one.id() + "-report-1.pdf");
        assertThat(admin.download(one, table)).isEqualTo(large);
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        assertThat(admin.download(one, table, copy)).isEqualTo(300_000);
        assertThat(admin.download(admin.file(row, "two").orElseThrow(), table)).isEmpty();
        assertThat(admin.fileUri(row, "one").orElseThrow().toString()).startsWith(server.url() + "/v1/files/");
        assertThat(progress.get(progress.size() - 1)).isEqualTo(new UploadProgress(2, 2, "b", 0, 0, 100));
        assertThat(progress).anyMatch(event -> event.fileIndex() == 1 && event.percent() == 100);
        assertThat(progress).anyMatch(event -> event.fileIndex() == 1 && event.percent() < 100);
    }

    @Test
    void L37_requests_with_files_are_checked() {
        FilePart file = FilePart.of("a", new byte[1], "a.txt", "text/plain");
        assertThatThrownBy(() -> admin.queryWithFiles("INSERT INTO " + table + " (id) VALUES ('x')", List.of(file)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FilePart.of("a b", new byte[1], "a.txt", "text/plain"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FilePart.of("a", new byte[1], "a\r\nX: y", "text/plain"))
                .isInstanceOf(IllegalArgumentException.class);
        FilePart lying = FilePart.of(
                "a", () -> new ByteArrayInputStream("abc".getBytes(StandardCharsets.UTF_8)), 2, "a.txt", "text/plain");
        assertThatThrownBy(() -> admin.queryWithFiles(
                        "INSERT INTO " + table + " (id, one) VALUES ('x', FILE('a'))", List.of(lying)))
                .isInstanceOf(dev.korm.kalam.error.KalamConnectionException.class);
        assertThatThrownBy(
                        () -> admin.download(new FileRef("1", "f0001", "none.txt", 1, "text/plain", "", null), table))
                .isInstanceOfSatisfying(
                        KalamHttpException.class, e -> assertThat(e.code()).isEqualTo("FILE_NOT_FOUND"));
    }

    @Test
    void L54_L55_references_are_read_and_described() {
        FileRef video = FileRef.parse(
                        "{\"id\":\"1\",\"sub\":\"f0001\",\"name\":\"a.mp4\",\"size\":1536,\"mime\":\"video/mp4\",\"sha256\":\"x\"}")
                .orElseThrow();
        assertThat(video.formatSize()).isEqualTo("1.5 KB");
        assertThat(video.typeDescription()).isEqualTo("Video");
        assertThat(new FileRef("1", "f", "a", 512, "text/csv", "", null).formatSize())
                .isEqualTo("512 B");
        assertThat(new FileRef("1", "f", "a", 1L << 31, "text/csv", "", null).typeDescription())
                .isEqualTo("CSV File");
        assertThat(FileRef.parseAll(java.util.Arrays.asList("", null, "{", "{\"id\":\"1\",\"sub\":\"f\"}")))
                .hasSize(1);
        assertThatThrownBy(() -> new FileRef("1", "..", "a", 1, "a/b", "", null).relativePath())
                .isInstanceOf(IllegalArgumentException.class);
    }
}
