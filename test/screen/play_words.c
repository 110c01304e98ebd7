/* play_words.c - see play_words.h. */
#include "play_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The next word, into one of some places that are used in turn. */
const char *play_word(const char **line)
{
    static char words[8][300];
    static unsigned next;
    char *out = words[next++ % 8];
    while (**line == ' ')
        ++*line;
    size_t n = strcspn(*line, " ");
    snprintf(out, sizeof words[0], "%.*s", (int)(n < 299 ? n : 299), *line);
    *line += n;
    while (**line == ' ')
        ++*line;
    return out;
}

uint64_t play_number(const char **line)
{
    return strtoull(play_word(line), NULL, 10);
}

size_t play_unescape(const char *text, char *out, size_t size)
{
    size_t n = 0;
    for (; *text != 0 && n + 1 < size; text++) {
        static const char *const letters = "ernt\\", *const codes = "\x1b\r\n\t\\";
        const char *letter = *text == '\\' && text[1] != 0 ? strchr(letters, text[1]) : NULL;
        if (letter != NULL) {
            out[n++] = codes[letter - letters];
            text++;
        } else if (text[0] == '\\' && text[1] == 'x' && strlen(text) >= 4) {
            char digits[3] = {text[2], text[3], 0};
            out[n++] = (char)strtoul(digits, NULL, 16);
            text += 3;
        } else {
            out[n++] = *text;
        }
    }
    out[n] = 0;
    return n;
}
