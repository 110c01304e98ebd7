/* log.c - see log.h. A flood of lines would fill the disk that messages need. */
#include "server/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#define LINES_PER_S_MAX 200

void cw_log(const char *format, ...)
{
    static time_t second;
    static unsigned lines;
    time_t now = time(NULL);
    flockfile(stderr); /* the store's thread has something to say, too */
    if (now != second) {
        if (lines > LINES_PER_S_MAX)
            fprintf(stderr, "chinwagd: %u lines suppressed\n", lines - LINES_PER_S_MAX);
        second = now;
        lines = 0;
    }
    if (++lines > LINES_PER_S_MAX) {
        funlockfile(stderr);
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    fputs("chinwagd: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    funlockfile(stderr);
    va_end(arguments);
}

void cw_log_notes(const struct cw_store_notes *notes)
{
    for (size_t i = 0; i < notes->count; i++)
        cw_log("store: %s", notes->lines[i]);
    if (notes->lost != 0)
        cw_log("store: %zu more such lines", notes->lost);
}
