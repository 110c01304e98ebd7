/* slash_talk.h - the commands about what is spoken. slash.c has the table that calls them. */
#ifndef CW_SCREEN_SLASH_TALK_H
#define CW_SCREEN_SLASH_TALK_H

#include "screen/screen.h"

/* Each takes what was written behind the name. False: it was refused, and a notice says why. */
#define SLASH_DO(name, arguments, help)
#define SLASH_AS(name, arguments, command, form)
#define SLASH_TALK(name, arguments, help)                                                          \
    bool cw_slash_##name(struct cw_screen *screen, const char *rest);
#include "screen/slash.def"
#undef SLASH_DO
#undef SLASH_AS
#undef SLASH_TALK

#endif
