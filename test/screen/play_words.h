/* play_words.h - the words of a line of a transcript. play_screen.c reads lines by them. */
#ifndef CHINWAG_TEST_PLAY_WORDS_H
#define CHINWAG_TEST_PLAY_WORDS_H

#include <stddef.h>
#include <stdint.h>

/* The next word, into one of some places that are used in turn; *line goes on behind it. */
const char *play_word(const char **line);
uint64_t play_number(const char **line);
/* What a terminal would send: \e, \r, \n, \t, \\ and \xNN are bytes. Returns how many. */
size_t play_unescape(const char *text, char *out, size_t size);

#endif
