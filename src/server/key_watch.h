/* key_watch.h - the CURVE key while the server runs: its file is read again, and what has changed
 * is told. Not the file's form (curve_key.h), and not who tells clients the next key.
 *
 * It has no clock and logs nothing. Caller: reach.c. */
#ifndef CW_SERVER_KEY_WATCH_H
#define CW_SERVER_KEY_WATCH_H

#include "server/curve_key.h"

/* The caller sets the first two members and zeroes the rest. */
struct cw_key_watch {
    const char *folder;               /* of the data */
    struct cw_curve_server *curve;    /* is kept up to date, as by cw_curve_key_read */
    char next_key[CW_CURVE_KEY_TEXT]; /* for clients that know the old one; "": none is replaced */
    int64_t old_until_s; /* as in the file that was read last; 0: there is no old key */
    char fault[256];     /* of the file, as reported last; "": it was good */
};

/* At the start: as cw_curve_key_open. */
bool cw_key_watch_begin(struct cw_key_watch *watch, int64_t now_s, char error[256]);

/* Reads the file again, as another process may have changed it, and an overlap ends. True: next_key
 * has changed. `line` is for the log, or empty: a fault of the file is told once, and again when it
 * is another one, when the file was good in between, or when the operator has asked. */
#define CW_KEY_LINE_MAX 320
bool cw_key_watch_look(struct cw_key_watch *watch, int64_t now_s, bool asked,
                       char line[CW_KEY_LINE_MAX]);

#endif
