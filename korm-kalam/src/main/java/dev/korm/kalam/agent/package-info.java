/** Agents: workers on a topic that ask a language model. Begin with {@link dev.korm.kalam.agent.Agent}. It uses {@code consumer}, {@code error} and {@code sql}. */
@NullMarked
package dev.korm.kalam.agent;

import org.jspecify.annotations.NullMarked;
