/* bindings.h - which key does what: the rows of keys.def, and what the user has chosen instead.
 * control.c carries actions out. */
#ifndef CW_SCREEN_BINDINGS_H
#define CW_SCREEN_BINDINGS_H

#include "base/buf.h"
#include "screen/keys.h"

/* What a key of the user's does: the row of keys.def with that action. */
#define CW_BINDINGS_MAX 100
#define CW_ACTION_NONE  (-1)
struct cw_binding {
    struct cw_key key;
    int action; /* CW_ACTION_NONE: nothing */
};

struct cw_bindings {
    struct cw_binding own[CW_BINDINGS_MAX];
    size_t count;
};

/* A key by its name: "Ctrl+t", "Alt+Enter", "F7". False: none is called so, or terminals cannot
 * tell it from another one. */
bool cw_key_read(const char *name, struct cw_key *key);

/* The row with this action ("next_active"), or "nothing". False: there is none. */
bool cw_action_read(const char *name, int *action);
/* The nearest action's name to one that does not exist; NULL: none is near. */
const char *cw_action_near(const char *name);

/* From now on the key does that. False: these are too many. */
bool cw_bindings_set(struct cw_bindings *bindings, const struct cw_key *key, int action);
/* The row of keys.def for a key. *own: the user has chosen it. CW_ACTION_NONE: it does nothing. */
int cw_bindings_find(const struct cw_bindings *bindings, const struct cw_key *key, bool *own);

/* Appends all of them, a line each. */
void cw_bindings_list(const struct cw_bindings *bindings, struct cw_buf *out);

#endif
