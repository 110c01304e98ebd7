/* edit.h - the line in which the user writes, as readline has it: moving, cutting, history. Pure.
 *
 * The text is valid UTF-8 without control characters but the new line. */
#ifndef CW_SCREEN_EDIT_H
#define CW_SCREEN_EDIT_H

#include "base/buf.h"

/* A message has no more (docs/protocol.md). */
#define CW_EDIT_MAX    16384
#define CW_HISTORY_MAX 200

struct cw_edit {
    struct cw_buf text;
    size_t at; /* the cursor: an index of text */
    struct cw_buf cut;
    char **history; /* the oldest first */
    size_t history_count;
    size_t looking; /* at history[looking]; history_count: at what is written now */
    struct cw_buf kept;
};

void cw_edit_finish(struct cw_edit *edit);

/* The text with a zero behind it; the caller frees it. */
char *cw_edit_copy(const struct cw_edit *edit);

/* The text replaces what is there; the cursor stands behind it. */
void cw_edit_set(struct cw_edit *edit, struct cw_slice text);
/* What is no text, or too long, is left out. */
void cw_edit_insert(struct cw_edit *edit, struct cw_slice text);
void cw_edit_insert_character(struct cw_edit *edit, int32_t c);

enum cw_edit_move {
    CW_EDIT_LEFT,
    CW_EDIT_RIGHT,
    CW_EDIT_WORD_LEFT,
    CW_EDIT_WORD_RIGHT,
    CW_EDIT_BEGIN,
    CW_EDIT_END
};
/* Where the cursor would be. */
size_t cw_edit_place(const struct cw_edit *edit, enum cw_edit_move move);
void cw_edit_move(struct cw_edit *edit, enum cw_edit_move move);
/* Removes what is between the cursor and that place; `keep`: for cw_edit_paste. */
void cw_edit_remove(struct cw_edit *edit, enum cw_edit_move move, bool keep);
/* Removes what is between an earlier place of the cursor and the cursor. */
void cw_edit_cut(struct cw_edit *edit, size_t from);
void cw_edit_paste(struct cw_edit *edit);
void cw_edit_swap(struct cw_edit *edit);

/* Remembers the text in the history, and empties the line. */
void cw_edit_done(struct cw_edit *edit);
/* `by` -1: the line before. */
void cw_edit_look(struct cw_edit *edit, int by);

#endif
