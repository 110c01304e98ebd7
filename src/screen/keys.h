/* keys.h - what a terminal sends, as keys. Pure: bytes in; the program says when a lone Esc is one.
 *
 * It knows the sequences that xterm and its relatives send (ECMA-48, xterm's ctlseqs), and those of
 * kitty's keyboard protocol, which tell of releases: what is unknown is left out as a whole.
 * Bracketed paste and focus are keys, too. */
#ifndef CW_SCREEN_KEYS_H
#define CW_SCREEN_KEYS_H

#include <stdbool.h>

#include "base/slice.h"

enum cw_key_kind {
    CW_KEY_NONE,
    CW_KEY_CHARACTER, /* c */
    CW_KEY_CONTROL,   /* c: the small letter, or one of [ \ ] ^ _ and the blank */
    CW_KEY_ENTER,
    CW_KEY_TAB,
    CW_KEY_BACK_TAB,
    CW_KEY_BACKSPACE,
    CW_KEY_DELETE,
    CW_KEY_ESCAPE,
    CW_KEY_UP,
    CW_KEY_DOWN,
    CW_KEY_LEFT,
    CW_KEY_RIGHT,
    CW_KEY_HOME,
    CW_KEY_END,
    CW_KEY_PAGE_UP,
    CW_KEY_PAGE_DOWN,
    CW_KEY_F, /* c: its number */
    CW_KEY_PASTE_BEGIN,
    CW_KEY_PASTE_END,
    CW_KEY_FOCUS_IN,
    CW_KEY_FOCUS_OUT,
    CW_KEY_FLAGS, /* no key: c is what the terminal tells of, of CW_KEYS_RELEASES and others */
    CW_KEY_MOUSE, /* c: the button, at row and column */
    CW_KEY_REPORT /* the terminal answers a question; c: ']' or '_', and cw_keys has the text */
};

enum cw_mouse { CW_MOUSE_LEFT, CW_MOUSE_UP = 64, CW_MOUSE_DOWN };

/* Flags of kitty's protocol: all of them, and that of releases. */
#define CW_KEYS_ALL      31
#define CW_KEYS_RELEASES 2

struct cw_key {
    enum cw_key_kind kind;
    bool alt;
    int32_t c;
    bool repeated, released; /* else it is pressed */
    unsigned row, column;    /* of the mouse, from 0 */
};

/* No sequence that is understood is longer. */
#define CW_KEYS_HELD_MAX   64
#define CW_KEYS_REPORT_MAX 64
struct cw_keys {
    uint8_t held[CW_KEYS_HELD_MAX];
    size_t n;
    bool skipping; /* the rest of a sequence that is too long, ... */
    bool string;   /* ... or of a string (OSC, DCS), as terminals answer questions */
    char opened;   /* the string's first letter, ']' of OSC */
    char report[CW_KEYS_REPORT_MAX + 1]; /* its text, cut */
    size_t report_n;
};

/* Takes a byte. True: *key is a key. */
bool cw_keys_take(struct cw_keys *keys, uint8_t byte, struct cw_key *key);
/* Something is held, or skipped. */
bool cw_keys_waits(const struct cw_keys *keys);
/* Nothing more comes: is what is held a key (Esc)? The rest of it is dropped. */
bool cw_keys_flush(struct cw_keys *keys, struct cw_key *key);

#endif
