package dev.korm.kalam.agent;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.consumer.Change;
import dev.korm.kalam.consumer.TopicMessage;
import dev.korm.kalam.consumer.WorkerContext;
import dev.korm.kalam.sql.KalamSql;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An agent's state at a row, and what it works with. */
public final class AgentContext<T> {
    private final WorkerContext worker;
    private final Change<T> change;
    private final @Nullable LanguageModel model;
    private final @Nullable String systemPrompt;

    AgentContext(WorkerContext worker, Change<T> change, @Nullable LanguageModel model, @Nullable String systemPrompt) {
        this.worker = worker;
        this.change = change;
        this.model = model;
        this.systemPrompt = systemPrompt;
    }

    /** Returns the agent's name. */
    public String name() {
        return worker.name();
    }

    /** Returns the topic. */
    public String topic() {
        return message().topic();
    }

    /** Returns the group. */
    public String group() {
        return message().group();
    }

    /** Returns a key that is the same with each attempt and delivery. Use it to do a thing once. */
    public String runKey() {
        return worker.runKey();
    }

    /** Returns the attempt, from 1. */
    public int attempt() {
        return worker.attempt();
    }

    /** Returns how many attempts there are; 0 means no limit. */
    public int maxAttempts() {
        return worker.maxAttempts();
    }

    /** Returns the message that the row came with. */
    public TopicMessage message() {
        return change.message();
    }

    /** Returns the row. */
    public T row() {
        return change.row();
    }

    /** Returns whose row it is; rows of SHARED tables are nobody's. */
    public Optional<String> user() {
        return message().user();
    }

    /** Returns the agent's system prompt, if it has one. */
    public Optional<String> systemPrompt() {
        return Optional.ofNullable(systemPrompt);
    }

    /** Asks the language model, with the agent's system prompt, the run key and the row. */
    public String complete(String prompt) throws Exception {
        requireNonNull(prompt, "prompt");
        return model().complete(request(prompt));
    }

    /**
     * Asks the language model for its answer piece by piece.
     *
     * @throws UnsupportedOperationException unless the model streams
     */
    public void stream(String prompt, Consumer<String> pieces) throws Exception {
        requireNonNull(prompt, "prompt");
        requireNonNull(pieces, "pieces");
        model().stream(request(prompt), pieces);
    }

    private LanguageModel model() {
        if (model == null) {
            throw new IllegalStateException(
                    "The agent \"" + name() + "\" has no language model; give it one by model(…)");
        }
        return model;
    }

    private ModelRequest request(String prompt) {
        return new ModelRequest(prompt, systemPrompt(), runKey(), row());
    }

    /** Returns the client, for SQL. */
    public KalamSql sql() {
        return worker.sql();
    }

    /** Returns the client in the name of another user. */
    public KalamSql asUser(String user) {
        requireNonNull(user, "user");
        return worker.asUser(user);
    }

    /** Acknowledges the row now; otherwise it is when the handler has returned. */
    public void ack() {
        worker.ack();
    }
}
