/* chat_servers.h - the servers that the terminal client has open side by side: which there are,
 * which one is shown, and what the user wants of the others. chat_loop.c calls it. */
#ifndef CHINWAG_CLI_CHAT_SERVERS_H
#define CHINWAG_CLI_CHAT_SERVERS_H

#include "chat_choices.h"
#include "chat_program.h"

#define CHAT_SERVERS_MAX 8

struct chat_servers {
    struct program *all[CHAT_SERVERS_MAX];
    size_t count, front; /* the one that is shown, below count */
    uint32_t opened;     /* since it began */
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
/* Closes those that are over. */
void chat_servers_drop(struct chat_servers *servers);
/* Closes all, without a screen; they are open again the next time. */
void chat_servers_close(struct chat_servers *servers);
/* What the screens are to show of the others; and all look as the one in front. */
void chat_servers_tell(struct chat_servers *servers);

#endif
