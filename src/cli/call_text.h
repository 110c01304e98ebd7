/* call_text.h - shows what is written to the group while its call goes on. A call is a part of the
 * session, to which nothing is delivered, so it asks for the newest messages. */
#ifndef CHINWAG_CLI_CALL_TEXT_H
#define CHINWAG_CLI_CALL_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "chinwag/chinwag.h"
#include "terminal.h"

struct call_text {
    int64_t request; /* the unanswered history; 0: none */
    int64_t asked_us;
    uint64_t last; /* the number of the last message that is known */
    bool known;    /* ... after the first answer */
};

/* Asks, every two seconds. `call` is the group's name, or '@' and a person's. */
void call_text_ask(struct call_text *text, chinwag_client *client, const char *call,
                   int64_t now_us);

/* Takes the answer if it is its own, and prints new messages on stderr. */
void call_text_take(struct call_text *text, const struct chinwag_event *answer, const char *me,
                    struct terminal *terminal);

#endif
