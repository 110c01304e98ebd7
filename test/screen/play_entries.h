/* play_entries.h - the entries of a list that a transcript's next answer has: conversations,
 * messages, members, hits. play_screen.c calls it, and has their lines at its top. */
#ifndef CW_TEST_PLAY_ENTRIES_H
#define CW_TEST_PLAY_ENTRIES_H

#include <stdbool.h>

#include "chinwag/chinwag.h"

#define PLAY_ENTRIES_MAX 400

struct play_entries {
    struct chinwag_entry p[PLAY_ENTRIES_MAX];
    size_t count;
    char *kept[PLAY_ENTRIES_MAX * 3]; /* their strings */
    size_t kept_count;
    uint64_t time_ms; /* of the next one */
};

/* False: this is another line. */
bool play_entries_add(struct play_entries *entries, const char *name, const char *rest);
void play_entries_forget(struct play_entries *entries);

#endif
