package dev.korm.spring.test;

import java.util.Set;
import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;
import org.springframework.stereotype.Repository;

/** The choice of the application's components that are there in a {@link KormTest}. */
final class KormTypeExcludeFilter extends StandardAnnotationCustomizableTypeExcludeFilter<KormTest> {
    KormTypeExcludeFilter(Class<?> test) {
        super(test);
    }

    @Override
    protected Set<Class<?>> getKnownIncludes() {
        return Set.of(Repository.class);
    }
}
