/* store_op.h - the operations of a store (ops.def), and their statuses. */
#ifndef CW_STORE_STORE_OP_H
#define CW_STORE_STORE_OP_H

#include <stdbool.h>

enum cw_store_op {
#define CW_STORE_OP(NAME, name, what) CW_STORE_##NAME,
#include "store/ops.def"
#undef CW_STORE_OP
    CW_STORE_OP_COUNT
};

/* Does this operation change anything? */
bool cw_store_op_writes(enum cw_store_op op);
/* Does it free room or protect a user, so that a full disk must not refuse it? */
bool cw_store_op_helps(enum cw_store_op op);
/* May it change permissions to send? */
bool cw_store_op_changes_rights(enum cw_store_op op);
/* Is its result large? Does it contain recordings? */
bool cw_store_op_is_page(enum cw_store_op op);
bool cw_store_op_brings_voices(enum cw_store_op op);
/* Is it about the bytes of a file, which are not in the database? */
bool cw_store_op_is_of_bytes(enum cw_store_op op);

enum cw_store_status {
    CW_STORE_OK,
    CW_STORE_EXISTS,    /* name taken; member already */
    CW_STORE_NOT_FOUND, /* no such user, group, message; SESSION_FIND: no such user, or the user has
                           only expired sessions */
    CW_STORE_MISMATCH,  /* SESSION_FIND: the user has sessions, none with this token;
                           a password hash that is not the expected one */
    CW_STORE_FULL,      /* a limit on how many there may be is reached */
    CW_STORE_GROUP_FULL,  /* GROUP_JOIN: the limit of the group's members is reached */
    CW_STORE_BANNED,      /* GROUP_JOIN: the user is banned, by other_name if that is known;
                             SESSION_CREATE: from the server, until until_ms (0: no end), other_name
                             is the reason */
    CW_STORE_NOT_MEMBER,  /* the asker, or the user that it is about, is no member */
    CW_STORE_FORBIDDEN,   /* not with this role; not without an invitation */
    CW_STORE_CONFLICT,    /* n was given to another message, or upload */
    CW_STORE_UNKNOWN,     /* MESSAGE_APPEND: n is so old that it is unknown whether it was
                             used */
    CW_STORE_STRANGER,    /* MESSAGE_APPEND: it would be the first to a stranger */
    CW_STORE_ANNOUNCED,   /* MESSAGE_APPEND, _EDIT: only owner and moderators write in the group */
    CW_STORE_TOO_SOON,    /* MESSAGE_APPEND: the group is in slow mode, until result.until_ms */
    CW_STORE_OVER_QUOTA,  /* MESSAGE_APPEND, _EDIT: the sender's messages would take more than
                             options.quota */
    CW_STORE_NO_FILE,     /* MESSAGE_APPEND: file_id is no complete upload of the sender */
    CW_STORE_NO_CODE,     /* the second factor is on, and there is no code */
    CW_STORE_WRONG_CODE,  /* the code is none, or was used before */
    CW_STORE_NO_ROOM,     /* the disk is full: nothing of the request was stored */
    CW_STORE_UNAVAILABLE, /* nothing of the batch was stored; try later */
    CW_STORE_FAILED /* the state of the disk is unknown (failed sync, damage): the process must end
                       without answering anything */
};

#endif
