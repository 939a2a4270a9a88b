/** The change feed of a namespace: what the ledger notes of followed tables. Begin with {@link dev.korm.kalam.layer.feed.Following}. It uses the ledger. */
@NullMarked
package dev.korm.kalam.layer.feed;

import org.jspecify.annotations.NullMarked;
