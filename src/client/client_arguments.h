/* client_arguments.h - checks of arguments that the public requests share, as far as the server
 * could not answer a request with such an argument properly.
 *
 * Defined in client_api.c (cw_take_page: client_requests.c), and used by the files with requests.
 */
#ifndef CW_CLIENT_CLIENT_ARGUMENTS_H
#define CW_CLIENT_CLIENT_ARGUMENTS_H

#include "base/given.h"
#include "client/client.h"

/* Names and secrets: the server checks their rules; this only keeps the request a well-formed
 * message. Returns 0 or the code to return. */
int cw_take_string(const char *string, struct cw_slice *slice);
int cw_take_content(const char *content, size_t length, struct cw_slice *slice);

/* The keys of the map that name a page; NULL: none. */
void cw_take_page(struct cw_extras *extras, const struct chinwag_page *page);

static inline struct cw_msg cw_request_of(enum cw_action action)
{
    return (struct cw_msg){.kind = CW_REQUEST, .action = action};
}

/* Puts `string` into `place` of *msg and makes the request. */
int64_t cw_request_string(chinwag_client *client, const struct cw_msg *msg, struct cw_slice *place,
                          const char *string);

/* Makes the request with this text, which goes to a user or, behind '#', a group: *msg has only its
 * extras. */
int64_t cw_request_text(chinwag_client *client, struct cw_msg *msg, const char *conversation,
                        const char *content, size_t length);

#endif
