/* import.h - what other programs export, line by line, as users, groups and posts.
 *
 * Two forms of JSON lines: Mattermost's bulk export (version 1), and our own (docs/json.md,
 * "Import"). The first line says which. Not what becomes of it: server/import_*.c.
 *
 * Pure. One thread at a time for each line. */
#ifndef CW_IMPORT_IMPORT_H
#define CW_IMPORT_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/alloc.h"

#define CW_IMPORT_LINE_MAX ((size_t)16 * 1024 * 1024)
#define CW_IMPORT_WHY      200

enum cw_import_form { CW_IMPORT_UNKNOWN, CW_IMPORT_MATTERMOST, CW_IMPORT_CHINWAG };

enum cw_import_kind {
    CW_IMPORT_NOTHING, /* not imported, and no mistake */
    CW_IMPORT_USER,    /* name, memberships */
    CW_IMPORT_GROUP,   /* name, team, topic, closed; people: its members */
    CW_IMPORT_POSTS    /* the first, then those that answer it */
};

struct cw_import_file {
    const char *path, *name; /* within the export; for people */
};

struct cw_import_reaction {
    const char *user, *emoji; /* UTF-8; "" when its name is not known */
};

/* Members of a group, or a group of a user. */
struct cw_import_member {
    const char *name;
    bool admin;
};

struct cw_import_post {
    const char *sender, *text;
    uint64_t time_ms;       /* since 1970 */
    bool answers;           /* the first of the line ... */
    uint64_t seq, reply_to; /* ... or by numbers of the export; 0: it has none */
    const struct cw_import_file *files;
    const struct cw_import_reaction *reactions;
    size_t file_count, reaction_count;
};

struct cw_import_line {
    enum cw_import_kind kind;
    const char *type;  /* as the line has it */
    const char *name;  /* of the user; of the group, as the export tells groups apart */
    const char *title; /* of the group: the name that it shall have, if it is free */
    const char *team;  /* of the group, or NULL */
    const char *topic;
    bool closed;
    const struct cw_import_member *people; /* or the groups of a user */
    size_t people_count;
    const char *place; /* of the posts: the group; NULL: the two of `pair` */
    const char *pair[2];
    struct cw_import_post *posts;
    size_t post_count;
    /* Private. */
    void *json;
    struct cw_arena arena;
};

/* What the reader knows from earlier lines. Zeroed at the beginning. */
struct cw_import_reader {
    enum cw_import_form form;
    char me[256]; /* whose export it is, if it is one user's */
};

/* Reads a line, which is kept by nobody. False with a reason: it is broken. The result is finished
 * by the caller in any case. */
bool cw_import_read(struct cw_import_reader *reader, const char *text, size_t n,
                    struct cw_import_line *line, char why[CW_IMPORT_WHY]);
void cw_import_finish(struct cw_import_line *line);

/* The emoji of such a name ("thumbsup"), or NULL. */
const char *cw_import_emoji(const char *name);

#endif
