/* line.h - a line of a conversation: a message, or a notice of this program.
 *
 * No list of them (place.h) and no drawing (src/screen). Pure. */
#ifndef CW_CHAT_LINE_H
#define CW_CHAT_LINE_H

#include "chinwag/chinwag.h"

enum cw_line_kind { CW_LINE_TEXT, CW_LINE_VOICE, CW_LINE_CALL, CW_LINE_NOTICE };

/* How far an own message has come. */
enum cw_line_state {
    CW_LINE_STORED, /* on the server's disk; also others' messages, and notices */
    CW_LINE_PALE,   /* under way */
    CW_LINE_FAILED  /* refused: `failure` says why */
};

struct cw_line_reaction {
    char *emoji;
    uint64_t count;
    bool mine;
};

struct cw_line {
    uint64_t uid; /* differs from that of all other lines of the program */
    enum cw_line_kind kind;
    enum cw_line_state state;
    uint64_t seq;   /* 0: a notice, or not stored yet */
    uint64_t floor; /* of a notice: the highest seq when it came */
    uint64_t id, time_ms, reply_to, duration_ms;
    char *sender;
    char *text; /* ends in a zero; a caption where there is a file */
    size_t length;
    char *failure, *file_name, *quote_sender, *quote; /* NULL: none */
    char *wave;             /* of a voice message: 64 levels from '0' to 'o'; NULL: not known */
    uint64_t file, size;    /* of the file; 0: none */
    unsigned width, height; /* of a PNG, in pixels; else 0 */
    bool said;              /* by this program */
    bool own, bot, edited, deleted, mentioned, damaged;
    struct cw_line_reaction *reactions;
    size_t reaction_count;

    /* Of one that is said: its number, in the part of the run that said it first; n 0: it takes new
     * ones when it is said again. `kept`: the program has it on its disk, or cannot have it there.
     */
    uint64_t part, n;
    bool kept;
};

/* A copy; NULL of NULL. */
char *cw_chat_copy(const char *text);

/* A line with copies of what the entry of a history has; `me` is this user. */
struct cw_line *cw_line_of_entry(const struct chinwag_entry *entry, const char *me);
/* The same of an event with a message. */
struct cw_line *cw_line_of_event(const struct chinwag_event *event, const char *me);
/* One of this program: a notice, or a message that is said. */
struct cw_line *cw_line_make(enum cw_line_kind kind, const char *sender, const char *text,
                             size_t length);
void cw_line_destroy(struct cw_line *line);

/* Does the text say what its sender does ("_waves_", as /me of both clients writes it)? Then `text`
 * and `n` become what is between the marks. */
bool cw_text_acts(const char **text, size_t *n);
/* The same of a message: its words without the marks. A file's caption is none. */
bool cw_line_acts(const struct cw_line *line, const char **text, size_t *n);

void cw_line_set_text(struct cw_line *line, const char *text, size_t length);
void cw_line_delete(struct cw_line *line);
/* `mine`: by this user, for whom it is done once only. */
void cw_line_react(struct cw_line *line, const char *emoji, bool mine);
void cw_line_unreact(struct cw_line *line, const char *emoji, bool mine);

#endif
