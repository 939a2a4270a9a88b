/** Topics, and consumers and workers on them. Begin with {@link dev.korm.kalam.consumer.Topics}. */
@NullMarked
package dev.korm.kalam.consumer;

import org.jspecify.annotations.NullMarked;
