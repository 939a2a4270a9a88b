package dev.korm.kalam.layer;

import dev.korm.kalam.auth.Auth;
import dev.korm.testkit.kalam.KalamServer;
import java.util.concurrent.atomic.AtomicInteger;

/** Namespaces of one server for the tests of a process, with all its traps. */
final class KalamStores {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private KalamStores() {}

    /** Holds the server, which is started when it is first asked for, and ends with the process. */
    private static final class Holder {
        static final KalamServer SERVER = KalamServer.start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close));
        }
    }

    static KalamServer server() {
        return Holder.SERVER;
    }

    /** Returns a namespace that nobody else has. */
    static KalamNamespace fresh() {
        return named("n" + NUMBER.incrementAndGet());
    }

    static KalamNamespace named(String name) {
        return Kalam.namespace(server().url(), name)
                .auth(Auth.basic("admin", server().password()))
                .durable();
    }
}
