/* on_talk.c - create_talk: a group without a name, of a few people. It has a name all the same,
 * which is made up, so that plain clients can write to it; its topic says who is in it. */
#include <assert.h>
#include <string.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/bucket.h"
#include "core/effect.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/handlers.h"
#include "core/membership.h"
#include "core/names.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

#define NAME_RANDOM 13 /* of the random text: twelve digits and a hyphen, which is left out */

/* The next of the names, which is taken out of the list; empty: no more. */
static struct cw_slice next_name(struct cw_slice *names)
{
    size_t n = 0;
    while (n < names->n && names->p[n] != ' ')
        n++;
    struct cw_slice name = cw_slice_of(names->p, n);
    size_t used = n < names->n ? n + 1 : n;
    *names = cw_slice_of(names->p + used, names->n - used);
    assert(used > 0 || names->n == 0);
    return name;
}

/* How many names there are; 0: one of them is none. */
static size_t count_names(const struct cw_core *core, struct cw_slice names)
{
    struct cw_name_key key;
    size_t count = 0;
    while (names.n != 0) {
        if (!cw_names_fold(core, CW_NAME_OF_USER, next_name(&names), &key))
            return 0;
        count++;
    }
    return count;
}

/* As TALK_CREATE wants them. */
static struct cw_slice keys_of(struct cw_core *core, struct cw_slice names)
{
    struct cw_name_key key;
    uint8_t *keys =
        cw_arena_alloc(&core->effects->arena, CW_TALK_MEMBERS_MAX * (CW_NAME_KEY_MAX + 1));
    size_t n = 0;
    while (names.n != 0 && cw_names_fold(core, CW_NAME_OF_USER, next_name(&names), &key)) {
        memcpy(keys + n, key.p, key.n);
        n += key.n;
        keys[n++] = ' ';
        assert(n <= CW_TALK_MEMBERS_MAX * (CW_NAME_KEY_MAX + 1));
    }
    return cw_slice_of(keys, n);
}

/* All members are told, and learn by it that there is such a group. */
static void begin_talk(struct cw_core *core, const struct request *request,
                       const struct cw_store_result *result)
{
    struct cw_store_group stored = {.group_id = result->group_id,
                                    .name = cw_slice_of(request->name, request->name_n),
                                    .role = CW_ROLE_OWNER};
    assert(result->group_id != 0 && stored.name.n != 0);
    cw_group_add_user(core, &stored, request->sender);
    stored.role = CW_ROLE_MEMBER;
    for (size_t i = 0; i < result->person_count; i++) {
        struct user *user = cw_user_by_id(core, result->people[i].user_id);
        if (user != NULL)
            cw_group_add_user(core, &stored, user);
    }
    const struct group *group = cw_group_by_id(core, result->group_id);
    for (size_t i = 0; group != NULL && i < result->person_count; i++)
        cw_group_event_named(core, group, "joined", result->people[i].name, NULL);
}

static void talk_stored(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    static const struct refusal others[] = {{CW_STORE_NOT_FOUND, CW_USER_DOES_NOT_EXIST},
                                            {CW_STORE_EXISTS, CW_UNAVAILABLE}, /* the name: again */
                                            {0}};
    if (cw_request_refused(core, request, event->store, others))
        return;
    begin_talk(core, request, event->store);
    cw_request_answer(core, request, CW_SUCCESS);
}

static void talk_named(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    char name[sizeof CW_TALK_NAME + NAME_RANDOM];
    size_t n = sizeof CW_TALK_NAME - 1;
    assert(event->hash.token.n >= NAME_RANDOM);
    memcpy(name, CW_TALK_NAME, n);
    for (size_t i = 0; i < NAME_RANDOM; i++)
        if (event->hash.token.p[i] != '-')
            name[n++] = (char)event->hash.token.p[i];
    cw_request_set_name(request, cw_slice_of(name, n));
    struct cw_slice set = cw_slice_of(request->name, request->name_n);
    if (!cw_request_fold_group(core, request, set))
        return;
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_TALK_CREATE, talk_stored);
    store->user_id = request->sender->id;
    store->name = cw_effect_copy(core, set);
    store->looks = cw_names_looks(core, set);
    store->active = keys_of(core, request->msg->members);
    request->outlives = true;
}

/* As many first messages to strangers: each member may be one. */
static bool may_gather(struct cw_core *core, const struct request *request, size_t count)
{
    unsigned per_minute = core->config.strangers_per_minute;
    if (per_minute == 0)
        return true;
    unsigned cost = count < per_minute ? (unsigned)count : per_minute;
    return cw_bucket_take(&cw_user_activity(request->sender)->firsts, core->now_ms, cost,
                          per_minute / 60.0, per_minute);
}

void cw_on_create_talk(struct cw_core *core, struct request *request)
{
    size_t count = count_names(core, request->msg->members);
    if (count < CW_TALK_MEMBERS_MIN || count > CW_TALK_MEMBERS_MAX)
        cw_request_refuse_field(core, request, CW_RULE_TALK_MEMBERS, "members", 0);
    else if (!may_gather(core, request, count))
        cw_request_refuse_above(core, request, CW_RULE_STRANGERS,
                                core->config.strangers_per_minute);
    else
        cw_request_ask_hash(core, request, CW_HASH_INVITE, (struct cw_slice){0},
                            (struct cw_slice){0}, talk_named);
}
