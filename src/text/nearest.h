/* nearest.h - of some words, the one that a misspelt word was meant to be. */
#ifndef CW_TEXT_NEAREST_H
#define CW_TEXT_NEAREST_H

#include <stddef.h>

struct cw_nearest {
    const char *word;
    size_t length;     /* of the word, which may go on behind it with '=' */
    const char *found; /* NULL: no word is near enough */
    size_t found_length;
    size_t distance;
};

struct cw_nearest cw_nearest_to(const char *word);

/* Keeps the word of n bytes if it is nearer than the one before: by at most a third of its letters,
 * wrong, missing, too many or in the other order (the optimal string alignment distance). */
void cw_nearest_try(struct cw_nearest *nearest, const char *other, size_t n);

#endif
