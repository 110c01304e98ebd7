/* curve_key.h - the server's key pair for CURVE, in the file `curve.key` of the data folder
 * (docs/running.md has its format). It is made at the first start, and only a change replaces it.
 *
 * Not the handshake (frame/curve.h), and not who trusts the key. These functions read and write
 * files, and wait for another process that writes them. Callers: src/server/main.c and key_watch.c;
 * their owner has initialised libsodium. */
#ifndef CW_SERVER_CURVE_KEY_H
#define CW_SERVER_CURVE_KEY_H

#include "frame/curve_text.h"

/* At the start: makes the file where there is none, and reads it. Sets `key`, `old_key` and
 * `old_key_opens` of *to (while the overlap of a change lasts at now_s, seconds since 1970) and
 * nothing else, and when the overlap ends (0: there is no old key). False: both are as before, and
 * `error` says what is wrong with the file and what to do; a file that is there is never replaced.
 * The caller wipes both keys at its end (cw_curve_key_wipe). */
bool cw_curve_key_open(const char *folder, int64_t now_s, struct cw_curve_server *to,
                       int64_t *old_until_s, char error[256]);

/* While the server runs: the same, but never makes a file. At SIGHUP, because another process may
 * have changed the key, and at times, because an overlap ends. */
bool cw_curve_key_read(const char *folder, int64_t now_s, struct cw_curve_server *to,
                       int64_t *old_until_s, char error[256]);

/* Replaces the key; the present one opens handshakes for overlap_days more (at least 1). False
 * with a reason in `error`: also while the overlap of an earlier change lasts, because clients that
 * still know only the older key would be shut out. */
bool cw_curve_key_change(const char *folder, int64_t now_s, unsigned overlap_days, char error[256]);

/* Replaces the key, for one that was stolen or a file that is damaged: no other key opens
 * handshakes from then on. */
bool cw_curve_key_revoke(const char *folder, char error[256]);

#endif
