package dev.korm.testkit.mysql;

class OldestMariaDbOrderKeyTest extends OrderKeyContract {
    @Override
    String newDatabase() {
        return OldestMariaDb.newDatabase();
    }
}
