/* client_heard.c - see client_heard.h. */
#include "client_heard.h"

#include "base/utf8.h"
#include "fuzz.h"

static void check_string(const char *text)
{
    CHECK(text == NULL || cw_utf8_valid(cw_slice_str(text)));
}

static void check_entry(const struct chinwag_entry *entry);

static void check_member(const struct chinwag_member *member)
{
    if (member->type == CHINWAG_TEXT) {
        CHECK(cw_utf8_valid(cw_slice_of(member->text, member->length)));
        CHECK(member->text[member->length] == 0);
    }
    for (size_t i = 0; i < member->entry_count; i++)
        check_entry(&member->entries[i]);
}

static void check_entry(const struct chinwag_entry *entry)
{
    struct chinwag_member member;
    unsigned position = 0;
    while (chinwag_entry_member(entry, &position, &member))
        check_member(&member);
}

static void check_strings(const struct chinwag_event *event)
{
    /* Those that are no members. */
    const char *const strings[] = {
        event->action,   event->text,  event->reason,    event->server_key,   event->tls_pin,
        event->username, event->token, event->sender,    event->conversation, event->state,
        event->happened, event->emoji, event->invitation};
    struct chinwag_member member;
    unsigned position = 0;
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        check_string(strings[i]);
    while (chinwag_event_member(event, &position, &member))
        check_member(&member);
    if (event->content != NULL) {
        CHECK(cw_utf8_valid(cw_slice_of(event->content, event->content_length)));
        CHECK(event->content[event->content_length] == 0);
    }
    for (size_t i = 0; i < event->entry_count; i++)
        check_entry(&event->entries[i]);
}

/* All of it is there: a sanitizer sees what is not. */
static void read_bytes(const struct chinwag_event *event)
{
    unsigned sum = 0;
    for (size_t i = 0; i < event->sample_count; i++)
        sum += (unsigned)event->samples[i];
    for (size_t i = 0; i < event->packet_length; i++)
        sum += event->packet[i];
    for (size_t i = 0; i < event->file_length; i++)
        sum += event->file[i];
    for (size_t i = 0; i < event->byte_count; i++)
        sum += event->bytes[i];
    volatile unsigned heard = sum;
    (void)heard;
}

void client_heard_check(const struct chinwag_event *event)
{
    check_strings(event);
    read_bytes(event);
}
