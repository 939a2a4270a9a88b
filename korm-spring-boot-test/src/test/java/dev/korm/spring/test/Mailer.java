package dev.korm.spring.test;

import org.springframework.stereotype.Component;

/** A component that needs what a test of the use of korm does not start. */
@Component
class Mailer {
    Mailer() {
        throw new IllegalStateException("There is no mail server");
    }
}
