/* import_people.h - makes the users and groups of an import, with their members; and ends that.
 * Caller: import_write.c. */
#ifndef CW_SERVER_IMPORT_PEOPLE_H
#define CW_SERVER_IMPORT_PEOPLE_H

#include "server/import_run.h"

void cw_import_users(struct cw_import_writer *writer);
void cw_import_groups(struct cw_import_writer *writer);
/* When all posts are there: who was a member for them only leaves, and for the others all is read.
 */
void cw_import_groups_end(struct cw_import_writer *writer);

#endif
