/* found.h - what a search at the server has found, for the screen to choose from. Pure. */
#ifndef CW_CHAT_FOUND_H
#define CW_CHAT_FOUND_H

#include "chinwag/chinwag.h"

/* A message that was found. */
struct cw_hit {
    char *place, *sender, *text;
    uint64_t seq, time_ms;
};

struct cw_found {
    char *words;         /* that were searched last; NULL: none */
    bool asking;         /* the answer has not come */
    char *failure;       /* why it was refused; NULL: it was not */
    struct cw_hit *hits; /* the newest first */
    size_t count;
};

/* These words are searched from now on. */
void cw_found_begin(struct cw_found *found, const char *words);
/* An answer; one to other words is dropped. */
void cw_found_take(struct cw_found *found, const char *words, const struct chinwag_event *event);
/* The same, where it was refused. */
void cw_found_refuse(struct cw_found *found, const char *words, const char *reason);
void cw_found_forget(struct cw_found *found);

#endif
