/* call_screen.h - what somebody in a call sees, and the keys he has. Without a
 * terminal, who comes and goes is a line each, and there are no keys. */
#ifndef CHINWAG_CLI_CALL_SCREEN_H
#define CHINWAG_CLI_CALL_SCREEN_H

#include "call_audio.h"
#include "terminal.h"

struct call_screen {
    struct terminal terminal;
    const char *group, *me;
    bool push_to_talk, muted, deafened;
    int64_t pushed_until_us;
    int64_t drawn_us;
    char *names[CW_CALL_MEMBERS_MAX]; /* who is in the call, oneself included */
    size_t count;
};

/* `keys`: the standard input is not needed for something else. */
void call_screen_open(struct call_screen *screen, const char *group, const char *me,
                      bool push_to_talk, bool keys);
void call_screen_close(struct call_screen *screen);

/* Somebody is in the call, or not any more. `now`: it happens just now. */
void call_screen_enter(struct call_screen *screen, const char *name, bool now);
void call_screen_leave(struct call_screen *screen, const char *name);

/* Nobody is known to be there: one has just entered oneself. */
void call_screen_clear(struct call_screen *screen);

/* Does what the keys say. False: one wants to leave. */
bool call_screen_keys(struct call_screen *screen, struct call_audio *audio, int64_t now_us);

/* Draws the line, ten times a second at most. */
void call_screen_draw(struct call_screen *screen, const struct call_audio *audio, int64_t now_us);

#endif
