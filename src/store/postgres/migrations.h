/* migrations.h - the tables in PostgreSQL, by versions: the way from each to the next has two
 * steps, so that servers of two neighbouring versions may run side by side. Called by schema.c. */
#ifndef CW_STORE_POSTGRES_MIGRATIONS_H
#define CW_STORE_POSTGRES_MIGRATIONS_H

#include <stdbool.h>

struct cw_postgres_change {
    const char *first; /* statements */
    bool beside; /* servers of the version before go on while `first` is done and behind it: it only
                    adds what they need not know. Else no other server may run */
    const char *last; /* what the servers before would not survive: done when none of them runs any
                         more. NULL: nothing */
};

/* From this version to the next; it is below cw_postgres_schema_version. */
struct cw_postgres_change cw_postgres_step(int version);
int cw_postgres_schema_version(void);

/* The first of them, which steps.c begins with. */
#define CW_POSTGRES_MIGRATIONS 2
extern const char *const cw_postgres_migrations[CW_POSTGRES_MIGRATIONS];

#endif
