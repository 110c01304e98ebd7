/* reserve.h - disk space that is reserved for a full disk. */
#ifndef CW_STORE_SQLITE_RESERVE_H
#define CW_STORE_SQLITE_RESERVE_H

#include <stdbool.h>

struct cw_sqlite; /* state.h */

/* Before the database is opened: gives the reserve up when the disk is full. */
void cw_sqlite_reserve_open(struct cw_sqlite *s);

/* Makes the reserve, unless it is there; sets disk_full. False: there is no room. */
bool cw_sqlite_reserve_make(struct cw_sqlite *s);
void cw_sqlite_reserve_give_up(struct cw_sqlite *s);

/* Is there little room, and is the log long enough to be copied into the database? */
bool cw_sqlite_room_scarce(struct cw_sqlite *s);

/* Is there room for all of the log in the database? */
bool cw_sqlite_room_for_log(struct cw_sqlite *s);

/* Gives the freed space to the log. */
void cw_sqlite_room_to_log(const struct cw_sqlite *s);

#endif
