package dev.korm.examples.clinic;

import static dev.korm.Filter.and;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.gte;
import static dev.korm.Order.asc;

import dev.korm.Encrypted;
import dev.korm.FieldPath;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.depots.local.LocalDepot;
import dev.korm.file.FileRef;
import dev.korm.key.KeyRing;
import dev.korm.spi.LayerSource;
import dev.korm.wal.Wal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The work of the clinic, over a pool of two databases, a folder for letters and a journal. Safe for many threads. */
public final class Clinic implements AutoCloseable {
    private final Pool pool;
    private final Items<Patient> patients;
    private final Items<Appointment> appointments;

    private Clinic(Pool pool) {
        this.pool = pool;
        this.patients = Korm.item(Patient.class, pool);
        this.appointments = Korm.item(Appointment.class, pool);
    }

    /**
     * Opens the clinic.
     *
     * @param folder for letters and the journal
     */
    public static Clinic open(LayerSource patients, LayerSource appointments, Path folder, KeyRing keys) {
        Pool pool = Korm.pool()
                .layer("patients", patients)
                .layer("appointments", appointments)
                .depot("letters", LocalDepot.at(folder.resolve("letters")))
                .withWal(Wal.at(folder.resolve("journal")))
                .keys(keys)
                .open();
        return new Clinic(pool);
    }

    Items<Appointment> appointments() {
        return appointments;
    }

    Item<Patient> admit(String name, String insurance) {
        return patients.fromData(new Patient(name, Encrypted.of(insurance))).create();
    }

    Optional<Item<Patient>> insured(String number) {
        return patients.query().where(eq(Patient::insurance, number)).first();
    }

    /** Deletes a patient, with the appointments in the other database, in one change. */
    void discharge(Rn<Patient> patient) {
        patients.fromRn(patient).get().delete();
    }

    Item<Appointment> arrange(Appointment appointment) {
        return appointments.fromData(appointment).create();
    }

    /** Returns what is to come for patients of a name, which the other database knows. */
    List<Item<Appointment>> upcoming(String patientName, Instant from) {
        return appointments
                .query()
                .where(and(
                        eq(FieldPath.path(Appointment::patient, Patient::name), patientName),
                        gte(Appointment::at, from)))
                .orderBy(asc(Appointment::at))
                .get();
    }

    /** Stores a letter with its appointment: both or neither. */
    Item<Appointment> write(Rn<Appointment> appointment, byte[] letter) {
        FileRef file =
                FileRef.of("letters", "letters/" + UUID.randomUUID(), letter).withContentType("text/plain");
        return appointments
                .fromRn(appointment)
                .get()
                .set(Appointment::letter, Optional.of(file))
                .commit();
    }

    Optional<byte[]> letter(Rn<Appointment> appointment) {
        return appointments
                .fromRn(appointment)
                .resolvePaths("letter")
                .get()
                .data()
                .letter()
                .map(FileRef::bytes);
    }

    @Override
    public void close() {
        pool.close();
    }
}
