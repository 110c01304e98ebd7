/* screen.h - the terminal client's screen: what is typed and where one looks, beside the chat.
 *
 * Keys go in (control.c), the chat changes, cells come out (draw.c). Pure: no terminal, no clock;
 * the program (src/cli/chat.c) reads bytes, draws cells and carries out asks. */
#ifndef CW_SCREEN_SCREEN_H
#define CW_SCREEN_SCREEN_H

#include "chat/chat.h"
#include "screen/edit.h"
#include "screen/grid.h"
#include "screen/keys.h"
#include "screen/rows.h"

/* A command of the command line, of whose table the screen knows no more. */
struct cw_screen_command {
    const char *name, *arguments, *line;
};

enum cw_screen_mode {
    CW_MODE_TALK,
    CW_MODE_SWITCH, /* Ctrl+k: letters of a conversation's name */
    CW_MODE_LOOK,   /* Ctrl+r: letters of an earlier line */
    CW_MODE_PASTED  /* whether what was pasted is wanted */
};

struct cw_screen {
    struct cw_chat *chat;
    const struct cw_screen_command *commands;
    size_t command_count;
    cw_local_time *local;
    struct cw_edit edit;
    enum cw_screen_mode mode;
    struct cw_edit query; /* of SWITCH and LOOK */
    size_t chosen;        /* of the matches of the query */
    /* The last row that is shown, where it is not the conversation's last one: a line and its
     * part. */
    bool back;
    uint64_t anchor;
    unsigned anchor_part;
    uint64_t wanted; /* the message to go to when it comes; 0: none */
    size_t owed;     /* rows that a page up was to show, and that have not come yet */
    unsigned height; /* of the conversation, as it was drawn last, ... */
    struct cw_rows_form form;
    unsigned first_row;  /* where its first row stands, which always says who is speaking */
    struct cw_rows rows; /* good within a function only: lines go */
    uint64_t shown;      /* the uid of that whose draft is being written; 0: none */
    bool pasting, numbers, alt_next;
    bool quitting;     /* it was said that messages would be lost */
    size_t paste_from; /* where in the line what was pasted begins, and how much was before */
    char *completing;  /* what stood there before Tab; NULL: no Tab was pressed */
    size_t complete_at, complete_end, complete_next;
    int32_t talk_key; /* of push to talk: the number of an F key, or a blank */
};

/* `commands` must live as long as the screen. */
void cw_screen_init(struct cw_screen *screen, struct cw_chat *chat,
                    const struct cw_screen_command *commands, size_t count, cw_local_time *local);
void cw_screen_finish(struct cw_screen *screen);

/* Takes the draft of the conversation that is shown now, if it has changed. */
void cw_screen_follow(struct cw_screen *screen);

/* A key was pressed. */
void cw_screen_key(struct cw_screen *screen, const struct cw_key *key);

/* Draws everything, for the size of the grid. */
void cw_screen_draw(struct cw_screen *screen, struct cw_grid *grid);

#endif
