/* files.h - files that go with a commit. */
#ifndef CW_STORE_SQLITE_FILES_H
#define CW_STORE_SQLITE_FILES_H

#include <stdbool.h>

#include "base/slice.h"

struct cw_sqlite; /* state.h */

/* Notes a file to be removed when the transaction has been committed; and does it.
 * The table `removals` has its name until it is certain that the file has gone, so
 * that a crash between the two leaves nothing of what was deleted. */
void cw_sqlite_unlink_later(struct cw_sqlite *s, struct cw_slice name);
void cw_sqlite_files_end(struct cw_sqlite *s, bool committed);

/* In an idle moment: one step of the removal of what users have sent, which may be long. True:
 * there is more. And all steps, before the store is closed. */
bool cw_sqlite_files_shrink(struct cw_sqlite *s);
void cw_sqlite_files_finish(struct cw_sqlite *s);

/* From now on no file goes, so that those which a copy of the database names can be copied, too;
 * what should have gone goes after the release, or at the next start. */
void cw_sqlite_files_hold(struct cw_sqlite *s);
void cw_sqlite_files_release(struct cw_sqlite *s);

/* In an idle moment's transaction: the files have gone, their names may go. */
void cw_sqlite_files_forget(struct cw_sqlite *s);

#endif
