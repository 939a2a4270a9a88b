package dev.korm.depots.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CancellationException;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * Apache's client, whose waits for a connection end as the SDK expects. Where the time limit of a request ends such a wait, Apache's client lets the raw {@link
 * CancellationException} of its future pass, which the SDK hands on as it is: it is none of the SDK's exceptions, and the request is not attempted again. An
 * interceptor cannot help, since the SDK holds it to exceptions of the same class. Safe for many threads.
 */
final class S3HttpClient implements SdkHttpClient {
    private final SdkHttpClient client;

    private S3HttpClient(SdkHttpClient client) {
        this.client = client;
    }

    /** A maker of such clients, which the SDK makes and closes. */
    static final class Builder implements SdkHttpClient.Builder<Builder> {
        private final SdkHttpClient.Builder<?> client;

        Builder(SdkHttpClient.Builder<?> client) {
            this.client = client;
        }

        @Override
        public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
            return new S3HttpClient(client.buildWithDefaults(defaults));
        }
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        ExecutableHttpRequest prepared = client.prepareRequest(request);
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                try {
                    return prepared.call();
                } catch (CancellationException cancelled) {
                    InterruptedIOException ended = new InterruptedIOException(
                            "The request was ended while it waited for a connection: all of them are taken by others and by files that are being read");
                    ended.initCause(cancelled);
                    throw ended;
                }
            }

            @Override
            public void abort() {
                prepared.abort();
            }
        };
    }

    @Override
    public String clientName() {
        return client.clientName();
    }

    @Override
    public void close() {
        client.close();
    }
}
