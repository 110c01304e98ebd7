/* rules.h - what every back end decides alike: who may, what is too old, which goes first.
 *
 * Private to src/store. What the rules are for stands in store.h. */
#ifndef CW_STORE_RULES_H
#define CW_STORE_RULES_H

#include "store/store_backend.h"

/* Who may do `op` (one of the GROUP_, MEMBER_ and INVITE_CREATE operations) to
 * whom: the one table of what roles allow. `of_other` is NONE where nobody else
 * is concerned or he is no member. */
bool cw_store_may_manage(enum cw_store_op op, enum cw_store_role role, enum cw_store_role of_other);

/* Its body became a file before it came into a transaction, and it says for whom. */
bool cw_store_took_long(const struct cw_store_request *request);
/* The two times of a request: what grows old is judged by the earlier one, who is
 * here is seen at the later one. */
struct cw_store_moment {
    uint64_t earlier_ms, later_ms;
};
struct cw_store_moment cw_store_moment(const struct cw_store_request *request);

/* Sessions last seen at or before this time do not exist any more; negative
 * when the clock stands before the first possible expiry. */
int64_t cw_store_expiry_ms(const struct cw_store_options *options,
                           const struct cw_store_request *request);

/* Is what was stamped so older than `days` (0: never)? AHEAD: nobody knows, since the
 * stamp is none of the past. */
enum cw_store_age { CW_AGE_YOUNG, CW_AGE_OLD, CW_AGE_AHEAD };
enum cw_store_age cw_store_age(struct cw_store_moment now, uint64_t time_ms, uint64_t days);

/* Of too many sessions the one with the lowest number goes: those that nobody uses by
 * the order in which they were used, then those in use in the order of
 * cw_store_request.active. */
uint64_t cw_store_session_turn(const struct cw_store_request *request, uint64_t session_id,
                               uint64_t used);

/* May a user whose messages take `stored` bytes have `more`? */
static inline bool cw_store_quota_allows(const struct cw_store_options *options, uint64_t stored,
                                         uint64_t more)
{
    return options->quota == 0 || (more <= options->quota && stored <= options->quota - more);
}

/* May this user (0: the server itself) invite to the server? */
bool cw_store_may_invite(const struct cw_store_options *options, uint64_t user_id);
/* For one more, beside `count` good ones of the same group or person with `places` uses. */
bool cw_store_has_invitation_room(const struct cw_store_options *options,
                                  const struct cw_store_request *request, uint64_t count,
                                  uint64_t places);

/* The message is of a pair whose other one has blocked the asker: when that one changed or
 * heard something is not told. True: the entry says nothing else. */
bool cw_store_hide(struct cw_store_message *message, uint64_t asker_id);

/* Where a new session's cursor starts (store.h, "Delivery rules"). */
uint64_t cw_store_first_cursor(const struct cw_store_request *request, uint64_t high_cursor,
                               uint64_t newest_message_id);

/* What was sent, for MESSAGE_APPEND, so that another message with the same n is
 * noticed; and is this such a hash? Ids are none. */
uint64_t cw_store_sent_hash(const uint64_t key[2], const struct cw_store_request *request);
bool cw_store_is_sent_hash(uint64_t value);

#endif
