/* places.h - the data folder: created, and checked before it is used. */
#ifndef CW_STORE_SQLITE_PLACES_H
#define CW_STORE_SQLITE_PLACES_H

#include <stdbool.h>

#define CW_SQLITE_FILE "chinwag.db"
/* Of which database in a PostgreSQL the folder is (../postgres/folder.c). */
#define CW_COMMUNITY_FILE "community"

/* The path of `name` in the folder, of the folder itself for ""; to be freed. */
char *cw_sqlite_path(const char *folder, const char *name);
/* The folder as the caller called it, in a form that SQLite takes for no URI; to be freed. */
char *cw_sqlite_folder_of(const char *folder);

/* Creates missing files and checks existing ones; false with a sentence in which the folder is
 * called `shown`. */
bool cw_sqlite_places_make(const char *folder, const char *shown, char error[256]);
/* The same without a database: the folder, and that of bodies. */
bool cw_sqlite_folder_make(const char *folder, const char *shown, char error[256]);

/* The sentence for a database that is not there, while what belongs to it is. */
void cw_sqlite_explain_missing(const char *shown, const char *what, char error[256]);

#endif
