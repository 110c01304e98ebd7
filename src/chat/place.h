/* place.h - a conversation as the terminal client holds it: a window of its lines, who is in it,
 * what is unread, and the draft.
 *
 * The window is contiguous: it has all messages from its first to its last one. `complete`: the
 * first one is the conversation's first; `torn`: newer ones are on the server alone. Pure. */
#ifndef CW_CHAT_PLACE_H
#define CW_CHAT_PLACE_H

#include "chat/line.h"

/* Lines of the conversation that is shown, and of others. */
#define CW_PLACE_LINES_MAX  600
#define CW_PLACE_LINES_KEPT 100
/* What a name takes in memory, about. */
#define CW_PLACE_NAME_COST 32

struct cw_member {
    char *name;
    char role; /* '@' the owner, '+' a moderator, ' ' */
    bool online, in_call, speaking;
};

struct cw_place {
    char *name; /* a user, or '#' and a group */
    uint64_t uid;
    struct cw_line **lines;
    size_t count, capacity;
    bool gone;   /* a group that this user is not in any more: it goes once it is not shown */
    bool listed; /* the server's list has had it: what is read is known */
    bool loaded, asking, complete, torn;
    uint64_t last;      /* the highest number */
    uint64_t read;      /* ... that this user has read, ... */
    uint64_t peer_read; /* ... and the other one */
    uint64_t delivered; /* the id up to which the other one has received */
    uint64_t unread, mentions;
    uint64_t fresh; /* lines above this number are new since the user came; 0: none */
    uint64_t in_call;
    char *topic, *draft, *typer;
    uint64_t typer_until_ms;
    bool online; /* the other user */
    bool asked_members;
    struct cw_member *members;
    size_t member_count;

    bool kept;        /* known from the last run only: the server has not named it yet */
    uint64_t visited; /* when it was shown last: grows */
};

struct cw_place *cw_place_create(const char *name);
void cw_place_destroy(struct cw_place *place);
bool cw_place_is_group(const struct cw_place *place);

/* Puts the line, which the place owns from then on, where its number belongs; one with the same
 * number goes. Returns its index. */
size_t cw_place_put(struct cw_place *place, struct cw_line *line);
/* The line with this number, or uid; NULL: it is not in the window. */
struct cw_line *cw_place_find(const struct cw_place *place, uint64_t seq);
struct cw_line *cw_place_find_uid(const struct cw_place *place, uint64_t uid);
/* The number of the first, or last, message in the window; 0: none. */
uint64_t cw_place_first(const struct cw_place *place);
uint64_t cw_place_newest(const struct cw_place *place);
/* Takes the line out without freeing it. */
void cw_place_take(struct cw_place *place, struct cw_line *line);
/* Forgets messages on the server until at most `most` lines are left: the newest of them, or the
 * oldest. */
void cw_place_trim_old(struct cw_place *place, size_t most);
void cw_place_trim_new(struct cw_place *place, size_t most);

/* NULL: not a member, as far as is known. */
struct cw_member *cw_place_member(const struct cw_place *place, const char *name);
struct cw_member *cw_place_add_member(struct cw_place *place, const char *name);
void cw_place_remove_member(struct cw_place *place, const char *name);

/* Forgets who is in it. */
void cw_place_forget_members(struct cw_place *place);

/* Forgets what is on the server: all lines but those of this user that are not stored, and notices
 * behind the last message. */
void cw_place_forget_window(struct cw_place *place);

/* About how much memory its lines and members take. */
size_t cw_place_bytes(const struct cw_place *place);

/* Replaces a string of the place. NULL: none. */
void cw_place_set(char **string, const char *text);

/* What the line answers, in words: its text, or what else it is. */
const char *cw_place_quoted(const struct cw_place *place, const struct cw_line *line);

/* How many of its lines are in this state. */
size_t cw_place_count(const struct cw_place *place, enum cw_line_state state);
/* ... and how many of those under way are not on the disk of this machine yet. */
size_t cw_place_count_unkept(const struct cw_place *place);

#endif
