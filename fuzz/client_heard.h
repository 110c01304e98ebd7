/* client_heard.h - checks what an event of libchinwag points to. Caller: fuzz_client.c. */
#ifndef CW_FUZZ_CLIENT_HEARD_H
#define CW_FUZZ_CLIENT_HEARD_H

#include "chinwag/chinwag.h"

/* Strings are UTF-8 and end with a zero; all bytes of sound and files are there. */
void client_heard_check(const struct chinwag_event *event);

#endif
