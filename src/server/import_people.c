/* import_people.c - users and groups of an import. */
#include <stdio.h>
#include <string.h>

#include "server/import_people.h"
#include "text/look.h"
#include "text/name.h"

/* No hash has this form: nobody can log in by a password. */
#define NO_PASSWORD "!"
#define OTHER_NAMES 9

/* The name for the n-th try: the name itself, then NAME-2 and so on. */
static void name_of_try(const char *name, int try, char tried[CW_PLAN_NAME_MAX])
{
    if (try == 1)
        snprintf(tried, CW_PLAN_NAME_MAX, "%s", name);
    else
        snprintf(tried, CW_PLAN_NAME_MAX, "%.*s-%d", CW_NAME_MAX - 2, name, try);
}

/* --- users ----------------------------------------------------------------------------------- */

static bool find_user(struct cw_import_writer *writer, const struct cw_name_key *key, uint64_t *id)
{
    struct cw_store_result result;
    enum cw_store_status status = cw_import_run_one(
        writer, (struct cw_store_request){.op = CW_STORE_USER_FIND, .key = cw_name_key_slice(key)},
        &result);
    *id = result.user_id;
    return status == CW_STORE_OK && !result.deleted;
}

static enum cw_store_status make_user(struct cw_import_writer *writer, const char *name,
                                      const struct cw_name_key *key, uint64_t *id)
{
    struct cw_looks looks;
    struct cw_store_result result;
    cw_name_looks(cw_slice_str(name), &looks);
    enum cw_store_status status =
        cw_import_run_one(writer,
                          (struct cw_store_request){.op = CW_STORE_USER_CREATE,
                                                    .name = cw_slice_str(name),
                                                    .key = cw_name_key_slice(key),
                                                    .looks = cw_looks_slice(&looks),
                                                    .secret = cw_slice_str(NO_PASSWORD)},
                          &result);
    *id = result.user_id;
    return status;
}

/* A name that looks like an older one, or was given up lately, gets a number behind it; the next
 * time the user is found under that. */
static void settle_user(struct cw_import_writer *writer, struct cw_plan_user *user)
{
    char name[CW_PLAN_NAME_MAX];
    struct cw_name_key key;
    user->id = 0;
    for (int try = 1; try <= OTHER_NAMES && user->id == 0 && !writer->failed; try++) {
        name_of_try(user->name, try, name);
        if (!cw_name_fold(cw_slice_str(name), &key) || find_user(writer, &key, &user->id))
            continue;
        user->made = make_user(writer, name, &key, &user->id) == CW_STORE_OK;
        user->id = user->made ? user->id : 0;
        writer->written->users += user->made;
        if (user->made && try > 1)
            cw_import_say("user", user->name, name);
    }
    if (user->id == 0 && !writer->failed)
        cw_import_say("user", user->name, "could not be made: the name is taken");
}

void cw_import_users(struct cw_import_writer *writer)
{
    for (size_t i = 0; i < writer->plan->user_count && !writer->failed; i++)
        settle_user(writer, writer->plan->users[i]);
}

/* --- groups ---------------------------------------------------------------------------------- */

/* Who shall own a new one: an administrator of the channel, a member, somebody who wrote. */
static uint64_t owner_for(const struct cw_import_plan *plan, const struct cw_plan_group *group)
{
    uint64_t owner = 0;
    int best = -1;
    for (size_t i = 0; i < group->member_count; i++) {
        const struct cw_plan_member *member = &group->members[i];
        int worth = member->admin ? 2 : member->author ? 0 : 1;
        if (worth > best && plan->users[member->user]->id != 0) {
            owner = plan->users[member->user]->id;
            best = worth;
        }
    }
    return owner;
}

/* Who owns it, in the list of one of its members. */
static uint64_t owner_in(struct cw_import_writer *writer, uint64_t group_id, uint64_t member_id)
{
    uint64_t after = 0;
    struct cw_store_result result;
    bool more = true;
    while (more && cw_import_run_one(writer,
                                     (struct cw_store_request){.op = CW_STORE_MEMBER_LIST,
                                                               .user_id = member_id,
                                                               .group_id = group_id,
                                                               .after = after,
                                                               .limit = CW_LIST_MAX},
                                     &result) == CW_STORE_OK) {
        for (size_t i = 0; i < result.person_count; i++) {
            if (result.people[i].role == CW_ROLE_OWNER)
                return result.people[i].user_id;
            after = result.people[i].user_id;
        }
        more = result.more && result.person_count != 0;
    }
    return 0;
}

static void find_owner(struct cw_import_writer *writer, struct cw_plan_group *group)
{
    for (size_t i = 0; i < group->member_count && group->owner_id == 0; i++) {
        uint64_t user_id = writer->plan->users[group->members[i].user]->id;
        if (user_id != 0)
            group->owner_id = owner_in(writer, group->id, user_id);
    }
}

/* One that is there is taken if it can be entered; else it is another group of this name, and the
 * next name is tried. */
static bool find_group(struct cw_import_writer *writer, struct cw_plan_group *group,
                       const struct cw_name_key *key)
{
    struct cw_store_result result;
    if (cw_import_run_one(
            writer,
            (struct cw_store_request){.op = CW_STORE_GROUP_FIND, .key = cw_name_key_slice(key)},
            &result) != CW_STORE_OK)
        return false;
    group->id = result.group_id;
    find_owner(writer, group);
    return true;
}

/* One line, that ends at a character. */
static struct cw_slice topic_for(struct cw_slice text)
{
    size_t n = 0;
    while (n < text.n && n < CW_TOPIC_MAX && text.p[n] >= ' ' && text.p[n] != 0x7f)
        n++;
    while (n != 0 && n < text.n && (text.p[n] & 0xc0) == 0x80)
        n--;
    return cw_slice_of(text.p, n);
}

static bool make_group(struct cw_import_writer *writer, struct cw_plan_group *group,
                       const char *name, const struct cw_name_key *key)
{
    struct cw_looks looks;
    struct cw_store_result result;
    uint64_t owner_id = owner_for(writer->plan, group);
    cw_name_looks(cw_slice_str(name), &looks);
    if (owner_id == 0 ||
        cw_import_run_one(writer,
                          (struct cw_store_request){.op = CW_STORE_GROUP_CREATE,
                                                    .user_id = owner_id,
                                                    .name = cw_slice_str(name),
                                                    .key = cw_name_key_slice(key),
                                                    .looks = cw_looks_slice(&looks)},
                          &result) != CW_STORE_OK)
        return false;
    group->id = result.group_id;
    group->owner_id = owner_id;
    writer->written->groups++;
    struct cw_slice topic = topic_for(group->topic);
    if (topic.n != 0)
        cw_import_run_one(writer,
                          (struct cw_store_request){.op = CW_STORE_GROUP_TOPIC,
                                                    .user_id = owner_id,
                                                    .group_id = group->id,
                                                    .body = topic},
                          &result);
    return true;
}

static void set_access(struct cw_import_writer *writer, const struct cw_plan_group *group,
                       bool closed)
{
    struct cw_store_result result;
    if (group->owner_id != 0)
        cw_import_run_one(writer,
                          (struct cw_store_request){.op = CW_STORE_GROUP_ACCESS,
                                                    .user_id = group->owner_id,
                                                    .group_id = group->id,
                                                    .by_invitation = closed},
                          &result);
}

/* A closed one that is open has been left by an import that did not come to its end. */
static bool is_open(struct cw_import_writer *writer, const struct cw_plan_group *group)
{
    struct cw_store_result result;
    bool open = false;
    if (cw_import_run_one(
            writer,
            (struct cw_store_request){.op = CW_STORE_GROUP_LIST, .user_id = group->owner_id},
            &result) == CW_STORE_OK)
        for (size_t i = 0; i < result.group_count; i++)
            open |= result.groups[i].group_id == group->id && !result.groups[i].by_invitation;
    return open;
}

static void join_one(struct cw_import_writer *writer, struct cw_plan_group *group,
                     struct cw_plan_member *member, const struct cw_name_key *key)
{
    const struct cw_plan_user *user = writer->plan->users[member->user];
    struct cw_store_result result;
    if (user->id == 0 || user->id == group->owner_id || writer->failed)
        return;
    enum cw_store_status status = cw_import_run_one(
        writer,
        (struct cw_store_request){
            .op = CW_STORE_GROUP_JOIN, .user_id = user->id, .key = cw_name_key_slice(key)},
        &result);
    if (status != CW_STORE_OK && status != CW_STORE_EXISTS && !writer->failed)
        cw_import_say("user", user->name,
                      status == CW_STORE_BANNED ? "is banned from a group, and did not join it"
                                                : "is in too many groups, or a group is full");
    member->leaves = member->author && (status == CW_STORE_OK || group->unfinished);
    if (status == CW_STORE_OK && member->admin)
        cw_import_run_one(writer,
                          (struct cw_store_request){.op = CW_STORE_MEMBER_ROLE,
                                                    .user_id = group->owner_id,
                                                    .group_id = group->id,
                                                    .other_id = user->id,
                                                    .role = CW_ROLE_MODERATOR},
                          &result);
}

static void settle_group(struct cw_import_writer *writer, struct cw_plan_group *group)
{
    char name[CW_PLAN_NAME_MAX];
    struct cw_name_key key;
    bool settled = false;
    group->id = group->owner_id = 0;
    for (int try = 1; try <= OTHER_NAMES && !settled && !writer->failed; try++) {
        name_of_try(group->title, try, name);
        if (!cw_name_fold(cw_slice_str(name), &key))
            break;
        settled = find_group(writer, group, &key);
        if (!settled) {
            settled = make_group(writer, group, name, &key);
            if (settled && try > 1)
                cw_import_say("group", group->title, name);
        }
    }
    if (!settled) {
        group->id = 0;
        if (group->member_count != 0 && !writer->failed)
            cw_import_say("group", group->title, "could not be made: the name cannot be had");
        return;
    }
    if (group->closed) {
        group->unfinished = is_open(writer, group);
        set_access(writer, group, false);
    }
    for (size_t i = 0; i < group->member_count; i++)
        join_one(writer, group, &group->members[i], &key);
}

/* Without members and posts there is nobody to own one. */
void cw_import_groups(struct cw_import_writer *writer)
{
    for (size_t i = 0; i < writer->plan->group_count && !writer->failed; i++)
        settle_group(writer, writer->plan->groups[i]);
}

/* --- the end of it --------------------------------------------------------------------------- */

/* For the members what was imported counts as read. */
static void end_group(struct cw_import_writer *writer, struct cw_plan_group *group)
{
    struct cw_store_result result;
    for (size_t i = 0; i < group->member_count && !writer->failed; i++) {
        uint64_t user_id = writer->plan->users[group->members[i].user]->id;
        bool leaves = group->members[i].leaves;
        if (user_id == 0)
            continue;
        cw_import_run_one(
            writer,
            leaves ? (struct cw_store_request){.op = CW_STORE_GROUP_LEAVE,
                                               .user_id = user_id,
                                               .group_id = group->id}
                   : (struct cw_store_request){.op = CW_STORE_READ_MARK,
                                               .user_id = user_id,
                                               .conversation = cw_mailbox_of_group(group->id),
                                               .seq = group->last_seq},
            &result);
    }
    if (group->closed)
        set_access(writer, group, true);
}

void cw_import_groups_end(struct cw_import_writer *writer)
{
    for (size_t i = 0; i < writer->plan->group_count && !writer->failed; i++)
        if (writer->plan->groups[i]->id != 0)
            end_group(writer, writer->plan->groups[i]);
}
