package dev.korm.testkit;

class InstalledMariaDbOrderKeyTest extends OrderKeyContract {
    @Override
    String newDatabase() {
        return InstalledMariaDb.newDatabase();
    }
}
