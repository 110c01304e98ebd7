/* steps.c - see migrations.h.
 *
 * What servers of the version before need not know goes into `first`, with `beside`: new tables,
 * indexes and functions, and columns with a default. What they would not survive (a column or
 * function that goes, a condition that they do not keep) goes into `last`: a row of the table
 * `version` has the level, the lowest version that a server must be of, and chinwagctl
 * finish-upgrade raises it. Until then the servers before may be started again. */
#include "store/postgres/migrations.h"

static const struct cw_postgres_change later[] = {
    /* The level; which version the program of each server is of, and which process has its row;
     * who has taken a session last. */
    {.first = "ALTER TABLE version ADD COLUMN level integer NOT NULL DEFAULT 0;"
              "ALTER TABLE nodes ADD COLUMN knows bigint NOT NULL DEFAULT 0;"
              "ALTER TABLE nodes ADD COLUMN process bigint NOT NULL DEFAULT 0;"
              "CREATE INDEX news_moved ON news(session_id, id) WHERE kind = 'moved'"},
    /* Who decides about a call that several servers share: see leases.c. */
    {.first = "CREATE SEQUENCE call_epochs;"
              "CREATE TABLE call_leases(id bigint PRIMARY KEY, node bigint NOT NULL, epoch bigint "
              "NOT NULL, lease timestamptz NOT NULL) WITH (fillfactor = 10)",
     .beside = true},
};

struct cw_postgres_change cw_postgres_step(int version)
{
    if (version < CW_POSTGRES_MIGRATIONS)
        return (struct cw_postgres_change){.first = cw_postgres_migrations[version]};
    return later[version - CW_POSTGRES_MIGRATIONS];
}

int cw_postgres_schema_version(void)
{
    return CW_POSTGRES_MIGRATIONS + (int)(sizeof later / sizeof later[0]);
}
