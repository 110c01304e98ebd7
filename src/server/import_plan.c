/* import_plan.c - see import_plan.h. */
#include "server/import_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/rule.h"
#include "text/name.h"

#define TOLD_MAX 200

struct planning {
    struct cw_import_plan *plan;
    struct cw_import_source *source;
    struct cw_source_place place; /* of the line at hand */
    uint64_t latest_ms;
};

static void tell(struct planning *planning, const char *why)
{
    if (++planning->plan->broken <= TOLD_MAX)
        printf("line %u: %s\n", planning->place.line, why);
    else if (planning->plan->broken == TOLD_MAX + 1)
        puts("more lines are broken, and are only counted");
}

/* --- users ------------------------------------------------------------------------------------ */

static struct cw_slice key_of(const char *name)
{
    return cw_slice_str(name);
}

/* False with a reason: nobody can have this name. */
static bool judge_name(const char *name, const char *what, char why[CW_IMPORT_WHY])
{
    struct cw_slice text = cw_slice_str(name);
    struct cw_fault fault = {
        .rule = (uint8_t)(text.n < CW_PLAN_NAME_MAX ? cw_name_fault(text) : CW_RULE_NAME)};
    char sentence[CW_RULE_TEXT_MAX];
    if (fault.rule == CW_RULE_NONE)
        return true;
    size_t n = cw_rule_text(&fault, 0, (struct cw_slice){0}, sentence);
    snprintf(why, CW_IMPORT_WHY, "'%.40s' can be no name of a %s: %.*s", name, what,
             (int)(n < 100 ? n : 100), sentence);
    return false;
}

/* NONE with a reason. */
static uint32_t user_of(struct cw_import_plan *plan, const char *name, char why[CW_IMPORT_WHY])
{
    struct cw_plan_user *user = cw_map_get(&plan->users_by_name, key_of(name));
    if (user != NULL)
        return (uint32_t)user->id;
    if (!judge_name(name, "user", why))
        return CW_PLAN_NONE;
    if (plan->user_count == plan->user_capacity) {
        plan->user_capacity = 2 * plan->user_capacity + 64;
        plan->users = cw_realloc(plan->users, plan->user_capacity * sizeof(void *));
    }
    user = cw_alloc_zero(sizeof *user);
    snprintf(user->name, sizeof user->name, "%s", name);
    user->id = plan->user_count; /* its place, until it is written */
    plan->users[plan->user_count] = user;
    cw_map_put(&plan->users_by_name, key_of(user->name), user);
    return (uint32_t)plan->user_count++;
}

/* --- groups ----------------------------------------------------------------------------------- */

static struct cw_plan_group *group_of(struct cw_import_plan *plan, const char *name,
                                      const char *title, char why[CW_IMPORT_WHY])
{
    struct cw_plan_group *group = cw_map_get(&plan->groups_by_name, key_of(name));
    if (group != NULL)
        return group;
    if (strlen(name) >= CW_PLAN_NAME_MAX) {
        snprintf(why, CW_IMPORT_WHY, "the name of the group is too long: '%.60s'", name);
        return NULL;
    }
    if (plan->group_count == plan->group_capacity) {
        plan->group_capacity = 2 * plan->group_capacity + 64;
        plan->groups = cw_realloc(plan->groups, plan->group_capacity * sizeof(void *));
    }
    group = cw_alloc_zero(sizeof *group);
    snprintf(group->name, sizeof group->name, "%s", name);
    snprintf(group->title, sizeof group->title, "%s", title);
    group->id = plan->group_count; /* its place, until it is written */
    plan->groups[plan->group_count++] = group;
    cw_map_put(&plan->groups_by_name, key_of(group->name), group);
    return group;
}

/* Who has written a million posts is looked for once. */
static bool is_known(struct cw_plan_group *group, uint32_t user)
{
    size_t byte = user / 8;
    uint8_t bit = (uint8_t)(1u << user % 8);
    if (byte >= group->known_bytes) {
        size_t bytes = 2 * byte + 16;
        group->known = cw_realloc(group->known, bytes);
        memset(group->known + group->known_bytes, 0, bytes - group->known_bytes);
        group->known_bytes = bytes;
    }
    bool known = (group->known[byte] & bit) != 0;
    group->known[byte] |= bit;
    return known;
}

static void add_member(struct cw_plan_group *group, uint32_t user, bool admin, bool author)
{
    bool known = is_known(group, user);
    if (known && author)
        return;
    for (size_t i = 0; known && i < group->member_count; i++)
        if (group->members[i].user == user) {
            group->members[i].admin |= admin;
            group->members[i].author &= author;
            return;
        }
    if (group->member_count == group->member_capacity) {
        group->member_capacity = 2 * group->member_capacity + 8;
        group->members =
            cw_realloc(group->members, group->member_capacity * sizeof group->members[0]);
    }
    group->members[group->member_count++] = (struct cw_plan_member){user, admin, author, false};
}

static const char *title_in(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash == NULL ? name : slash + 1;
}

/* --- lines ------------------------------------------------------------------------------------ */

static bool plan_user(struct planning *planning, const struct cw_import_line *line,
                      char why[CW_IMPORT_WHY])
{
    uint32_t user = user_of(planning->plan, line->name, why);
    bool good = user != CW_PLAN_NONE;
    for (size_t i = 0; i < line->people_count && good; i++) {
        const char *name = line->people[i].name;
        struct cw_plan_group *group = group_of(planning->plan, name, title_in(name), why);
        good = group != NULL;
        if (good)
            add_member(group, user, line->people[i].admin, false);
    }
    return good;
}

static bool plan_group(struct planning *planning, const struct cw_import_line *line,
                       char why[CW_IMPORT_WHY])
{
    struct cw_plan_group *group = group_of(planning->plan, line->name, line->title, why);
    bool good = group != NULL;
    if (!good)
        return false;
    group->closed = line->closed;
    group->topic = cw_arena_copy(&planning->plan->arena, cw_slice_str(line->topic));
    if (line->team != NULL)
        snprintf(group->team, sizeof group->team, "%s", line->team);
    for (size_t i = 0; i < line->people_count && good; i++) {
        uint32_t user = user_of(planning->plan, line->people[i].name, why);
        good = user != CW_PLAN_NONE;
        if (good)
            add_member(group, user, line->people[i].admin, false);
    }
    return good;
}

static struct cw_plan_post *add_post(struct cw_import_plan *plan)
{
    if (plan->post_count == plan->post_capacity) {
        plan->post_capacity = 2 * plan->post_capacity + 1024;
        plan->posts = cw_realloc(plan->posts, plan->post_capacity * sizeof plan->posts[0]);
    }
    return &plan->posts[plan->post_count++];
}

static void count_extras(struct planning *planning, const struct cw_import_post *post)
{
    planning->plan->reactions += post->reaction_count;
    for (size_t i = 0; i < post->file_count; i++) {
        int fd = cw_import_source_file(planning->source, post->files[i].path);
        planning->plan->files++;
        planning->plan->files_missing += fd < 0;
        if (fd >= 0)
            close(fd);
    }
}

/* Where the posts of the line belong. */
static bool plan_place(struct planning *planning, const struct cw_import_line *line,
                       struct cw_plan_post *to, char why[CW_IMPORT_WHY])
{
    to->group = to->pair[0] = to->pair[1] = CW_PLAN_NONE;
    if (line->place != NULL) {
        struct cw_plan_group *group =
            group_of(planning->plan, line->place,
                     line->title != NULL ? line->title : title_in(line->place), why);
        if (group == NULL)
            return false;
        to->group = (uint32_t)group->id;
        group->closed |= line->closed;
        for (size_t i = 0; i < line->people_count; i++) {
            uint32_t user = user_of(planning->plan, line->people[i].name, why);
            if (user == CW_PLAN_NONE)
                return false;
            add_member(group, user, false, false);
        }
        return true;
    }
    for (int i = 0; i < 2; i++)
        to->pair[i] = user_of(planning->plan, line->pair[i], why);
    return to->pair[0] != CW_PLAN_NONE && to->pair[1] != CW_PLAN_NONE;
}

static bool plan_post(struct planning *planning, const struct cw_import_post *from,
                      struct cw_plan_post *post, char why[CW_IMPORT_WHY])
{
    struct cw_import_plan *plan = planning->plan;
    post->time_ms = from->time_ms;
    post->reply_to = from->reply_to;
    post->number_there = from->seq;
    post->sender = user_of(plan, from->sender, why);
    if (post->sender == CW_PLAN_NONE)
        return false;
    if (from->time_ms == 0 || from->time_ms > planning->latest_ms) {
        snprintf(why, CW_IMPORT_WHY, "its time lies in the future, or is none: %" PRIu64,
                 from->time_ms);
        return false;
    }
    if (post->group != CW_PLAN_NONE) {
        add_member(plan->groups[post->group], post->sender, false, true);
    } else if (post->sender != post->pair[0] && post->sender != post->pair[1]) {
        snprintf(why, CW_IMPORT_WHY, "'%.60s' is none of the two whose conversation it is",
                 from->sender);
        return false;
    }
    count_extras(planning, from);
    return true;
}

static bool plan_posts(struct planning *planning, const struct cw_import_line *line,
                       char why[CW_IMPORT_WHY])
{
    struct cw_import_plan *plan = planning->plan;
    struct cw_plan_post place = {.at = planning->place.at, .line = planning->place.line};
    size_t first = plan->post_count;
    if (!plan_place(planning, line, &place, why))
        return false;
    for (uint32_t i = 0; i < line->post_count; i++) {
        struct cw_plan_post post = place;
        post.number = i;
        post.answers = line->posts[i].answers ? (uint32_t)first : CW_PLAN_NONE;
        if (!plan_post(planning, &line->posts[i], &post, why)) {
            plan->post_count = first;
            return false;
        }
        *add_post(plan) = post;
    }
    return true;
}

static void plan_line(struct planning *planning, struct cw_slice text)
{
    char why[CW_IMPORT_WHY];
    struct cw_import_line line;
    bool good = cw_import_read(&planning->plan->reader, (const char *)text.p, text.n, &line, why);
    if (good && line.kind == CW_IMPORT_USER)
        good = plan_user(planning, &line, why);
    else if (good && line.kind == CW_IMPORT_GROUP)
        good = plan_group(planning, &line, why);
    else if (good && line.kind == CW_IMPORT_POSTS)
        good = plan_posts(planning, &line, why);
    else if (good)
        planning->plan->passed++;
    if (!good)
        tell(planning, why);
    cw_import_finish(&line);
}

/* --- the whole ------------------------------------------------------------------------------- */

static const struct cw_plan_post *sorted_posts; /* for qsort, which passes nothing on */

static int by_time(const void *a, const void *b)
{
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    uint64_t x = sorted_posts[i].time_ms, y = sorted_posts[j].time_ms;
    return x != y ? (x < y ? -1 : 1) : i < j ? -1 : i > j;
}

static void sort_posts(struct cw_import_plan *plan)
{
    plan->order = cw_alloc((plan->post_count + 1) * sizeof plan->order[0]);
    for (size_t i = 0; i < plan->post_count; i++)
        plan->order[i] = (uint32_t)i;
    sorted_posts = plan->posts;
    if (plan->post_count != 0)
        qsort(plan->order, plan->post_count, sizeof plan->order[0], by_time);
    sorted_posts = NULL;
}

struct numbered {
    struct {
        uint64_t number;
        uint32_t group, pair[2];
    } key;
    uint32_t post;
};

static struct numbered numbered_of(const struct cw_plan_post *post, uint64_t number, uint32_t at)
{
    struct numbered numbered;
    memset(&numbered, 0, sizeof numbered);
    numbered.key.number = number;
    numbered.key.group = post->group;
    bool swapped = post->pair[0] > post->pair[1];
    numbered.key.pair[0] = post->pair[swapped];
    numbered.key.pair[1] = post->pair[!swapped];
    numbered.post = at;
    return numbered;
}

static struct cw_slice number_key(const struct numbered *numbered)
{
    return cw_slice_of((const uint8_t *)&numbered->key, sizeof numbered->key);
}

/* Which post each answers, where the export says it by numbers. */
static void find_answered(struct cw_import_plan *plan)
{
    static const uint64_t seed[2] = {5, 6};
    struct cw_map by_number;
    struct cw_arena arena = {0};
    cw_map_init(&by_number, seed);
    for (size_t i = 0; i < plan->post_count; i++) {
        struct numbered numbered =
            numbered_of(&plan->posts[i], plan->posts[i].number_there, (uint32_t)i);
        if (plan->posts[i].number_there == 0 ||
            cw_map_get(&by_number, number_key(&numbered)) != NULL)
            continue;
        struct numbered *kept = cw_arena_alloc(&arena, sizeof *kept);
        memcpy(kept, &numbered, sizeof *kept);
        cw_map_put(&by_number, number_key(kept), kept);
    }
    for (size_t i = 0; i < plan->post_count; i++) {
        struct numbered wanted = numbered_of(&plan->posts[i], plan->posts[i].reply_to, 0);
        const struct numbered *found = cw_map_get(&by_number, number_key(&wanted));
        if (plan->posts[i].reply_to != 0 && found != NULL)
            plan->posts[i].answers = found->post;
    }
    cw_map_finish(&by_number);
    cw_arena_finish(&arena);
}

/* Channels of two teams may have one name: then the team's goes before it. A name that is too long
 * is cut, with a sum of all of it behind. */
static void make_titles(struct cw_import_plan *plan)
{
    for (size_t i = 0; i < plan->group_count; i++) {
        struct cw_plan_group *group = plan->groups[i];
        char title[2 * CW_PLAN_NAME_MAX];
        bool twice = false;
        for (size_t j = 0; j < plan->group_count; j++)
            twice |= i != j && group->team[0] != 0 && plan->groups[j]->team[0] != 0 &&
                     strcmp(title_in(group->name), title_in(plan->groups[j]->name)) == 0;
        snprintf(title, sizeof title, "%s%s%s", twice ? group->team : "", twice ? "-" : "",
                 group->title);
        if (strlen(title) > CW_NAME_MAX) {
            static const uint64_t seed[2] = {7, 8};
            uint64_t sum = cw_hash_keyed(seed, cw_slice_str(title));
            snprintf(title + 48, sizeof title - 48, "-%08" PRIx32, (uint32_t)sum);
        }
        snprintf(group->title, sizeof group->title, "%.*s", CW_PLAN_NAME_MAX - 1, title);
    }
}

/* A line that is none ends the reading only where the disk is at fault. */
bool cw_import_plan_make(struct cw_import_source *source, uint64_t latest_ms,
                         struct cw_import_plan *plan, char error[256])
{
    static const uint64_t seed[2] = {1, 2};
    struct planning planning = {.plan = plan, .source = source, .latest_ms = latest_ms};
    struct cw_slice text;
    enum cw_source_line found;
    *plan = (struct cw_import_plan){0};
    cw_map_init(&plan->users_by_name, seed);
    cw_map_init(&plan->groups_by_name, seed);
    cw_import_source_rewind(source);
    while ((found = cw_import_source_next(source, &text, &planning.place)) == CW_SOURCE_LINE ||
           found == CW_SOURCE_LONG) {
        plan->lines++;
        if (found == CW_SOURCE_LONG)
            tell(&planning, "it is longer than 16 MiB");
        else
            plan_line(&planning, text);
    }
    if (found == CW_SOURCE_BROKEN)
        snprintf(error, 256, "The export cannot be read behind line %u.", planning.place.line);
    find_answered(plan);
    sort_posts(plan);
    make_titles(plan);
    return found == CW_SOURCE_END;
}

void cw_import_plan_finish(struct cw_import_plan *plan)
{
    for (size_t i = 0; i < plan->user_count; i++)
        free(plan->users[i]);
    for (size_t i = 0; i < plan->group_count; i++) {
        free(plan->groups[i]->members);
        free(plan->groups[i]->known);
        free(plan->groups[i]);
    }
    free(plan->users);
    free(plan->groups);
    free(plan->posts);
    free(plan->order);
    cw_map_finish(&plan->users_by_name);
    cw_map_finish(&plan->groups_by_name);
    cw_arena_finish(&plan->arena);
}
