package dev.korm.spring;

import dev.korm.ConfigurationException;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.event.PoolListener;
import dev.korm.key.KeyRing;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.transaction.ConfigurableTransactionManager;

/**
 * The pool of an application, and its items wherever they are asked for: a constructor that takes {@code Items<Car>} is given the cars. Where the application has a pool
 * of its own, none is made.
 */
@AutoConfiguration(afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnBooleanProperty(name = "korm.enabled", matchIfMissing = true)
@EnableConfigurationProperties(KormProperties.class)
public class KormAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    KormStores kormStores(ConfigurableListableBeanFactory beans, SurroundingTransactions transactions) {
        return new ConfiguredStores(beans, transactions);
    }

    @Bean
    SurroundingTransactions kormSurroundingTransactions() {
        return new SurroundingTransactions();
    }

    /** Tells {@link SurroundingTransactions} of what the transaction managers of the application begin and commit. */
    @Bean
    static BeanPostProcessor kormSurroundingTransactionListener(ObjectProvider<SurroundingTransactions> transactions) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (bean instanceof ConfigurableTransactionManager manager
                        && !(bean instanceof KormTransactionManager)) {
                    transactions.ifAvailable(all -> manager.addListener(all.listener()));
                }
                return bean;
            }
        };
    }

    @Bean
    StoreDescriptions kormStoreDescriptions() {
        return new StoreDescriptions();
    }

    /** Is closed after all that uses it, and before the data sources that it uses; it waits for changes under way. */
    @Bean(name = PoolFactory.POOL, destroyMethod = "close")
    @ConditionalOnMissingBean(Pool.class)
    Pool kormPool(
            KormProperties properties,
            KormStores stores,
            StoreDescriptions descriptions,
            SurroundingTransactions transactions,
            ConfigurableListableBeanFactory beans,
            Environment environment,
            ObjectProvider<KeyRing> keys,
            ObjectProvider<PoolListener> listeners,
            ObjectProvider<KormPoolCustomizer> customizers) {
        Pool pool = new PoolFactory(properties, stores, descriptions, beans, environment)
                .open(keys, listeners, customizers);
        transactions.attach(pool);
        return pool;
    }

    /** Makes the items of the record that the place of injection names. */
    @Bean
    @Scope(BeanDefinition.SCOPE_PROTOTYPE)
    @ConditionalOnMissingBean(name = "kormItems")
    <T> Items<T> kormItems(@Nullable InjectionPoint place, Pool pool) {
        return Korm.item(KormAutoConfiguration.<T>recordOf(place), pool);
    }

    @SuppressWarnings("unchecked") // It is what the place of injection declares.
    private static <T> Class<T> recordOf(@Nullable InjectionPoint place) {
        ResolvableType type = ResolvableType.NONE;
        if (place instanceof DependencyDescriptor descriptor) {
            type = descriptor.getResolvableType();
        } else if (place != null) {
            MethodParameter parameter = place.getMethodParameter();
            type = parameter != null
                    ? ResolvableType.forMethodParameter(parameter)
                    : place.getField() != null ? ResolvableType.forField(place.getField()) : type;
        }
        Class<?> found = type.as(Items.class).getGeneric(0).resolve();
        if (found == null || found == Object.class) {
            throw new ConfigurationException("Items are injected where their record is named, as in Items<Car>"
                    + (place == null
                            ? "; ask the pool otherwise: Korm.item(Car.class, pool)"
                            : ", not at " + place.getMember()));
        }
        return (Class<T>) found;
    }
}
