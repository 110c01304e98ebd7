/* mentions.h - whom messages mention, in memory.
 *
 * Private to this folder. */
#ifndef CW_STORE_MEMORY_MENTIONS_H
#define CW_STORE_MEMORY_MENTIONS_H

#include "store/memory/memory.h"

/* One of a message; user_id 0: of everybody in the group. */
struct cw_memory_mention {
    uint64_t message_id, user_id, conversation, sender_id, seq;
};

/* As in sqlite/mentions.h. */
void cw_memory_mentions_add(struct cw_memory *m, const struct cw_store_request *request,
                            const struct cw_memory_entry *entry, struct cw_store_result *result);
void cw_memory_mentions_drop(struct cw_memory *m, uint64_t message_id);
void cw_memory_mentions_leave(struct cw_memory *m, uint64_t user_id, uint64_t conversation);
/* In idle moments: those of users who have deleted their accounts go. */
void cw_memory_mentions_of_deleted(struct cw_memory *m);
/* The user has blocked the sender. */
void cw_memory_mentions_block(struct cw_memory *m, uint64_t user_id, uint64_t sender_id);
/* Is it of this user, also as one of everybody? */
bool cw_memory_mention_is_of(struct cw_memory *m, uint64_t user_id,
                             const struct cw_memory_mention *mention);
/* Fills in those of the message that was made of this entry. */
void cw_memory_show_mentions(struct cw_memory *m, uint64_t viewer_id,
                             const struct cw_memory_entry *entry, struct cw_store_message *message);
uint64_t cw_memory_mentions_unread(struct cw_memory *m, uint64_t user_id,
                                   const struct cw_store_conversation *line);

#endif
