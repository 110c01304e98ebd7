/* nearest.c - see nearest.h. */
#include "text/nearest.h"

#include <string.h>

#define LETTERS_MAX 40 /* a longer word is no name of a command or an option */

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The three last rows of the table of distances between beginnings of both words. */
static size_t distance_of(const char *a, size_t a_n, const char *b, size_t b_n)
{
    size_t rows[3][LETTERS_MAX + 1];
    for (size_t j = 0; j <= b_n; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_n; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *second = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_n; j++) {
            row[j] =
                least_of(above[j - 1] + (a[i - 1] != b[j - 1]), least_of(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least_of(row[j], second[j - 2] + 1);
        }
    }
    return rows[a_n % 3][b_n];
}

struct cw_nearest cw_nearest_to(const char *word)
{
    const char *end = memchr(word, '=', strlen(word));
    return (struct cw_nearest){.word = word,
                               .length = end == NULL ? strlen(word) : (size_t)(end - word)};
}

void cw_nearest_try(struct cw_nearest *nearest, const char *other, size_t n)
{
    if (nearest->length > LETTERS_MAX || n > LETTERS_MAX)
        return;
    size_t distance = distance_of(nearest->word, nearest->length, other, n);
    size_t most = (n < nearest->length ? nearest->length : n) / 3;
    if (distance > most || (nearest->found != NULL && distance >= nearest->distance))
        return;
    nearest->found = other;
    nearest->found_length = n;
    nearest->distance = distance;
}
