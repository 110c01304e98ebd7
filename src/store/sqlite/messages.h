/* messages.h - adds messages, and finds them by their ids. */
#ifndef CW_STORE_SQLITE_MESSAGES_H
#define CW_STORE_SQLITE_MESSAGES_H

#include "store/sqlite/message.h"

struct cw_sqlite; /* state.h */

/* A row to be; a body or a blob. */
struct cw_sqlite_new {
    uint64_t mailbox, sender_id, seq, time_ms;
    enum cw_store_kind kind;
    uint64_t channels, sample_rate, reply_to, about, session_id, n, previous, duration_ms;
    struct cw_slice waveform, blob, body;
    uint64_t body_sum; /* of a blob */
};

/* Stores it and puts id, seq and time into the result; returns the id, 0 in trouble. */
uint64_t cw_sqlite_message_add(struct cw_sqlite *s, const struct cw_sqlite_new *new,
                               struct cw_store_result *result);

enum cw_sqlite_want { CW_WANT_TEXT, CW_WANT_ALL };

/* False: there is none, or trouble. WANT_TEXT leaves the body of a voice out; the
 * body is left out, too, when user `not_of` sent it. */
#define CW_NOBODY UINT64_MAX
bool cw_sqlite_message_find(struct cw_sqlite *s, uint64_t id, enum cw_sqlite_want want,
                            uint64_t not_of, struct cw_sqlite_message *message,
                            struct cw_arena *arena);
bool cw_sqlite_message_exists(struct cw_sqlite *s, uint64_t id);
/* struct cw_store_facts. */
bool cw_sqlite_entry_at(struct cw_store *store, uint64_t conversation, uint64_t seq,
                        struct cw_store_entry *entry);

/* Reads the body from its file, if it is in one: OK (also when it is lost or damaged:
 * it is spoilt then), or UNAVAILABLE: it cannot be read now. */
enum cw_store_status cw_sqlite_message_load(struct cw_sqlite *s, struct cw_sqlite_message *message,
                                            struct cw_arena *arena);

/* Fills in the names; `names` are the last ones looked up, zeroed at first. */
struct cw_sqlite_name {
    uint64_t mailbox;
    struct cw_slice name;
    bool bot; /* of a sender */
};
struct cw_slice cw_sqlite_known_name(struct cw_sqlite *s, struct cw_sqlite_name *known,
                                     uint64_t mailbox, struct cw_arena *arena);
/* Sets the name of who sent it, and whether that is a bot. The sender of a message whose row is
 * lost is unknown. */
void cw_sqlite_sender_name(struct cw_sqlite *s, struct cw_sqlite_name *known,
                           struct cw_store_message *message, struct cw_arena *arena);
void cw_sqlite_message_name(struct cw_sqlite *s, struct cw_store_message *message,
                            struct cw_sqlite_name names[2], struct cw_arena *arena);

#endif
