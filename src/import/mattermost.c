/* mattermost.c - lines of Mattermost's bulk export: channels, users, posts with their answers, and
 * direct ones. What Chinwag has no place for (roles, schemes, emoji of their own, preferences) is
 * passed over. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/json.h"

#define ADMIN_ROLE "channel_admin"

/* A channel is known by its team and its name. */
static const char *place_of(struct cw_import_parse *parse, const char *team, const char *channel)
{
    return cw_import_join(parse, team, "/", channel);
}

static void read_channel(struct cw_import_parse *parse, const json_t *channel)
{
    struct cw_import_line *line = parse->line;
    line->kind = CW_IMPORT_GROUP;
    line->team = cw_import_text(parse, channel, "team", NULL);
    line->title = cw_import_text(parse, channel, "name", NULL);
    line->name = place_of(parse, line->team, line->title);
    line->closed = strcmp(cw_import_text(parse, channel, "type", "O"), "O") != 0;
    line->topic = cw_import_text(parse, channel, "header", "");
    if (line->topic[0] == 0)
        line->topic = cw_import_text(parse, channel, "purpose", "");
    if (cw_import_number(parse, channel, "deleted_at", false) != 0)
        line->kind = CW_IMPORT_NOTHING;
}

/* Appends the channels of one team. */
static void read_memberships(struct cw_import_parse *parse, const json_t *team,
                             struct cw_import_member *members, size_t *count)
{
    const json_t *channels = cw_import_array(parse, team, "channels");
    const char *name = cw_import_text(parse, team, "name", NULL);
    for (size_t i = 0; i < json_array_size(channels) && parse->good; i++) {
        const json_t *channel = json_array_get(channels, i);
        members[*count].name = place_of(parse, name, cw_import_text(parse, channel, "name", NULL));
        members[(*count)++].admin =
            strstr(cw_import_text(parse, channel, "roles", ""), ADMIN_ROLE) != NULL;
    }
}

static void read_user(struct cw_import_parse *parse, const json_t *user)
{
    struct cw_import_line *line = parse->line;
    size_t count = 0, all = 0;
    const json_t *teams = cw_import_array(parse, user, "teams");
    line->kind = CW_IMPORT_USER;
    line->name = cw_import_text(parse, user, "username", NULL);
    for (size_t i = 0; i < json_array_size(teams) && parse->good; i++)
        all += json_array_size(cw_import_array(parse, json_array_get(teams, i), "channels"));
    struct cw_import_member *members = cw_import_alloc(parse, all, sizeof *members);
    for (size_t i = 0; i < json_array_size(teams) && parse->good; i++)
        read_memberships(parse, json_array_get(teams, i), members, &count);
    line->people = members;
    line->people_count = count;
}

/* --- posts ----------------------------------------------------------------------------------- */

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void read_files(struct cw_import_parse *parse, const json_t *object,
                       struct cw_import_post *post)
{
    const json_t *list = cw_import_array(parse, object, "attachments");
    size_t n = json_array_size(list);
    struct cw_import_file *files = cw_import_alloc(parse, n, sizeof *files);
    for (size_t i = 0; i < n && parse->good; i++) {
        files[i].path = cw_import_text(parse, json_array_get(list, i), "path", NULL);
        files[i].name = last_part(files[i].path);
    }
    post->files = files;
    post->file_count = n;
}

static void read_reactions(struct cw_import_parse *parse, const json_t *object,
                           struct cw_import_post *post)
{
    const json_t *list = cw_import_array(parse, object, "reactions");
    size_t n = json_array_size(list);
    struct cw_import_reaction *reactions = cw_import_alloc(parse, n, sizeof *reactions);
    for (size_t i = 0; i < n && parse->good; i++) {
        const json_t *reaction = json_array_get(list, i);
        const char *emoji = cw_import_emoji(cw_import_text(parse, reaction, "emoji_name", NULL));
        reactions[i].user = cw_import_text(parse, reaction, "user", NULL);
        reactions[i].emoji = emoji == NULL ? "" : emoji;
    }
    post->reactions = reactions;
    post->reaction_count = n;
}

static void read_post(struct cw_import_parse *parse, const json_t *object,
                      struct cw_import_post *post)
{
    post->sender = cw_import_text(parse, object, "user", NULL);
    post->text = cw_import_text(parse, object, "message", "");
    post->time_ms = cw_import_number(parse, object, "create_at", true);
    read_files(parse, object, post);
    read_reactions(parse, object, post);
}

/* What the server says of itself ("system_join_channel") and what was deleted is not kept. */
static bool is_kept(struct cw_import_parse *parse, const json_t *object)
{
    return strncmp(cw_import_text(parse, object, "type", ""), "system_", 7) != 0 &&
           cw_import_number(parse, object, "delete_at", false) == 0;
}

static void read_posts(struct cw_import_parse *parse, const json_t *object)
{
    struct cw_import_line *line = parse->line;
    const json_t *replies = cw_import_array(parse, object, "replies");
    if (!is_kept(parse, object)) {
        line->kind = CW_IMPORT_NOTHING;
        return;
    }
    line->kind = CW_IMPORT_POSTS;
    line->posts = cw_import_alloc(parse, 1 + json_array_size(replies), sizeof line->posts[0]);
    read_post(parse, object, &line->posts[line->post_count++]);
    for (size_t i = 0; i < json_array_size(replies) && parse->good; i++) {
        const json_t *reply = json_array_get(replies, i);
        if (!is_kept(parse, reply))
            continue;
        line->posts[line->post_count].answers = true;
        read_post(parse, reply, &line->posts[line->post_count++]);
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct cw_import_member *)a)->name,
                  ((const struct cw_import_member *)b)->name);
}

/* One or two are a pair; more are a group, which is known by its members. */
static void read_direct_people(struct cw_import_parse *parse, const json_t *list)
{
    struct cw_import_line *line = parse->line;
    size_t n = json_array_size(list);
    struct cw_import_member *people = cw_import_alloc(parse, n, sizeof *people);
    for (size_t i = 0; i < n; i++) {
        const json_t *name = json_array_get(list, i);
        if (!json_is_string(name))
            cw_import_refuse(parse, "this is no list of names:", "members");
        people[i].name = json_is_string(name) ? json_string_value(name) : "";
    }
    if (n == 0)
        cw_import_refuse(parse, "there is nobody in", "members");
    if (!parse->good)
        return;
    if (n != 0)
        qsort(people, n, sizeof people[0], by_name);
    if (n <= 2) {
        line->pair[0] = people[0].name;
        line->pair[1] = people[n - 1].name;
        return;
    }
    line->place = "direct:";
    line->title = "talk";
    for (size_t i = 0; i < n; i++) {
        line->place = cw_import_join(parse, line->place, ",", people[i].name);
        line->title = cw_import_join(parse, line->title, "-", people[i].name);
    }
    line->people = people;
    line->people_count = n;
    line->closed = true;
    line->topic = "";
}

static void read_direct_channel(struct cw_import_parse *parse, const json_t *object)
{
    read_direct_people(parse, cw_import_array(parse, object, "members"));
    parse->line->kind = parse->line->place == NULL ? CW_IMPORT_NOTHING : CW_IMPORT_GROUP;
    parse->line->name = parse->line->place;
}

void cw_import_mattermost(struct cw_import_parse *parse, const json_t *root, const char *type)
{
    static const char *const passed[] = {"version", "team", "emoji", "role",
                                         "scheme",  "bot",  "info",  "playbook_run"};
    const json_t *object = NULL;
    for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++)
        if (strcmp(type, passed[i]) == 0)
            return;
    object = cw_import_object(parse, root, type);
    if (!parse->good)
        return;
    if (strcmp(type, "channel") == 0) {
        read_channel(parse, object);
    } else if (strcmp(type, "user") == 0) {
        read_user(parse, object);
    } else if (strcmp(type, "post") == 0) {
        parse->line->place = place_of(parse, cw_import_text(parse, object, "team", NULL),
                                      cw_import_text(parse, object, "channel", NULL));
        read_posts(parse, object);
    } else if (strcmp(type, "direct_channel") == 0) {
        read_direct_channel(parse, object);
    } else if (strcmp(type, "direct_post") == 0) {
        read_direct_people(parse, cw_import_array(parse, object, "channel_members"));
        read_posts(parse, object);
    } else {
        cw_import_refuse(parse, "this type is not known:", type);
    }
}
