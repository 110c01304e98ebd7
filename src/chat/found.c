/* found.c - see found.h. */
#include "chat/found.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "chat/line.h"

static void free_hits(struct cw_found *found)
{
    for (size_t i = 0; i < found->count; i++) {
        free(found->hits[i].place);
        free(found->hits[i].sender);
        free(found->hits[i].text);
    }
    free(found->hits);
    found->hits = NULL;
    found->count = 0;
}

void cw_found_forget(struct cw_found *found)
{
    free_hits(found);
    free(found->words);
    free(found->failure);
    *found = (struct cw_found){.words = NULL};
}

void cw_found_begin(struct cw_found *found, const char *words)
{
    char *copy = cw_chat_copy(words);
    cw_found_forget(found);
    *found = (struct cw_found){.words = copy, .asking = true};
}

static bool is_for(const struct cw_found *found, const char *words)
{
    return found->words != NULL && strcmp(found->words, words) == 0;
}

void cw_found_refuse(struct cw_found *found, const char *words, const char *reason)
{
    if (!is_for(found, words))
        return;
    found->asking = false;
    free(found->failure);
    found->failure = cw_chat_copy(reason);
}

/* What stands for a message in one row. */
static const char *text_of_hit(const struct chinwag_entry *entry)
{
    if (entry->content != NULL && entry->content[0] != 0)
        return entry->content;
    return entry->file_name == NULL ? "" : entry->file_name;
}

void cw_found_take(struct cw_found *found, const char *words, const struct chinwag_event *event)
{
    if (!is_for(found, words))
        return;
    free_hits(found);
    found->asking = false;
    found->hits = cw_alloc_zero(event->entry_count * sizeof *found->hits + 1);
    for (size_t i = 0; i < event->entry_count; i++) {
        const struct chinwag_entry *entry = &event->entries[i];
        if (entry->conversation == NULL || entry->sender == NULL || entry->seq == 0)
            continue;
        found->hits[found->count++] = (struct cw_hit){.place = cw_chat_copy(entry->conversation),
                                                      .sender = cw_chat_copy(entry->sender),
                                                      .text = cw_chat_copy(text_of_hit(entry)),
                                                      .seq = entry->seq,
                                                      .time_ms = entry->time_ms};
    }
}
