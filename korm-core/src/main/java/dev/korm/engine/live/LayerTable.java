package dev.korm.engine.live;

import dev.korm.spi.query.TableName;

/** A table of a layer. */
record LayerTable(String layer, TableName table) {}
