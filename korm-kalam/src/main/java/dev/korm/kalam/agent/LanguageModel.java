package dev.korm.kalam.agent;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import java.util.function.Consumer;

/** A language model as an agent asks it. The program implements it over the library of its model. */
@FunctionalInterface
public interface LanguageModel {
    /** Returns the model's whole answer. What it throws is a failed attempt of the agent. */
    String complete(ModelRequest request) throws Exception;

    /**
     * Hands over the model's answer piece by piece, and returns behind the last.
     *
     * @throws UnsupportedOperationException unless the model streams
     */
    default void stream(ModelRequest request, Consumer<String> pieces) throws Exception {
        requireNonNull(request, "request");
        requireNonNull(pieces, "pieces");
        throw new UnsupportedOperationException(
                "The language model does not stream; implement stream of LanguageModel, or ask it by complete");
    }
}
