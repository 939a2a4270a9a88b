package dev.korm.spring;

import dev.korm.Pool;
import dev.korm.PoolTransaction;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.TransactionManager;

/**
 * Spring's transactions over a pool. Where the application has no other transaction manager, {@code @Transactional} means the pool; otherwise it means the other, and {@link
 * KormTransactional} the pool.
 */
@AutoConfiguration(
        after = KormAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
            "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
            "org.springframework.boot.transaction.jta.autoconfigure.JtaAutoConfiguration"
        },
        beforeName = "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration")
@ConditionalOnBean(Pool.class)
public class KormTransactionAutoConfiguration {
    /** The manager of an application that has no other. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(TransactionManager.class)
    static class Alone {
        @Bean(KormTransactionManager.BEAN)
        KormTransactionManager kormTransactionManager(Pool pool) {
            return new KormTransactionManager(pool);
        }
    }

    /** The manager beside another, which is the one that is meant where none is named. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(TransactionManager.class)
    @ConditionalOnMissingBean(name = KormTransactionManager.BEAN)
    static class BesideAnother {
        @Bean(name = KormTransactionManager.BEAN, defaultCandidate = false)
        KormTransactionManager kormTransactionManager(Pool pool, ObjectProvider<SurroundingTransactions> surrounding) {
            return new KormTransactionManager(pool, PoolTransaction.Options.DEFAULT, surrounding.getIfAvailable());
        }
    }
}
