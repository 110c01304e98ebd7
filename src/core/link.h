/* link.h - the text of a link to a file: path and query of a URL. The store signs it and checks its
 * signature (rules_link.c); this only writes and reads. */
#ifndef CW_CORE_LINK_H
#define CW_CORE_LINK_H

#include "base/buf.h"
#include "base/limits.h"
#include "base/slice.h"

struct link_to_file {
    uint64_t file_id, user_id, session_id;
    bool thumbnail;       /* that of the file */
    uint64_t generation;  /* of an upload, to write to it; 0: to read a file */
    uint64_t end_s;       /* UTC */
    struct cw_slice text; /* what is signed: all before the signature */
    uint8_t mac[CW_FILE_LINK_MAC_N];
};

/* Appends what is signed. */
void cw_link_write(const struct link_to_file *link, struct cw_buf *text);
/* Appends the signature. */
void cw_link_sign(struct cw_slice mac, struct cw_buf *text);
/* False: it is no such text. */
bool cw_link_read(struct cw_slice text, struct link_to_file *link);

#endif
