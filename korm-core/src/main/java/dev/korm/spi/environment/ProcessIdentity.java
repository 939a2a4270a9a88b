package dev.korm.spi.environment;

import static dev.korm.argument.NullArgumentException.requireNonNull;

/**
 * The identity of one run of one program, to which something belongs, such as a lock or an entry of a journal. It says
 * nothing about whether the process still lives: only a lease that it no longer renews does, since number and host come
 * again.
 *
 * @param id differs for each run of each program
 * @param pid the operating system's number, for people who look for the process
 */
public record ProcessIdentity(String id, long pid) {
    public ProcessIdentity {
        requireNonNull(id, "id");
    }
}
