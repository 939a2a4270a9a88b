package dev.korm.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test of several threads that race, which is run as often as the system property {@value Repetitions#PROPERTY} says, once if it says
 * nothing: a fault that shows once in many runs is found by repeating. The tag {@code concurrent} chooses all of them.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@Tag("concurrent")
@ExtendWith(Repetitions.class)
public @interface ConcurrentTest {}
