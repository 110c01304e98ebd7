/* tls_files.h - the files of the server's certificate and private key for TLS. They are those that
 * the config names, or the server's own in the data folder: a self-signed pair, made at the first
 * start; its certificate is renewed in time and keeps its key, which clients may have pinned.
 *
 * It watches nothing and logs nothing: the caller asks cw_tls_files_changed at intervals and after
 * SIGHUP. Caller: src/server/shell.c. */
#ifndef CW_SERVER_TLS_FILES_H
#define CW_SERVER_TLS_FILES_H

#include "frame/tls_context.h"
#include "server/small_file.h"

/* The caller sets the first five members, which outlive it, and zeroes the rest. */
struct cw_tls_files {
    const char *folder;            /* of the data */
    const char *certificate, *key; /* paths of the config, or both NULL (or empty): the own pair */
    const char *const *names;      /* of the own certificate: host names and IP addresses, ... */
    size_t name_count;             /* ... at least 1 */

    struct cw_small_file_stamp seen[2]; /* when they were read: certificate, key */
    int64_t renew_s; /* when the own certificate is to be renewed, since 1970; 0: it is not */
};

/* Reads the two files, makes or renews the own ones where needed. NULL: `error` says what is wrong
 * and what to do. At a reload the caller then keeps the server that it has, and logs `error`: the
 * same files are not reported again, since cw_tls_files_changed compares with this try.
 * now_s: seconds since 1970. */
struct cw_tls_server *cw_tls_files_load(struct cw_tls_files *files, int64_t now_s,
                                        char error[CW_TLS_ERROR_MAX]);

/* True: one of the files is not the one that was read last, or it is time to renew the own
 * certificate; load them. */
bool cw_tls_files_changed(const struct cw_tls_files *files, int64_t now_s);

#endif
