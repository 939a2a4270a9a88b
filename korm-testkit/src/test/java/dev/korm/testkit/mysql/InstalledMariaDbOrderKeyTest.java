package dev.korm.testkit.mysql;

class InstalledMariaDbOrderKeyTest extends OrderKeyContract {
    @Override
    String newDatabase() {
        return InstalledMariaDb.newDatabase();
    }
}
