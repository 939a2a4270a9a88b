package dev.korm.testkit.kalam;

import dev.korm.testkit.kalam.data.FileStore;
import dev.korm.testkit.kalam.data.SqlFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartConfig;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** A request's text and files. */
record MultipartBody(Map<String, String> texts, Map<String, FileStore.Upload> uploads) {
    private static final int MAX_FILES = 20;
    private static final String PREFIX = "file:";

    static MultipartBody read(Request request, String type, long maxSize) throws IOException {
        MultiPartConfig config = new MultiPartConfig.Builder()
                .maxSize(maxSize)
                .maxPartSize(maxSize)
                .maxMemoryPartSize(maxSize)
                .maxParts(1000)
                .useFilesForPartsWithoutFileName(false)
                .build();
        Map<String, String> texts = new LinkedHashMap<>();
        Map<String, FileStore.Upload> uploads = new LinkedHashMap<>();
        try (MultiPartFormData.Parts parts = MultiPartFormData.getParts(request, request, type, config)) {
            for (MultiPart.Part part : parts) {
                if (!part.getName().startsWith(PREFIX)) {
                    texts.put(part.getName(), part.getContentAsString(StandardCharsets.UTF_8));
                    continue;
                }
                String placeholder = part.getName().substring(PREFIX.length());
                String mime = part.getHeaders().get(HttpHeader.CONTENT_TYPE);
                byte[] content;
                try (java.io.InputStream in = Content.Source.asInputStream(part.newContentSource(null, 0, -1))) {
                    content = in.readAllBytes();
                }
                uploads.put(
                        placeholder,
                        new FileStore.Upload(
                                part.getFileName() == null ? placeholder : part.getFileName(),
                                mime == null ? "application/octet-stream" : mime,
                                content));
            }
        }
        if (uploads.size() > MAX_FILES) {
            throw new SqlFailure(400, "TOO_MANY_FILES", "More than " + MAX_FILES + " files");
        }
        return new MultipartBody(texts, uploads);
    }

    String text(String name, String otherwise) {
        return texts.getOrDefault(name, otherwise);
    }
}
