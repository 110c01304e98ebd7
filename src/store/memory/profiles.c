/* profiles.c - what users say of themselves, and the directories, in memory. */
#include "store/memory/profiles.h"
#include "store/memory/files.h"
#include "store/rules_profile.h"
#include "text/words.h"

void cw_memory_face_person(struct cw_memory *m, uint64_t asker_id, struct cw_store_person *person)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, person->user_id);
    bool blocked = cw_memory_has_blocked(&m->store, person->user_id, asker_id);
    if (!blocked)
        person->display = cw_memory_out(m, user->profile.display);
    if (blocked || (user->profile.hidden && person->user_id != asker_id))
        person->seen_ms = 0;
}

static struct cw_store_profile keep_profile(struct cw_memory *m,
                                            const struct cw_store_profile *profile)
{
    struct cw_store_profile kept = *profile;
    kept.display = cw_arena_copy(&m->arena, profile->display);
    kept.status = cw_arena_copy(&m->arena, profile->status);
    kept.zone = cw_arena_copy(&m->arena, profile->zone);
    return kept;
}

void cw_memory_profile_set(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    struct cw_store_profile profile = user->profile;
    struct cw_store_file file;
    bool found = request->file_id != 0 && cw_memory_file_at(&m->store, request->file_id, &file);
    result->status = cw_store_change_profile(request, found ? &file : NULL, &profile);
    result->repeated = result->status == CW_STORE_EXISTS;
    if (result->repeated)
        result->status = CW_STORE_OK;
    if (result->repeated || result->status != CW_STORE_OK)
        return;
    if (profile.avatar != user->profile.avatar)
        cw_memory_avatar_change(m, user->profile.avatar, profile.avatar);
    user->profile = keep_profile(m, &profile);
}

void cw_memory_profile_read(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, request->other_id);
    struct cw_store_profile *profile = &result->profile;
    struct cw_store_file file;
    if (cw_memory_has_blocked(&m->store, request->other_id, request->user_id)) {
        result->status = CW_STORE_EXISTS;
        return;
    }
    *profile = user->profile;
    profile->display = cw_memory_out(m, profile->display);
    profile->status = cw_memory_out(m, profile->status);
    profile->zone = cw_memory_out(m, profile->zone);
    profile->seen_ms = user->seen_ms;
    if (profile->avatar != 0 && cw_memory_file_at(&m->store, profile->avatar, &file)) {
        profile->avatar_size = file.size;
        profile->avatar_type = cw_memory_out(m, file.type);
    }
    cw_store_censor_profile(request, profile);
}

/* --- directories ------------------------------------------------------------------------- */

static bool is_listed(struct cw_slice query, struct cw_slice name, struct cw_slice more)
{
    struct cw_buf terms = {0}, tokens = {0};
    cw_words_query(query, &terms);
    bool listed = cw_store_is_listed(cw_buf_slice(&terms), name, more, &tokens);
    cw_buf_finish(&terms);
    cw_buf_finish(&tokens);
    return listed;
}

/* One more is in the directory: false when the page ends before it. */
static bool may_look(struct cw_store_result *result, size_t listed, size_t *scanned,
                     const struct cw_store_request *request, uint64_t id)
{
    result->more = listed == request->limit || *scanned == CW_DIRECTORY_SCAN_MAX;
    if (result->more)
        return false;
    ++*scanned;
    result->scanned_to = id;
    return true;
}

void cw_memory_directory_list(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    size_t scanned = 0;
    result->groups = cw_memory_out_array(m, request->limit, sizeof result->groups[0]);
    for (size_t i = request->after; i < m->groups.count; i++) {
        const struct cw_memory_group *group = m->groups.items[i];
        if (group == NULL || group->by_invitation || group->unlisted)
            continue;
        if (!may_look(result, result->group_count, &scanned, request, group->id))
            return;
        if (is_listed(request->body, group->name, group->topic))
            result->groups[result->group_count++] =
                (struct cw_store_group){.group_id = group->id,
                                        .name = cw_memory_out(m, group->name),
                                        .topic = cw_memory_out(m, group->topic),
                                        .member_count = group->members.count};
    }
}

void cw_memory_people_list(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    size_t scanned = 0;
    result->people = cw_memory_out_array(m, request->limit, sizeof result->people[0]);
    for (size_t i = request->after; i < m->users.count; i++) {
        const struct cw_memory_user *user = m->users.items[i];
        if (!user->profile.listed)
            continue;
        if (!may_look(result, result->person_count, &scanned, request, user->id))
            return;
        if (!is_listed(request->body, user->name, user->profile.display) ||
            cw_memory_has_blocked(&m->store, user->id, request->user_id))
            continue;
        struct cw_store_person *person = &result->people[result->person_count++];
        *person = (struct cw_store_person){
            .user_id = user->id, .name = cw_memory_out(m, user->name), .seen_ms = user->seen_ms};
        cw_memory_face_person(m, request->user_id, person);
    }
}
