/* play_words.h - the words of a line of a transcript. play_screen.c calls it. */
#ifndef CW_TEST_SCREEN_PLAY_WORDS_H
#define CW_TEST_SCREEN_PLAY_WORDS_H

#include <stddef.h>
#include <stdint.h>

/* The next word, into one of some places that are used in turn. */
const char *play_word(const char **line);
uint64_t play_number(const char **line);

/* \e, \r, \n, \t, \\ and \xNN become what they stand for. Returns the length. */
size_t play_unescape(const char *text, char *out, size_t size);

#endif
