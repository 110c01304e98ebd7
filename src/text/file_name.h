/* file_name.h - the names of files that users send: which are taken.
 *
 * Pure. A name is shown, and may become the name of a file somewhere, so it must be one on every
 * system, and read as what it is. The server itself makes no file of that name. Called by the core,
 * and by clients before they save a file. */
#ifndef CW_TEXT_FILE_NAME_H
#define CW_TEXT_FILE_NAME_H

#include "base/slice.h"

/* Why the name is refused, as a sentence for people; NULL: it is good. */
const char *cw_file_name_fault(struct cw_slice name);

#endif
