#!/usr/bin/env bash
# AWS SDK for Java 2.56.0 over its Apache 5 client: a request that reaches its time limit (apiCallAttemptTimeout) while it waits
# for a connection fails with a raw java.util.concurrent.CancellationException, which is no SdkException, and is not attempted
# again. One that reaches the same limit while the server is silent fails with ApiCallAttemptTimeoutException.
#
# The SDK's timer aborts the request, which cancels the future that the pool of connections is asked by; what the future throws is
# passed on as it is. A program that catches SdkException, as the documentation says, does not see it.
#
# Seen with OpenJDK 17:
#   the server is silent: software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException, an SdkException
#   no connection is free: java.util.concurrent.CancellationException, no SdkException
#   with an interceptor: java.lang.IllegalArgumentException, no SdkException
# What follows: a client around Apache's that makes an IOException of it, which the SDK knows how to go on with. An ExecutionInterceptor
# cannot: what its modifyException returns has to be of the same class.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version>
<dependencies><dependency><groupId>software.amazon.awssdk</groupId><artifactId>s3</artifactId><version>2.56.0</version></dependency>
<dependency><groupId>software.amazon.awssdk</groupId><artifactId>apache5-client</artifactId><version>2.56.0</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency></dependencies></project>
POM
mvn -q dependency:copy-dependencies -DoutputDirectory=lib
cat > Demo.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executors;
import software.amazon.awssdk.auth.credentials.*;
import software.amazon.awssdk.core.exception.*;
import software.amazon.awssdk.core.interceptor.*;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

public class Demo {
    static class Translating implements ExecutionInterceptor {
        @Override
        public Throwable modifyException(Context.FailedExecution context, ExecutionAttributes attributes) {
            return SdkClientException.create("no connection", context.exception());
        }
    }

    static S3Client client(HttpServer server, ExecutionInterceptor interceptor) {
        return S3Client.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
                .httpClientBuilder(Apache5HttpClient.builder()
                        .maxConnections(1)
                        .connectionAcquisitionTimeout(Duration.ofSeconds(30)))
                .overrideConfiguration(all -> all.apiCallAttemptTimeout(Duration.ofMillis(500))
                        .addExecutionInterceptor(interceptor))
                .build();
    }

    static void ask(String what, Runnable request) {
        try {
            request.run();
            System.out.println(what + ": answered");
        } catch (RuntimeException failed) {
            System.out.println(what + ": " + failed.getClass().getName()
                    + (failed instanceof SdkException ? ", an SdkException" : ", no SdkException"));
        }
    }

    public static void main(String[] args) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", exchange -> {
            if (exchange.getRequestURI().getPath().endsWith("silent")) {
                return; // No answer.
            }
            byte[] body = new byte[1000];
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try (S3Client s3 = client(server, new ExecutionInterceptor() {})) {
            ask("the server is silent", () -> s3.headObject(head -> head.bucket("b").key("silent")));
            try (var held = s3.getObject(get -> get.bucket("b").key("held"))) {
                ask("no connection is free", () -> s3.headObject(head -> head.bucket("b").key("other")));
                held.abort();
            }
        }
        try (S3Client s3 = client(server, new Translating());
                var held = s3.getObject(get -> get.bucket("b").key("held"))) {
            ask("with an interceptor", () -> s3.headObject(head -> head.bucket("b").key("other")));
            held.abort();
        }
        server.stop(0);
    }
}
JAVA
java -cp 'lib/*' Demo.java | tee out
diff out - <<'EXPECTED'
the server is silent: software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException, an SdkException
no connection is free: java.util.concurrent.CancellationException, no SdkException
with an interceptor: java.lang.IllegalArgumentException, no SdkException
EXPECTED
echo "as described"
