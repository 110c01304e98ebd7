/* hook.h - hooks by HTTP: a POST becomes the request post_hook, and its response the answer. This
 * is the room's only user of jansson.
 *
 * Pure. Caller: shell.c. */
#ifndef CW_SERVER_HOOK_H
#define CW_SERVER_HOOK_H

#include "frame/http.h"
#include "wire/msg.h"

/* Appends the request of a POST to CW_HOOK_PATH, as a message of the protocol. The secret is the
 * path's end, or stands in the header Authorization behind "Bearer "; the body is JSON, an object
 * with the text as `content` or, as Slack has it, as `text`; other members are ignored. A text that
 * is missing is left out, and the decoder refuses the message. False: *answer says what is wrong,
 * with a static body. */
bool cw_hook_request(const struct cw_http_post *post, struct cw_buf *frame,
                     struct cw_http_answer *answer);

/* Makes the answer from the response to post_hook. */
void cw_hook_answer(const struct cw_msg *response, struct cw_http_answer *answer);

#endif
