/* export_line.c - lines of our own form: what `chinwag export` writes, and what docs/json.md lists
 * for those who convert from elsewhere. */
#include <string.h>

#include "import/json.h"

/* The first one listed owns it. An export of one user says only that this one is a member. */
static void read_people(struct cw_import_parse *parse, const struct cw_import_reader *reader,
                        const json_t *root)
{
    const json_t *list = cw_import_array(parse, root, "people");
    size_t n = json_array_size(list);
    struct cw_import_member *people = cw_import_alloc(parse, n + 1, sizeof *people);
    for (size_t i = 0; i < n; i++) {
        const json_t *member = json_array_get(list, i);
        if (!json_is_string(member))
            cw_import_refuse(parse, "this is no list of names:", "people");
        people[i].name = json_is_string(member) ? json_string_value(member) : "";
        people[i].admin = i == 0;
    }
    if (list == NULL && reader->me[0] != 0)
        people[n++].name = cw_import_join(parse, reader->me, "", "");
    parse->line->people = people;
    parse->line->people_count = n;
}

static void read_group(struct cw_import_parse *parse, const struct cw_import_reader *reader,
                       const json_t *root)
{
    struct cw_import_line *line = parse->line;
    const char *name = cw_import_text(parse, root, "name", NULL);
    line->kind = CW_IMPORT_GROUP;
    line->name = line->title = name[0] == '#' ? name + 1 : name;
    line->topic = cw_import_text(parse, root, "topic", "");
    line->closed = strcmp(cw_import_text(parse, root, "access", ""), "invited") == 0;
    read_people(parse, reader, root);
}

static void read_file(struct cw_import_parse *parse, const json_t *root,
                      struct cw_import_post *post)
{
    const char *path = cw_import_text(parse, root, "file", "");
    if (path[0] == 0)
        return;
    const char *slash = strrchr(path, '/');
    struct cw_import_file *file = cw_import_alloc(parse, 1, sizeof *file);
    file->path = path;
    file->name = cw_import_text(parse, root, "file_name", slash == NULL ? path : slash + 1);
    post->files = file;
    post->file_count = 1;
}

/* In an export the other user of a pair stands in `conversation`, and whose export it is in its
 * first line; what was converted says `to`. */
static void read_place(struct cw_import_parse *parse, const struct cw_import_reader *reader,
                       const json_t *root, const char *sender)
{
    struct cw_import_line *line = parse->line;
    const char *conversation = cw_import_text(parse, root, "conversation", "");
    const char *to = cw_import_text(parse, root, "to", "");
    if (conversation[0] == '#') {
        line->place = conversation + 1;
        return;
    }
    bool both = conversation[0] != 0 && reader->me[0] != 0;
    line->pair[0] = both ? cw_import_join(parse, reader->me, "", "") : sender;
    line->pair[1] = both ? conversation : to;
    if (line->pair[1][0] == 0)
        cw_import_refuse(parse, "it has neither a 'conversation' of an account nor", "to");
}

static void read_message(struct cw_import_parse *parse, const struct cw_import_reader *reader,
                         const json_t *root)
{
    struct cw_import_line *line = parse->line;
    const char *kind = cw_import_text(parse, root, "kind", "text");
    struct cw_import_post *post = cw_import_alloc(parse, 1, sizeof *post);
    if (cw_import_number(parse, root, "deleted", false) != 0 ||
        (strcmp(kind, "text") != 0 && strcmp(kind, "voice") != 0))
        return; /* entries of edits: the text is the newest already; missed calls */
    post->sender = cw_import_text(parse, root, "sender", NULL);
    post->text = cw_import_text(parse, root, "content", "");
    post->time_ms = cw_import_number(parse, root, "time", true);
    post->seq = cw_import_number(parse, root, "seq", false);
    post->reply_to = cw_import_number(parse, root, "reply_to", false);
    read_file(parse, root, post);
    read_place(parse, reader, root, post->sender);
    line->kind = CW_IMPORT_POSTS;
    line->posts = post;
    line->post_count = 1;
}

static void read_account(struct cw_import_parse *parse, struct cw_import_reader *reader,
                         const json_t *root)
{
    const char *name = cw_import_text(parse, root, "name", NULL);
    if (strlen(name) >= sizeof reader->me)
        cw_import_refuse(parse, "this name is too long:", name);
    else
        memcpy(reader->me, name, strlen(name) + 1);
    parse->line->kind = CW_IMPORT_USER;
    parse->line->name = name;
}

static bool is_one_of(const char *type, const char *const types[])
{
    while (*types != NULL && strcmp(*types, type) != 0)
        types++;
    return *types != NULL;
}

void cw_import_chinwag(struct cw_import_parse *parse, struct cw_import_reader *reader,
                       const json_t *root, const char *type)
{
    static const char *const messages[] = {"whisper", "msg_group", "voice_msg", NULL};
    static const char *const passed[] = {"profile_item", "contact", "device", "invitation",
                                         "conversation", "edit",    "delete", NULL};
    if (is_one_of(type, passed))
        return;
    if (strcmp(type, "account") == 0) {
        read_account(parse, reader, root);
    } else if (strcmp(type, "user") == 0) {
        parse->line->kind = CW_IMPORT_USER;
        parse->line->name = cw_import_text(parse, root, "name", NULL);
    } else if (strcmp(type, "group") == 0) {
        read_group(parse, reader, root);
    } else if (is_one_of(type, messages)) {
        read_message(parse, reader, root);
    } else {
        cw_import_refuse(parse, "this type is not known:", type);
    }
}
