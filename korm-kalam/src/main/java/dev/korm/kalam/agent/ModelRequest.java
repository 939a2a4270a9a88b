package dev.korm.kalam.agent;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import java.util.Optional;

/**
 * A question to a language model.
 *
 * @param prompt the question
 * @param systemPrompt that the agent has, if it has one
 * @param runKey the same with each attempt and delivery of a message
 * @param row that the agent works on
 */
public record ModelRequest(String prompt, Optional<String> systemPrompt, String runKey, Object row) {
    /** Checks it. */
    public ModelRequest {
        requireNonNull(prompt, "prompt");
        requireNonNull(systemPrompt, "systemPrompt");
        requireNonNull(runKey, "runKey");
        requireNonNull(row, "row");
    }

    /** Returns the run key alone, since the rest is data. */
    @Override
    public String toString() {
        return "ModelRequest[" + runKey + "]";
    }
}
