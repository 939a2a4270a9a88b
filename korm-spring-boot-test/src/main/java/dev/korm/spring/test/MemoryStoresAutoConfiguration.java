package dev.korm.spring.test;

import dev.korm.key.KeyRing;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.journal.JournalSource;
import dev.korm.spring.DepotProperties;
import dev.korm.spring.KormAutoConfiguration;
import dev.korm.spring.KormStores;
import dev.korm.spring.LayerProperties;
import dev.korm.testkit.memory.MemoryDepot;
import dev.korm.testkit.memory.MemoryJournal;
import dev.korm.testkit.memory.MemoryLayer;
import java.security.SecureRandom;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The stores of a {@link KormTest}, in memory, and a key for its secrets. */
@AutoConfiguration(before = KormAutoConfiguration.class)
public class MemoryStoresAutoConfiguration {
    private static final int KEY_BYTES = 32;

    @Bean
    @ConditionalOnMissingBean
    KormStores kormStores() {
        return new KormStores() {
            @Override
            public LayerSource layer(String name, LayerProperties properties) {
                MemoryLayer layer = MemoryLayer.create();
                return properties.isReadOnly() ? layer.readOnly() : layer;
            }

            @Override
            public DepotSource depot(String name, DepotProperties properties) {
                return MemoryDepot.create();
            }

            @Override
            public JournalSource journal(String folder) {
                return MemoryJournal.create();
            }
        };
    }

    @Bean
    @ConditionalOnMissingBean
    KeyRing kormKeys() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return KeyRing.of("test", Map.of("test", key));
    }
}
