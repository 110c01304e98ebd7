/* store_news.h - what other servers on the same database have committed: new messages, and what
 * else a server knows without asking the store (news.def). A store that is alone on its database
 * has none. Made by postgres/news.c, passed on by store_thread.c, applied by core/foreign.c. */
#ifndef CW_STORE_STORE_NEWS_H
#define CW_STORE_STORE_NEWS_H

#include "base/alloc.h"
#include "store/store_result.h"

enum cw_news_kind {
#define CW_NEWS(NAME, name) CW_NEWS_##NAME,
#include "store/news.def"
#undef CW_NEWS
    CW_NEWS_KINDS,
    CW_NEWS_MESSAGE = CW_NEWS_KINDS, /* a message, edit or deletion was stored */
    CW_NEWS_GAP /* messages up to message_id, which are too many to be told one by one */
};

struct cw_store_news {
    enum cw_news_kind kind;
    uint64_t at; /* grows from one to the next; 0: of a message */
    uint64_t user_id, other_id, group_id, conversation, session_id, seq, number;
    uint64_t time_ms, until_ms;
    struct cw_slice text;
    /* Of those that the ids name; empty: there is none (any more). */
    struct cw_slice user_name, other_name, group_name;
    /* The users themselves, as USER_FIND has them, where others are told of what they do; user_id
     * 0: there is none. Of PROFILE with `profile` and `groups`, too. */
    struct cw_store_result user, other;
    uint64_t message_id;
    struct cw_store_message message; /* as a page has it; `mine` of its mentions is not set */
};

/* In the order of the commits. */
struct cw_store_news_list {
    struct cw_store_news *items;
    size_t count, capacity;
    struct cw_arena arena; /* what they point to */
};

/* "joined" and so on; and which is called so: CW_NEWS_CHANGED for one that this program does not
 * know. */
const char *cw_news_name(enum cw_news_kind kind);
enum cw_news_kind cw_news_named(struct cw_slice name);

/* Adds one, all zero. */
struct cw_store_news *cw_store_news_add(struct cw_store_news_list *list, enum cw_news_kind kind);
void cw_store_news_destroy(struct cw_store_news_list *list);

#endif
