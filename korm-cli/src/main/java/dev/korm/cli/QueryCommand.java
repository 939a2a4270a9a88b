package dev.korm.cli;

import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Query;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Answers a question about a collection. */
@Command(
        name = "query",
        description = {
            "Lists items of a collection as a table, or as JSON, one a line.",
            "",
            "Sealed values are hidden. Example:",
            "  korm query --layer main=cars.sqlite garage:car \"make = 'Citroen' and owner.city is not null\" --order \"year desc\""
        },
        mixinStandardHelpOptions = true,
        versionProvider = KormCommand.Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it is answered, also where there is no such item",
            "1:it failed; standard error says why",
            "2:the command line was not valid"
        })
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class QueryCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private PoolOptions pool;

    @Mixin
    private CollectionOptions items;

    @Option(
            names = "--limit",
            paramLabel = "ITEMS",
            defaultValue = "100",
            description = "How many items at most: ${DEFAULT-VALUE}. With --json 0 stands for all.")
    private int limit;

    @Option(names = "--resolve", paramLabel = "PATH", description = "Shows what references name, too.")
    private List<String> resolved = List.of();

    @Option(names = "--width", paramLabel = "COLUMNS", defaultValue = "100", description = "Of the table.")
    private int width;

    @Option(names = "--json", description = "JSON, one item a line: rn, revision, data.")
    private boolean json;

    @Option(names = "--count", description = "Only how many there are.")
    private boolean count;

    @Option(
            names = "--explain",
            description =
                    "Only how it would be answered: what each layer is asked, by which index, and what korm does itself.")
    private boolean explain;

    private QueryCommand() {}

    @Override
    public void run() {
        if (limit < (json ? 0 : 1)) {
            throw new ParameterException(spec.commandLine(), "--limit is at least " + (json ? 0 : 1));
        }
        PrintWriter out = spec.commandLine().getOut();
        WalCommand.run(() -> {
            items.check();
            try (Pool open = pool.open()) {
                Query<Document> query = items.query(open).resolvePaths(resolved.toArray(String[]::new));
                if (count) {
                    out.println(query.count());
                } else if (explain) {
                    out.println((limit == 0 ? query : query.limit(limit)).explain());
                } else if (json) {
                    lines(limit == 0 ? query : query.limit(limit), out);
                } else {
                    table(query, out);
                }
            }
        });
        out.flush();
    }

    private static void lines(Query<Document> query, PrintWriter out) {
        try (Stream<Item<Document>> stream = query.stream()) {
            stream.forEach(item -> out.println(CollectionOptions.line(item, item.data())));
        }
    }

    private void table(Query<Document> query, PrintWriter out) {
        // One more tells whether there are more.
        List<Item<Document>> found =
                query.limit(limit == Integer.MAX_VALUE ? limit : limit + 1).get();
        if (found.isEmpty()) {
            spec.commandLine().getErr().println("There is no such item");
            return;
        }
        List<Item<Document>> shown = found.subList(0, Math.min(limit, found.size()));
        out.println(Korm.show(shown, Item.View.PLAIN.withWidth(width)));
        if (found.size() > limit) {
            spec.commandLine().getErr().println("There are more; --limit shows more of them");
        }
        spec.commandLine().getErr().flush();
    }
}
