/* chat_kept.h - when the terminal client reads and writes what it keeps over a restart: drafts,
 * what is not sent, the list of conversations (chat/kept.h). chat_server.c, command_chat.c and
 * chat_loop.c call it.
 *
 * A message is kept before it is sent (chat_held.h), everything else within a second. So neither
 * the end of the program at any place nor that of the server loses or doubles one. */
#ifndef CHINWAG_CLI_CHAT_KEPT_H
#define CHINWAG_CLI_CHAT_KEPT_H

#include "chat/chat.h"
#include "chat_keeper.h"
#include "session.h"

struct chat_kept {
    const char *server, *name;
    char session[20];
    struct keeper_file *file; /* NULL: what is there must not be written over */
    uint64_t put, done;       /* numbers of the keeper's */
    uint64_t sum;             /* of the text that was put last */
    uint64_t due_ms;          /* 0: nothing has changed since */
    bool failed;              /* it cannot be written, which was said */
};

/* Fills the chat with what was kept. What is wrong with that is said in a notice. The session must
 * live as long. */
void chat_kept_load(struct chat_kept *kept, struct chat_keeper *keeper,
                    const struct session *session, struct cw_chat *chat);
/* Is all of it written? */
bool chat_kept_is_done(const struct chat_kept *kept);
/* Waits until it is, ... */
void chat_kept_wait(struct chat_kept *kept);
/* ... and has no file any more. */
void chat_kept_close(struct chat_kept *kept);

/* Something may have changed, at chat->now_ms. */
void chat_kept_note(struct chat_kept *kept, const struct cw_chat *chat);
/* Has it written, if it has changed: `put` is the number of that, ... */
void chat_kept_put(struct chat_kept *kept, const struct cw_chat *chat);
/* ... and `done` the one up to which it was, or could not be: this is said once, in a notice, and
 * true is returned. `server`: named there; NULL: the chat is its own. */
bool chat_kept_look(struct chat_kept *kept, struct cw_chat *chat, const char *server);

#endif
