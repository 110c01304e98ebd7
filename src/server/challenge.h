/* challenge.h - reads the files by which a program like certbot proves to a certificate authority
 * whose name this is (RFC 8555, 8.3). Not what HTTP makes of them: web/web.h.
 *
 * Caller: src/web, by cw_web_options.read_challenge. */
#ifndef CW_SERVER_CHALLENGE_H
#define CW_SERVER_CHALLENGE_H

#include "base/buf.h"

/* As cw_web_options.read_challenge wants it: appends what the file says that is called as the
 * token, CW_ACME_ANSWER_MAX bytes at most. False: there is none, or it is longer, or it is a
 * symbolic link or no regular file; `to` is as before. `folder` is the path of the folder, a
 * string. The token's characters have been checked. */
bool cw_challenge_read(void *folder, struct cw_slice token, struct cw_buf *to);

#endif
