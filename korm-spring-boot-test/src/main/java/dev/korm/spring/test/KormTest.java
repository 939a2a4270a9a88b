package dev.korm.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.junit.jupiter.SpringExtension;
import org.springframework.transaction.annotation.Transactional;

/**
 * A test of that part of an application which uses korm. Every layer of the application's properties is one in memory of the same name, and so are depots and the
 * journal; nothing else is configured, and of the application's components those are there that are a {@code @Repository}. Each test is a transaction that is rolled back.
 *
 * <pre>{@code
 * @KormTest
 * class GarageTest {
 *     @Autowired
 *     Items<Car> cars;
 *
 *     @Test
 *     void a_car_is_found_by_its_year() {
 *         cars.fromData(new Car("Citroen", 2014)).create();
 *         assertThat(cars.query().where(gt(Car::year, 2010)).count()).isEqualTo(1);
 *     }
 * }
 * }</pre>
 *
 * <p>What a store finds at the end of a transaction only, such as a unique value that is taken, needs a test that commits: {@code @Transactional(propagation =
 * Propagation.NOT_SUPPORTED)}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@BootstrapWith(KormTestContextBootstrapper.class)
@ExtendWith(SpringExtension.class)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(KormTypeExcludeFilter.class)
@Transactional
@ImportAutoConfiguration
public @interface KormTest {
    /** Names properties of the test, as {@code key=value}. */
    String[] properties() default {};

    /** Says whether the application's repositories are there. */
    boolean useDefaultFilters() default true;

    /** Names other components of the application that are there. */
    ComponentScan.Filter[] includeFilters() default {};

    /** Names repositories of the application that are not there. */
    ComponentScan.Filter[] excludeFilters() default {};

    /** Names configurations that are left out. */
    @AliasFor(annotation = ImportAutoConfiguration.class, attribute = "exclude")
    Class<?>[] excludeAutoConfiguration() default {};
}
