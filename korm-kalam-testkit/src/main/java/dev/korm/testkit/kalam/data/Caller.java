package dev.korm.testkit.kalam.data;

/** A user who asks, with the namespace of names that have none. */
public record Caller(String user, String role, String namespace, boolean isStandIn) {
    public boolean isAdmin() {
        return role.equals("dba") || role.equals("system");
    }

    public boolean isService() {
        return isAdmin() || role.equals("service");
    }

    public Caller in(String other) {
        return new Caller(user, role, other, isStandIn);
    }

    /** Returns the caller of a statement that is executed as another user, if that is allowed. */
    public Caller standingInFor(String target, String targetRole) {
        boolean isAllowed =
                switch (role) {
                    case "system" -> true;
                    case "dba" -> !targetRole.equals("system");
                    case "service" -> targetRole.equals("user") || targetRole.equals("service");
                    default -> user.equals(target);
                };
        if (!isAllowed) {
            throw SqlFailure.denied("EXECUTE AS USER '" + target + "' is not allowed for role " + role);
        }
        return new Caller(target, "user", namespace, !user.equals(target));
    }

    public void mayRead(TableDef table) {
        boolean isAllowed = !table.isShared()
                || switch (table.access()) {
                    case "PUBLIC" -> true;
                    case "DBA" -> isAdmin();
                    default -> isService();
                };
        if (!isAllowed) {
            throw SqlFailure.denied("Access to table '" + table.id() + "' denied");
        }
    }

    void mayWrite(TableDef table) {
        if (isStandIn && table.isShared()) {
            throw SqlFailure.execution("Writes to SHARED tables are not allowed with EXECUTE AS USER");
        }
        boolean isAllowed = !table.isShared() || (table.access().equals("DBA") ? isAdmin() : isService());
        if (!isAllowed) {
            throw SqlFailure.denied("Write access to table '" + table.id() + "' denied");
        }
    }

    void requireAdmin(String what) {
        if (!isAdmin()) {
            throw SqlFailure.denied(what + " requires role dba or system");
        }
    }
}
