/* chat_settings.h - the file of settings for the terminal client,
 * $XDG_CONFIG_HOME/chinwag/chat.conf (default ~/.config/chinwag/chat.conf). What stands in it:
 * screen/settings.h. */
#ifndef CHINWAG_CLI_CHAT_SETTINGS_H
#define CHINWAG_CLI_CHAT_SETTINGS_H

#include "screen/screen.h"

/* Takes the file over, where there is one. False: it is wrong, and a message was printed. */
bool chat_settings_load(struct cw_screen *screen);

#endif
