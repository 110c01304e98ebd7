/* chat_servers.h - the servers that the terminal client has open side by side: which there are,
 * which one is shown, and what the user wants of the others. chat_loop.c calls it. */
#ifndef CHINWAG_CLI_CHAT_SERVERS_H
#define CHINWAG_CLI_CHAT_SERVERS_H

#include "chat_choices.h"
#include "chat_program.h"

#define CHAT_SERVERS_MAX 8

struct chat_servers {
    struct program *all[CHAT_SERVERS_MAX];
    size_t count, front;                       /* the one that is shown, below count */
    uint32_t opened;                           /* since it began */
    struct program *leaving[CHAT_SERVERS_MAX]; /* that are being closed */
    size_t leaving_count;
    struct cw_screen_server shown[CHAT_SERVERS_MAX];
    const sigset_t *signals; /* as they are while it waits */
    struct chat_keeper *keeper;
    struct keeper_file *names; /* which are open, for the next time */
    struct chat_choices choices;
    int code; /* of the one that was over last */
};

/* None is open; the caller says `signals`. */
void chat_servers_begin(struct chat_servers *servers);
struct program *chat_servers_front(const struct chat_servers *servers);
void chat_servers_add(struct chat_servers *servers, struct program *p);
/* Those that were open the last time, beside the one that is. */
void chat_servers_reopen(struct chat_servers *servers);
/* Does what the user of the one that is shown has asked about others, if anything. */
void chat_servers_wish(struct chat_servers *servers);
/* Begins to close those that are over; where that is all, they are closed. */
void chat_servers_drop(struct chat_servers *servers);
/* Forgets those that are closed now. */
void chat_servers_reap(struct chat_servers *servers);
/* Says it in the one that is shown; frees the text (NULL: nothing). */
void chat_servers_say(struct chat_servers *servers, char *text);
/* Closes all, without a screen; they are open again the next time. */
void chat_servers_close(struct chat_servers *servers);
/* What the screens are to show of the others; and all look as the one in front. */
void chat_servers_tell(struct chat_servers *servers);

#endif
