/* import.h - chinwagd --import: what was exported elsewhere goes into a data folder that no server
 * uses. Caller: main.c. Lines for the operator go to standard output. */
#ifndef CW_SERVER_IMPORT_H
#define CW_SERVER_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

struct cw_import_wish {
    const char *from, *data;
    bool dry_run;      /* nothing is written */
    bool skips_broken; /* broken lines are left out; else nothing is imported */
    uint64_t file_max; /* bytes */
};

/* False with a sentence. */
bool cw_import(const struct cw_import_wish *wish, char error[256]);

#endif
