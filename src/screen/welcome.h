/* welcome.h - what somebody reads who is here for the first time. The screen shows it while there
 * is no conversation, and the program at the first start. */
#ifndef CW_SCREEN_WELCOME_H
#define CW_SCREEN_WELCOME_H

extern const char cw_welcome[];

#endif
