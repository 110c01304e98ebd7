/* folder.h - do the data folder and the database belong together? Called by backend.c and arrive.c.
 */
#ifndef CW_STORE_POSTGRES_FOLDER_H
#define CW_STORE_POSTGRES_FOLDER_H

#include <stdbool.h>

struct cw_sqlite; /* ../sqlite/state.h */

/* Compares the file `community` of the folder with the database, and writes it when both are new;
 * false with a sentence in which the folder is called `shown`. Before the pipeline begins. */
bool cw_postgres_folder_judge(struct cw_sqlite *s, const char *shown, char error[256]);

/* Servers on one database have one folder of files, in which each that runs has written which
 * process it is. Is it so? And this one writes it. False with a sentence. The same. */
bool cw_postgres_folder_is_shared(struct cw_sqlite *s, const char *shown, char error[256]);
bool cw_postgres_folder_say_node(struct cw_sqlite *s, const char *shown, char error[256]);

/* Writes that they do, whatever was there before; false with a sentence. */
bool cw_postgres_folder_mark(const char *folder, const char *community, char error[256]);

#endif
