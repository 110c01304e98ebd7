/* call_screen.h - the screen and the keys of a call. Without a terminal each join and leave is
 * printed as a line, and there are no keys. */
#ifndef CHINWAG_CLI_CALL_SCREEN_H
#define CHINWAG_CLI_CALL_SCREEN_H

#include "call_audio.h"
#include "control_lines.h"
#include "terminal.h"

/* The longest name of a device that is asked for. */
#define CALL_SCREEN_DEVICE_SIZE 256

struct call_screen {
    struct terminal terminal;
    struct control_lines lines; /* in place of the terminal */
    const char *group, *me;     /* of a call of two `group` is '@' and the other one */
    bool push_to_talk, muted, deafened;
    bool rings;              /* nobody has answered yet */
    int silent_s;            /* for so long the network has been dead; 0: it is not */
    unsigned unheard;        /* percent of what the user says is lost; 0: little */
    uint64_t silenced_ms;    /* UTC: until then a moderator has muted the user; 0: not */
    bool pushed;             /* by a line, until another one, ... */
    int64_t pushed_until_us; /* ... or by a key */
    bool device_wanted;      /* another device, with this in its name; "": the usual ones */
    char device[CALL_SCREEN_DEVICE_SIZE];
    int64_t drawn_us;
    char *names[CW_CALL_MEMBERS_LIMIT]; /* the participants, oneself included */
    size_t count;
};

/* The standard input is read for keys, or lines, if it has not the sound (--raw). */
void call_screen_open(struct call_screen *screen, const struct cli *cli, const char *group,
                      const char *me);
void call_screen_close(struct call_screen *screen);

/* A participant is in the call, or has left. `now`: they have just joined. */
void call_screen_enter(struct call_screen *screen, const char *name, bool now);
void call_screen_leave(struct call_screen *screen, const char *name);

/* Prints "NAME WHAT" above the line, but nothing about oneself. */
void call_screen_tell(struct call_screen *screen, const char *name, const char *what);

/* Removes all participants: oneself has just joined, and the list is not known yet. */
void call_screen_clear(struct call_screen *screen);

/* A moderator has muted the user until then (UTC, ms); 0: no more. */
void call_screen_silence(struct call_screen *screen, uint64_t until_ms);

/* The connection is lost, as the event says, and tried again. */
void call_screen_lost(struct call_screen *screen, const struct chinwag_event *event);

/* The server has said nothing for so long; 0: it has, or there is no connection. From
 * CALL_SCREEN_SILENT_MS on the line says so, or without a terminal a message. */
#define CALL_SCREEN_SILENT_MS 3000
void call_screen_network(struct call_screen *screen, int silent_ms);

/* The descriptor by which keys or lines come, or -1. */
int call_screen_fd(const struct call_screen *screen);
/* Handles the keys, or the lines. False: the user wants to leave. */
bool call_screen_keys(struct call_screen *screen, struct call_audio *audio, int64_t now_us);

/* Draws the line, or says how it stands, ten times a second at most. When the others miss a tenth
 * of what the user says, or more, the line says so, or without a terminal a message. */
void call_screen_draw(struct call_screen *screen, const struct call_audio *audio, int64_t now_us);

#endif
