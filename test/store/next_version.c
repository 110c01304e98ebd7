/* next_version.c - what the version after this one could be: the module chinwag-postgres.so with
 * one more change of the tables, in two steps, for tests with servers of two versions
 * (test_rolling.py). It takes the place of postgres/steps.c, of which it is made. */
#define cw_postgres_step           step_of_this_version
#define cw_postgres_schema_version this_version
#include "../../src/store/postgres/steps.c"
#undef cw_postgres_step
#undef cw_postgres_schema_version

/* Servers before know neither the columns nor the table; of `settled` they would violate the
 * condition. */
static const struct cw_postgres_change next = {
    .first = "ALTER TABLE messages ADD COLUMN settled bigint NOT NULL DEFAULT 0;"
             "ALTER TABLE users ADD COLUMN settled bigint NOT NULL DEFAULT 0;"
             "CREATE TABLE next_things(id bigint PRIMARY KEY);",
    .beside = true,
    .last = "UPDATE messages SET settled = 1; ALTER TABLE messages ALTER settled SET DEFAULT 1;"
            "ALTER TABLE messages ADD CHECK (settled = 1)"};

struct cw_postgres_change cw_postgres_step(int version);
int cw_postgres_schema_version(void);

struct cw_postgres_change cw_postgres_step(int version)
{
    return version < this_version() ? step_of_this_version(version) : next;
}

int cw_postgres_schema_version(void)
{
    return this_version() + 1;
}
