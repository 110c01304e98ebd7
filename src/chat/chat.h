/* chat.h - what the terminal client knows and has to do: conversations, drafts, messages under way.
 *
 * Events of the library go in (heard.h), and what the user does (doing.h); out come asks, which the
 * program carries out by requests of the library, and whose answers are events again. Pure: no
 * I/O and no clock; `now_ms` is what the program says. Nothing here draws: src/screen. */
#ifndef CW_CHAT_CHAT_H
#define CW_CHAT_CHAT_H

#include "chat/found.h"
#include "chat/image.h"
#include "chat/place.h"
#include "chat/talk_state.h"

enum cw_chat_link {
    CW_CHAT_READY,
    CW_CHAT_AWAY, /* there is no connection (link_text says why); the library tries again */
    CW_CHAT_OVER  /* the session is: link_text says why */
};

enum cw_ask_kind {
    CW_ASK_CONVERSATIONS, /* page */
    CW_ASK_HISTORY,       /* of place, page */
    CW_ASK_MEMBERS,       /* of place, page */
    CW_ASK_SAY,           /* text to place; seq: it answers this message */
    CW_ASK_EDIT,
    CW_ASK_DELETE,
    CW_ASK_REACT, /* text is the emoji */
    CW_ASK_UNREACT,
    CW_ASK_SEARCH, /* text: words */
    CW_ASK_PIECE,  /* of the file seq, from page.after on */
    CW_ASK_READ,   /* place up to seq */
    CW_ASK_TYPING, /* not answered, as what is below */
    CW_ASK_RUN, /* text is words for the command, a zero behind each; place: where it goes then */
    CW_ASK_LEAVE_CALL,
    CW_ASK_TELL_CALL,  /* the line is text */
    CW_ASK_TELL_VOICE, /* the recording, or what plays */
    CW_ASK_KEYS,       /* text is which keys the terminal is to tell of: all, usual */
    CW_ASK_BELL,       /* text: who wants the user, and where */
    CW_ASK_RING,       /* the bell alone: it was told before */
    CW_ASK_REDRAW,
    CW_ASK_SUSPEND,
    CW_ASK_SERVER, /* text: another server; -NAME closes one; empty: which there are */
    CW_ASK_NEXT_SERVER,
    CW_ASK_LOGOUT,
    CW_ASK_QUIT
};

struct cw_ask {
    enum cw_ask_kind kind;
    uint64_t tag;
    int64_t request; /* once it was made */
    uint64_t asked_ms;
    char *place, *text; /* NULL: none */
    size_t length;
    uint64_t seq;
    struct chinwag_page page;

    uint64_t part, n; /* of SAY: the number of the message */
    bool kept;        /* ... which is on the disk: it need not wait for that */
};

struct cw_chat {
    char *me, *server;
    enum cw_chat_link link;
    char *link_text;
    char *notice;           /* the last one while there is no conversation for it; NULL: none */
    uint64_t notice_number; /* counts them */
    uint64_t now_ms;        /* monotonic */
    uint64_t lag_ms;        /* of the last request */
    bool focused;           /* the user looks at the terminal */
    struct cw_talk talk;
    char *progress; /* how far a file is that a command sends or fetches; NULL: none */
    struct cw_place **places;
    size_t place_count;
    size_t current; /* of place_count; both 0: none */
    struct cw_ask *asks;
    size_t ask_count;
    struct cw_ask *waiting; /* for their answers */
    size_t waiting_count;
    uint64_t next_uid, next_tag;
    uint64_t typed_ms; /* when the others were last told of it */
    struct cw_found found;
    struct cw_images images;
    uint64_t announced; /* the highest number of an announcement that was shown */

    uint64_t retry_at_ms; /* while it is AWAY: the next attempt begins, ... */
    uint64_t shown_s;     /* ... in so many seconds, as cw_chat_tick saw it last */
    char *greeting;       /* goes into the first conversation that is shown; NULL: none */
    char *wanted;         /* to be shown once the list has come: a link leads there; NULL: none */
    bool wanted_told;     /* ... and where the user is not in it, that is said */
    bool by_lines;        /* each message is printed: none is left for the history */
    uint64_t next_visit;
    uint64_t part, last_n; /* of the numbers of new messages: chinwag_say */
};

struct cw_chat *cw_chat_create(const char *me, const char *server);
void cw_chat_destroy(struct cw_chat *chat);

/* The conversation with this name; it is made if it is not there. `name`: a user, also behind '@',
 * or '#' and a group. */
struct cw_place *cw_chat_place(struct cw_chat *chat, const char *name);
/* NULL: it is not there. */
struct cw_place *cw_chat_known(const struct cw_chat *chat, const char *name);
/* NULL: it has gone. */
struct cw_place *cw_chat_place_of(const struct cw_chat *chat, uint64_t uid);
/* Destroys those that have gone, but not the one that is shown. */
void cw_chat_forget_gone(struct cw_chat *chat);
/* The one that is shown; NULL: none. */
struct cw_place *cw_chat_current(const struct cw_chat *chat);

/* Puts a line of this program into the conversation; NULL: into the one that is shown. */
void cw_chat_notice(struct cw_chat *chat, struct cw_place *place, const char *text);

/* --- asks ----------------------------------------------------------------------------------- */

/* Adds one; its texts are copied. Returns its tag. */
uint64_t cw_chat_ask(struct cw_chat *chat, const struct cw_ask *ask);
/* Takes the first one out: carry it out, tell cw_chat_asked, then free it by cw_ask_finish. */
bool cw_chat_next_ask(struct cw_chat *chat, struct cw_ask *ask);
void cw_ask_finish(struct cw_ask *ask);
/* The program has made the request of the ask, which the chat takes over: what it says is on the
 * disk. */
void cw_chat_asked(struct cw_chat *chat, struct cw_ask *ask, int64_t request);
/* Takes out the ask that this answers. False: none of this chat. */
bool cw_chat_answered(struct cw_chat *chat, int64_t request, struct cw_ask *ask);

/* Messages of this user that are not on the server: under way, or refused. */
size_t cw_chat_count_unsent(const struct cw_chat *chat);

/* Forgets the lines and members of conversations that were not shown for the longest time, when all
 * of them together take too much memory. They are asked for again when they are shown. */
void cw_chat_trim(struct cw_chat *chat);

/* When cw_chat_tick has something to do, in now_ms; 0: never. */
uint64_t cw_chat_deadline(const struct cw_chat *chat);
/* True: something that is shown has changed. */
bool cw_chat_tick(struct cw_chat *chat);
/* In how many seconds the next attempt to connect begins; 0: it has begun. */
uint64_t cw_chat_retry_s(const struct cw_chat *chat);

#endif
