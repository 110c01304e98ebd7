/* line_framer.h - a transport whose messages are lines, their newlines included, and that says
 * nothing itself: what is put within TLS where the other end is a program that sends text. */
#ifndef TEST_LINE_FRAMER_H
#define TEST_LINE_FRAMER_H

#include "frame/framer.h"

struct cw_framer *line_framer_create(uint32_t message_max);

#endif
