/* databases_absent.c - databases.h where libpq is not: nothing asks for it. */
#include "databases.h"

void database_open(struct fixture *f)
{
    (void)f;
    fail_msg("built without libpq");
}

void database_fill(struct fixture *f, bool full)
{
    (void)f, (void)full;
}

void database_drop(struct fixture *f)
{
    (void)f;
}
