package dev.korm.depots.s3;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import dev.korm.spi.depot.FileLinks;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Links that are signed with the depot's key. */
final class S3Links implements FileLinks {
    private final S3Presigner presigner;
    private final String bucket;
    private final Function<Rn<?>, String> key;

    S3Links(S3Presigner presigner, String bucket, Function<Rn<?>, String> key) {
        this.presigner = presigner;
        this.bucket = bucket;
        this.key = key;
    }

    @Override
    public URI toGet(Rn<?> file, Duration valid) {
        requireNonNull(file, "file");
        requireNonNull(valid, "valid");
        return URI.create(presigner
                .presignGetObject(link -> link.signatureDuration(valid)
                        .getObjectRequest(request -> request.bucket(bucket).key(key.apply(file))))
                .url()
                .toString());
    }

    @Override
    public URI toPut(Rn<?> file, Duration valid, Optional<String> contentType) {
        requireNonNull(file, "file");
        requireNonNull(valid, "valid");
        requireNonNull(contentType, "contentType");
        return URI.create(presigner
                .presignPutObject(link -> link.signatureDuration(valid).putObjectRequest(request -> {
                    request.bucket(bucket).key(key.apply(file));
                    contentType.ifPresent(request::contentType);
                }))
                .url()
                .toString());
    }
}
