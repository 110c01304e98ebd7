/* screen.h - the terminal client's screen: what is typed and where one looks, beside the chat.
 *
 * Keys go in (control.c), the chat changes, cells come out (draw.c). Pure: no terminal, no clock;
 * the program (src/cli/command_chat.c) reads bytes, draws cells and carries out asks. */
#ifndef CW_SCREEN_SCREEN_H
#define CW_SCREEN_SCREEN_H

#include "chat/chat.h"
#include "screen/bindings.h"
#include "screen/edit.h"
#include "screen/grid.h"
#include "screen/ink.h"
#include "screen/rows.h"

/* A command of the command line, of whose table the screen knows no more. */
struct cw_screen_command {
    const char *name, *arguments, *line;
};

/* A server beside others: each has a section in the list, with its conversations where it is the
 * one that is shown. */
struct cw_screen_server {
    const char *name;
    uint64_t unread, mentions;
    bool away;
};

enum cw_screen_mode {
    CW_MODE_TALK,
    CW_MODE_SWITCH, /* Ctrl+k: letters of a conversation's name */
    CW_MODE_LOOK,   /* Alt+h: letters of an earlier line */
    CW_MODE_SEARCH, /* Ctrl+r: words of messages */
    CW_MODE_PASTED  /* whether what was pasted is wanted */
};

struct cw_screen {
    struct cw_chat *chat;
    const struct cw_screen_command *commands;
    size_t command_count;
    cw_local_time *local;
    /* What the user has chosen (settings.h), and commands change. */
    struct cw_bindings bindings;
    enum cw_theme theme, usual_theme; /* the latter by the settings, ... */
    bool theme_set;                   /* ... or by what the terminal says of its background; */
    bool theme_chosen, mouse_chosen;  /* by a command, which is kept (choices.h) */
    bool mouse; /* it scrolls and chooses here; else it selects text, as in every program */
    struct cw_edit edit;
    enum cw_screen_mode mode;
    struct cw_edit query; /* of SWITCH, LOOK and SEARCH */
    size_t chosen;        /* of the matches of the query */
    /* The last row that is shown, where it is not the conversation's last one: a line and its
     * part. */
    bool back;
    uint64_t anchor;
    unsigned anchor_part;
    uint64_t wanted; /* the message to go to when it comes; 0: none */
    uint64_t marked; /* the message that a search has led to; 0: none */
    /* Of a notice while there is no conversation: the first row that is shown, of how many. */
    size_t notice_row, notice_rows;
    uint64_t notice_number; /* which one was drawn last */
    bool notice_more;       /* ... and there are some below what is shown */
    size_t owed;            /* rows that a page up was to show, and that have not come yet */
    unsigned height;        /* of the conversation, as it was drawn last, ... */
    struct cw_rows_form form;
    unsigned first_row;  /* where its first row stands, which always says who is speaking */
    struct cw_rows rows; /* good within a function only: lines go */
    uint64_t shown;      /* the uid of that whose draft is being written; 0: none */
    bool pasting, numbers, alt_next;
    size_t paste_from; /* where in the line what was pasted begins, and how much was before */
    char *completing;  /* what stood there before Tab; NULL: no Tab was pressed */
    bool files_wanted; /* ... it is a path: the program gives files (cw_complete_files) */
    char *files;       /* that fit; NULL: it is no file, or they have not come */
    bool whole_file;   /* blanks belong to the path; else it is quoted */
    size_t complete_at, complete_end, complete_next;
    /* The list of conversations, as it was drawn last: its first row, the row and the column behind
     * it (column 0: there is no list), and the conversation in its first row. */
    unsigned list_top, list_bottom, list_right;
    size_t list_first;

    size_t first_member;                    /* that the list of members shows */
    const struct cw_screen_server *servers; /* all that are open; the program sets them */
    size_t server_count, server;            /* how many, and which of them this is */
    int32_t talk_key;          /* of push to talk: the number of an F key, or a blank */
    bool talk_on, talk_chosen; /* push to talk, by a command, which is kept (choices.h) */
};

/* `commands` must live as long as the screen. */
void cw_screen_init(struct cw_screen *screen, struct cw_chat *chat,
                    const struct cw_screen_command *commands, size_t count, cw_local_time *local);
void cw_screen_finish(struct cw_screen *screen);

/* Takes the draft of the conversation that is shown now, if it has changed. */
void cw_screen_follow(struct cw_screen *screen);

/* What is being written becomes the draft of the conversation that is shown, which is kept. */
void cw_screen_keep_draft(struct cw_screen *screen);

/* A key was pressed. */
void cw_screen_key(struct cw_screen *screen, const struct cw_key *key);

/* The terminal has answered a question: CW_KEY_REPORT. */
void cw_screen_report(struct cw_screen *screen, const char *text);

/* What the user has chosen, and what the terminal has answered, at another server. */
void cw_screen_look_as(struct cw_screen *screen, const struct cw_screen *other);

/* Draws everything, for the size of the grid. */
void cw_screen_draw(struct cw_screen *screen, struct cw_grid *grid);

#endif
