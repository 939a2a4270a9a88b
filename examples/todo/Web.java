import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executors;

/** Serves the files of the page, which are named one by one. */
class Web {
    public static void main(String[] arguments) throws Exception {
        Map<String, Path> files = Map.of(
                "/", Path.of(arguments[1], "index.html"),
                "/todo.js", Path.of(arguments[1], "todo.js"),
                "/korm.js", Path.of(arguments[2], "korm.js"));
        // Else the server waits for an acknowledgment between an answer's header and its body.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])), 0);
        server.createContext("/", exchange -> {
            Path file = files.get(exchange.getRequestURI().getPath());
            byte[] body = file == null ? "not found".getBytes() : Files.readAllBytes(file);
            String type = file == null ? "text/plain" : file.toString().endsWith(".js") ? "text/javascript" : "text/html";
            exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
            exchange.getResponseHeaders().set("Cache-Control", "no-cache");
            exchange.sendResponseHeaders(file == null ? 404 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        // A browser opens connections ahead of need, and one that says nothing must not keep the others waiting.
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }
}
