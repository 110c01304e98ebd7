/* arrive_verify.h - is what has arrived what was there? Called by arrive.c. */
#ifndef CW_STORE_POSTGRES_ARRIVE_VERIFY_H
#define CW_STORE_POSTGRES_ARRIVE_VERIFY_H

#include "store/postgres/arrive_sql.h"

/* Reads all rows of both sides, and compares them: their number and a sum over all
 * their bytes, for each table, and for each conversation. */
bool cw_postgres_arrival_verify(struct cw_postgres_arrival *arrival);

#endif
