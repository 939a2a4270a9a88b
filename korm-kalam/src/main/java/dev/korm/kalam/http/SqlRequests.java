package dev.korm.kalam.http;

import dev.korm.kalam.file.FilePart;
import dev.korm.kalam.file.UploadProgress;
import dev.korm.kalam.sql.QueryRequest;
import dev.korm.kalam.sql.QueryResponse;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import okhttp3.MultipartBody;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Requests for SQL, with files and without. */
public final class SqlRequests {
    private static final String PATH = "/v1/api/sql";
    private static final int MAX_FILES = 20;

    private final HttpTransport transport;

    /** Makes requests by a transport. */
    public SqlRequests(HttpTransport transport) {
        this.transport = transport;
    }

    /** Executes a request. */
    public QueryResponse query(QueryRequest request) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("sql", request.sql());
        if (!request.parameters().isEmpty()) {
            body.put("params", request.parameters());
        }
        request.namespace().ifPresent(name -> body.put("namespace_id", name));
        return QueryResponse.of(
                transport.post(
                        request.title(),
                        PATH,
                        body,
                        request.isRead(),
                        request.timeout().orElse(null)),
                request.table().orElse(null));
    }

    /** Executes a request that names files. */
    public QueryResponse queryWithFiles(
            QueryRequest request, List<FilePart> files, @Nullable Consumer<UploadProgress> progress) {
        if (files.isEmpty() || files.size() > MAX_FILES) {
            throw new IllegalArgumentException("A request has 1 to " + MAX_FILES + " files");
        }
        Set<String> placeholders = new HashSet<>();
        for (FilePart file : files) {
            if (!placeholders.add(file.placeholder())) {
                throw new IllegalArgumentException("Two files are named " + file.placeholder());
            }
            if (!request.sql().contains("FILE(\"" + file.placeholder() + "\")")
                    && !request.sql().contains("FILE('" + file.placeholder() + "')")) {
                throw new IllegalArgumentException("The statement does not name FILE(\"" + file.placeholder() + "\")");
            }
        }
        MultipartBody.Builder body =
                new MultipartBody.Builder().setType(MultipartBody.FORM).addFormDataPart("sql", request.sql());
        if (!request.parameters().isEmpty()) {
            body.addFormDataPart("params", JsonMapper.shared().writeValueAsString(request.parameters()));
        }
        request.namespace().ifPresent(name -> body.addFormDataPart("namespace_id", name));
        int index = 0;
        for (FilePart file : files) {
            body.addFormDataPart(
                    "file:" + file.placeholder(), file.fileName(), new FileBody(file, ++index, files.size(), progress));
        }
        return QueryResponse.of(
                transport.upload(request.title(), PATH, body.build()),
                request.table().orElse(null));
    }
}
