package dev.korm.kalam.agent;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.consumer.Worker;
import dev.korm.kalam.consumer.WorkerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A worker that asks a language model about rows: the settings of it, before it is made. All else is a worker's: what fails is tried again, goes to {@code onFailed}, and is acknowledged
 * when it is done.
 *
 * @param <T> the type of rows
 */
public final class Agent<T> {
    /** A handler of rows. */
    @FunctionalInterface
    public interface Handler<T> {
        /** Handles a row; it is acknowledged when this returns. */
        void handle(AgentContext<T> context, T row) throws Exception;
    }

    private final WorkerBuilder<T> worker;
    private @Nullable LanguageModel model;
    private @Nullable String systemPrompt;

    private Agent(WorkerBuilder<T> worker) {
        this.worker = worker;
    }

    /** Returns an agent with the settings of a worker. */
    public static <T> Agent<T> of(WorkerBuilder<T> worker) {
        requireNonNull(worker, "worker");
        return new Agent<>(worker);
    }

    /** Sets the language model. */
    public Agent<T> model(LanguageModel chosen) {
        requireNonNull(chosen, "chosen");
        model = chosen;
        return this;
    }

    /** Sets what the model is told with each question. */
    public Agent<T> systemPrompt(String text) {
        requireNonNull(text, "text");
        systemPrompt = text;
        return this;
    }

    /** Makes the worker. */
    public Worker<T> onRow(Handler<T> handler) {
        requireNonNull(handler, "handler");
        LanguageModel chosen = model;
        String told = systemPrompt;
        return worker.handler(
                (context, change) -> handler.handle(new AgentContext<>(context, change, chosen, told), change.row()));
    }
}
