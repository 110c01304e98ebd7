/* open.h - the entrances of the module: the names that the rest of the program looks for in it
 * (../postgres_module.c); entrances.map lets nothing else out. */
#ifndef CW_STORE_POSTGRES_OPEN_H
#define CW_STORE_POSTGRES_OPEN_H

#include "store/move.h"
#include "store/store.h"

#define CW_POSTGRES_MODULE "chinwag-postgres.so"
#define CW_POSTGRES_OPEN   "cw_postgres_open"
#define CW_POSTGRES_MOVE   "cw_postgres_move"
#define CW_POSTGRES_FINISH "cw_postgres_finish"
/* The text CW_VERSION of the build that the module is of: it shares structs with the server. */
#define CW_POSTGRES_VERSION "cw_postgres_version"

typedef struct cw_store *cw_postgres_opener(const char *url, const char *folder,
                                            const struct cw_store_options *options,
                                            char error[256]);
typedef bool cw_postgres_mover(const char *url, const char *folder,
                               const struct cw_move_source *source, char error[256]);
typedef bool cw_postgres_finisher(const char *url, char error[256]);

#endif
