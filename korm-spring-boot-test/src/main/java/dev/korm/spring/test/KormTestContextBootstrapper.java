package dev.korm.spring.test;

import org.springframework.boot.test.autoconfigure.TestSliceTestContextBootstrapper;

/** The start of the context of a {@link KormTest}. */
final class KormTestContextBootstrapper extends TestSliceTestContextBootstrapper<KormTest> {}
