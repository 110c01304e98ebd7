/* chat_keyboard.h - asks the terminal to tell of all keys, and of their releases, by kitty's
 * keyboard protocol, and takes that back however the program ends: the shell could not be used.
 * chat_paint.c, command_chat.c and chat_servers.c call it.
 * What the terminal sends then: screen/keys.h. */
#ifndef CHINWAG_CLI_CHAT_KEYBOARD_H
#define CHINWAG_CLI_CHAT_KEYBOARD_H

#include <stdbool.h>

/* One server more wants it, or one less. A terminal that has the protocol answers which keys it
 * tells of; others leave it alone. */
void keyboard_tell(bool all);

/* Another server is in front: it has to hear which keys the terminal tells of. */
void keyboard_ask(void);

/* The terminal goes back to the shell, and comes again. */
void keyboard_leave(void);
void keyboard_return(void);

#endif
