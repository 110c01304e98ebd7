/* output_list.c - see output_list.h. */
#include "output_list.h"

#include <inttypes.h>
#include <string.h>

#include "chat/line.h"
#include "output.h"

static void put(FILE *out, const char *text)
{
    if (text != NULL)
        output_text(out, text, strlen(text));
}

/* "Display (name)": a display name is never without the name, which is one person's alone. */
static void put_person(FILE *out, const char *display, const char *mark, const char *name)
{
    if (display != NULL) {
        put(out, display);
        fputs(" (", out);
    }
    fputs(mark, out);
    put(out, name);
    fputs(display != NULL ? ")" : "", out);
}

static bool is(const char *text, const char *word)
{
    return text != NULL && strcmp(text, word) == 0;
}

static void put_voice(FILE *out, const struct chinwag_entry *entry)
{
    fputs(entry->damaged ? "(voice message, damaged on the server" : "(voice message", out);
    if (entry->duration_ms != 0)
        fprintf(out, ", %.1f s", (double)entry->duration_ms / 1000);
    fputs(entry->played_ms != 0 ? ", listened to)" : ")", out);
}

static void put_deletion(FILE *out, const struct chinwag_entry *entry)
{
    fputs("(deleted", out);
    if (entry->deleted_by != NULL) {
        fputs(" by ", out);
        put(out, entry->deleted_by);
    }
    fputc(')', out);
}

/* Only a text says what its sender does. */
static bool entry_acts(const struct chinwag_entry *entry, const char **words, size_t *n)
{
    *words = entry->content;
    *n = entry->content_length;
    return entry->content != NULL && entry->deleted_ms == 0 && entry->file_id == 0 &&
           !is(entry->kind, "voice") && !is(entry->kind, "call") && cw_text_acts(words, n);
}

static void put_content(FILE *out, const struct chinwag_entry *entry)
{
    const char *words;
    size_t n;
    entry_acts(entry, &words, &n);
    if (entry->deleted_ms != 0)
        put_deletion(out, entry);
    else if (is(entry->kind, "voice"))
        put_voice(out, entry);
    else if (is(entry->kind, "call"))
        fputs("(missed call)", out);
    else if (entry->content != NULL)
        output_text(out, words, n);
    if (entry->file_id != 0)
        output_file(out, entry->content_length != 0, entry->file_name, entry->size);
    if (entry->edited_ms != 0 && entry->deleted_ms == 0)
        fputs(" (edited)", out);
}

/* The beginning of what is answered, in one line. */
#define QUOTE_SHOWN 48

static void put_quote(FILE *out, const struct chinwag_entry *entry)
{
    const char *quote = entry->quote;
    if (entry->quote_sender == NULL)
        return;
    size_t n = quote == NULL ? 0 : strlen(quote);
    bool acts = quote != NULL && cw_text_acts(&quote, &n);
    fputs(acts ? " (* " : " (", out);
    put(out, entry->quote_sender);
    if (quote == NULL) {
        fputs(": a voice message)", out);
        return;
    }
    size_t most = strcspn(quote, "\n");
    most = most < n ? most : n;
    if (most > QUOTE_SHOWN)
        for (most = QUOTE_SHOWN; most > 0 && ((unsigned char)quote[most] & 0xc0) == 0x80;)
            most--;
    fputs(acts ? " " : ": ", out);
    output_text(out, quote, most);
    fputs(most < n ? "...)" : ")", out);
}

/* "  [emoji 2, emoji 1 (you)]  pinned" */
static void put_reactions(FILE *out, const struct chinwag_entry *entry)
{
    for (size_t i = 0; i < entry->reactions_count; i++) {
        const struct chinwag_entry *reaction = &entry->reactions[i];
        fputs(i == 0 ? "  [" : ", ", out);
        put(out, reaction->emoji);
        fprintf(out, " %" PRIu64 "%s", reaction->count, reaction->mine ? " (you)" : "");
    }
    fputs(entry->reactions_count == 0 ? "" : "]", out);
    fputs(entry->pinned_ms == 0 ? "" : "  pinned", out);
}

/* What has become of a message of this user to another one; of a recording that was listened to
 * it is said. */
static void put_fate(FILE *out, const struct chinwag_entry *entry, const char *me)
{
    if (!is(entry->sender, me) || entry->deleted_ms != 0 || entry->played_ms != 0)
        return;
    fputs(entry->seq <= entry->peer_read  ? "  (read)"
          : entry->id <= entry->delivered ? "  (received)"
                                          : "  (sent)",
          out);
}

/* "bob: hi", "deploys (bot): done", "bob answers [7] (alice: lunch?): hi", "* bob waves" */
static void put_message(FILE *out, const struct chinwag_entry *entry, const char *me)
{
    const char *words;
    size_t n;
    bool acts = entry_acts(entry, &words, &n);
    bool sentence = acts && entry->reply_to == 0 && !entry->mentioned;
    fputs(acts ? "* " : "", out);
    put(out, entry->sender);
    if (is(entry->sender, me))
        fputs(" (you)", out);
    fputs(entry->bot ? " (bot)" : "", out);
    if (entry->reply_to != 0)
        fprintf(out, " answers [%" PRIu64 "]", entry->reply_to);
    put_quote(out, entry);
    fputs(entry->mentioned ? " mentions you: " : sentence ? " " : ": ", out);
    put_content(out, entry);
}

/* Edits and deletions show in the messages that they changed. */
static bool is_change(const struct chinwag_entry *entry)
{
    return is(entry->kind, "edit") || is(entry->kind, "delete");
}

/* Prints a message without the end of its line. */
static void put_line(FILE *out, const struct chinwag_entry *entry, const char *me, int64_t now_s)
{
    if (entry->conversation != NULL) {
        fputs(entry->conversation[0] == '#' ? "" : "@", out);
        put(out, entry->conversation);
        fputc(' ', out);
    }
    fprintf(out, "[%" PRIu64 "] ", entry->seq);
    output_time(out, entry->time_ms, now_s);
    put_message(out, entry, me);
    put_reactions(out, entry);
}

void output_message_entry(FILE *out, const struct chinwag_entry *entry, const char *me,
                          int64_t now_s)
{
    if (is_change(entry))
        return;
    put_line(out, entry, me, now_s);
    fputc('\n', out);
}

void output_pair_entry(FILE *out, const struct chinwag_entry *entry, const char *me, int64_t now_s)
{
    if (is_change(entry))
        return;
    put_line(out, entry, me, now_s);
    put_fate(out, entry, me);
    fputc('\n', out);
}

/* Nothing is known of it but its number: its sender is "?", its time none. */
static bool is_lost(const struct chinwag_entry *entry)
{
    return entry->damaged && entry->time_ms == 0;
}

size_t output_lost_entries(FILE *out, const struct chinwag_entry *entries, size_t count)
{
    size_t n = 0;
    while (n < count && is_lost(&entries[n]))
        n++;
    if (n == 1)
        fprintf(out, "[%" PRIu64 "] a message could not be read: the server's disk is damaged\n",
                entries[0].seq);
    else if (n != 0)
        fprintf(out,
                "[%" PRIu64 " to %" PRIu64 "] %zu messages could not be read: the server's disk is "
                "damaged\n",
                entries[0].seq, entries[n - 1].seq, n);
    return n;
}

static void put_state(FILE *out, const struct chinwag_entry *entry, int64_t now_s)
{
    if (entry->state == NULL)
        return;
    fputs("  ", out);
    put(out, entry->state);
    if (is(entry->state, "offline") && entry->seen_ms != 0) {
        fputs(", last seen ", out);
        output_time(out, entry->seen_ms, now_s);
    }
}

void output_conversation_entry(FILE *out, const struct chinwag_entry *entry, const char *me,
                               int64_t now_s)
{
    bool group = entry->conversation != NULL && entry->conversation[0] == '#';
    put_person(out, entry->display, group ? "" : "@", entry->conversation);
    if (entry->unread != 0)
        fprintf(out, "  %" PRIu64 " unread", entry->unread);
    if (entry->unread_mentions == 1)
        fputs(", 1 mentions you", out);
    else if (entry->unread_mentions != 0)
        fprintf(out, ", %" PRIu64 " mention you", entry->unread_mentions);
    fputs(entry->until_ms != 0 ? "  muted" : "", out);
    if (entry->in_call != 0)
        fprintf(out, "  %u in the call", entry->in_call);
    put_state(out, entry, now_s);
    if (entry->sender != NULL) {
        fputs("  ", out);
        output_time(out, entry->time_ms, now_s);
        put_message(out, entry, me);
        if (!group)
            put_fate(out, entry, me);
    }
    fputc('\n', out);
}

void output_contact_entry(FILE *out, const struct chinwag_entry *entry, const char *me,
                          int64_t now_s)
{
    (void)me;
    put_person(out, entry->display, "", entry->name);
    put_state(out, entry, now_s);
    fputs(entry->blocked ? "  blocked\n" : "\n", out);
}

void output_member_entry(FILE *out, const struct chinwag_entry *entry, const char *me,
                         int64_t now_s)
{
    (void)me;
    put_person(out, entry->display, "", entry->name);
    fputs("  ", out);
    put(out, entry->banned ? "banned" : entry->role);
    fputs(entry->bot ? " (bot)" : "", out);
    put_state(out, entry, now_s);
    if (entry->in_call != 0)
        fputs("  in the call", out);
    if (entry->until_ms > (uint64_t)now_s * 1000) {
        fputs("  muted until ", out);
        output_time(out, entry->until_ms, now_s);
    }
    fputc('\n', out);
}

void output_open_group_entry(FILE *out, const struct chinwag_entry *entry, const char *me,
                             int64_t now_s)
{
    (void)me, (void)now_s;
    fputc('#', out);
    put(out, entry->name);
    fprintf(out, "  %" PRIu64 " member%s", entry->members, entry->members == 1 ? "" : "s");
    if (entry->topic != NULL) {
        fputs(": ", out);
        put(out, entry->topic);
    }
    fputc('\n', out);
}

static void put_group_rules(FILE *out, const struct chinwag_entry *entry)
{
    fputs(is(entry->writers, "moderators") ? ", only moderators write" : "", out);
    if (entry->here != NULL)
        fprintf(out, ", @here by %s", is(entry->here, "all") ? "all" : "nobody");
    if (entry->slow_s != 0)
        fprintf(out, ", one message in %" PRIu64 " s", entry->slow_s);
    if (entry->version_days != 0)
        fprintf(out, ", moderators see earlier texts for %" PRIu64 " days", entry->version_days);
    fputs(entry->newcomers ? ", newcomers join by themselves" : "", out);
    if (entry->heading != NULL) {
        fputs(", under ", out);
        put(out, entry->heading);
    }
}

void output_version_entry(FILE *out, const struct chinwag_entry *entry, const char *me,
                          int64_t now_s)
{
    (void)me;
    output_time(out, entry->time_ms, now_s);
    fputc(' ', out);
    output_text(out, entry->content, entry->content_length);
    fputc('\n', out);
}

void output_group_entry(FILE *out, const struct chinwag_entry *entry, const char *me, int64_t now_s)
{
    (void)me, (void)now_s;
    fputc('#', out);
    put(out, entry->name);
    fprintf(out, "  %" PRIu64 " member%s, you are ", entry->members,
            entry->members == 1 ? "" : "s");
    put(out, entry->role);
    fputs(is(entry->access, "invited")    ? ", by invitation"
          : is(entry->access, "unlisted") ? ", in no directory"
                                          : "",
          out);
    put_group_rules(out, entry);
    if (entry->in_call != 0)
        fprintf(out, ", %u in the call", entry->in_call);
    if (entry->topic != NULL && entry->topic[0] != 0) {
        fputs(": ", out);
        put(out, entry->topic);
    }
    fputc('\n', out);
}

void output_session_entry(FILE *out, const struct chinwag_entry *entry, const char *me,
                          int64_t now_s)
{
    (void)me;
    fprintf(out, "%" PRIu64 "  ", entry->session);
    if (entry->name != NULL) {
        put(out, entry->name);
        fputs("  ", out);
    }
    put(out, entry->client != NULL && entry->client[0] != 0 ? entry->client : "(no name)");
    fputs("  ", out);
    put(out, entry->address);
    fputs("  last seen ", out);
    output_time(out, entry->seen_ms, now_s);
    fputs(entry->current ? " (this one)\n" : "\n", out);
}

void output_device_password_entry(FILE *out, const struct chinwag_entry *entry, const char *me,
                                  int64_t now_s)
{
    (void)me;
    put(out, entry->name);
    fputs("  made ", out);
    output_time(out, entry->created_ms, now_s);
    fputs(entry->used_ms == 0 ? ", never used" : ", last used ", out);
    if (entry->used_ms != 0)
        output_time(out, entry->used_ms, now_s);
    fputc('\n', out);
}

void output_invitation_entry(FILE *out, const struct chinwag_entry *entry, const char *me,
                             int64_t now_s)
{
    (void)me;
    fprintf(out, "%" PRIu64 "  for %" PRIu64 " more, until ", entry->id, entry->uses);
    output_time(out, entry->expires_ms, now_s);
    fputs(" by ", out);
    put(out, entry->sender);
    fputc('\n', out);
}

void output_bot_entry(FILE *out, const struct chinwag_entry *entry, const char *me, int64_t now_s)
{
    (void)me;
    put(out, entry->name);
    if (entry->seen_ms != 0) {
        fputs("  last seen ", out);
        output_time(out, entry->seen_ms, now_s);
    }
    fputc('\n', out);
}

void output_hook_entry(FILE *out, const struct chinwag_entry *entry, const char *me, int64_t now_s)
{
    (void)me;
    fprintf(out, "%" PRIu64 "  as ", entry->id);
    put(out, entry->sender);
    fputs("  made ", out);
    output_time(out, entry->created_ms, now_s);
    fputc('\n', out);
}
