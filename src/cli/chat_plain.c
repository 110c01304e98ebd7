/* chat_plain.c - see chat_plain.h. */
#include "chat_plain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "chat/doing.h"
#include "output.h"

/* What others have written, the server among them: names, texts, reasons. */
static void put_foreign(const char *name)
{
    output_text(stdout, name, strlen(name));
}

static void put_place(const struct cw_place *place)
{
    fputs(cw_place_is_group(place) ? "" : "@", stdout);
    put_foreign(place->name);
    fputc(' ', stdout);
}

static void put_spoken(const struct cw_line *line)
{
    const char *words;
    size_t n;
    cw_line_acts(line, &words, &n);
    if (line->deleted)
        fputs("(deleted)", stdout);
    else if (line->kind == CW_LINE_VOICE)
        printf("(voice message, %.1f s)", (double)line->duration_ms / 1000);
    else if (line->kind == CW_LINE_CALL)
        fputs("(missed call)", stdout);
    else
        output_text(stdout, words, n);
    if (line->file_name != NULL)
        output_file(stdout, line->length != 0, line->file_name, line->size);
    fputs(line->edited ? " (edited)" : "", stdout);
}

/* "#cooks [7] 12:04 alice answers [5]: soup" */
static void put_chat_line(const struct cw_place *place, const struct cw_line *line)
{
    const char *words;
    size_t n;
    put_place(place);
    if (line->kind == CW_LINE_NOTICE) {
        fputs("* ", stdout);
    } else {
        if (line->seq != 0)
            printf("[%" PRIu64 "] ", line->seq);
        if (line->time_ms != 0)
            output_time(stdout, line->time_ms, (int64_t)time(NULL));
        bool acts = cw_line_acts(line, &words, &n);
        fputs(acts ? "* " : "", stdout);
        put_foreign(line->sender);
        fputs(line->bot ? " (bot)" : "", stdout);
        if (line->reply_to != 0)
            printf(" answers [%" PRIu64 "]", line->reply_to);
        fputs(line->mentioned ? " mentions you" : "", stdout);
        bool sentence = acts && line->reply_to == 0 && !line->mentioned;
        fputs(sentence ? " " : ": ", stdout);
    }
    put_spoken(line);
    fputc('\n', stdout);
}

/* What was typed here stands there already; only that it was not sent is told. */
static void print_place(struct chat_plain *plain, const struct cw_place *place, uint64_t *newest)
{
    for (size_t i = 0; i < place->count; i++) {
        const struct cw_line *line = place->lines[i];
        if (line->state == CW_LINE_FAILED && line->uid > plain->failed) {
            plain->failed = line->uid;
            fputs("not sent: ", stdout);
            put_foreign(line->failure == NULL ? "?" : line->failure);
            fputs(" (/retry)\n", stdout);
        }
        if (line->uid <= plain->printed || line->said)
            continue;
        *newest = line->uid > *newest ? line->uid : *newest;
        put_chat_line(place, line);
    }
}

static void print_link(struct chat_plain *plain, const struct cw_chat *chat)
{
    if (plain->link == chat->link)
        return;
    plain->link = chat->link;
    if (chat->link == CW_CHAT_READY) {
        fputs("* connected again\n", stdout);
        return;
    }
    fputs("* no connection: ", stdout);
    put_foreign(chat->link_text == NULL ? "?" : chat->link_text);
    fputs("; it is tried again\n", stdout);
}

static void print_change(bool *told, bool is, const char *yes, const char *no)
{
    if (*told != is)
        printf("* %s\n", is ? yes : no);
    *told = is;
}

/* What the screen shows in its status line. */
static void print_talk(struct chat_plain *plain, const struct cw_talk *talk)
{
    if (!talk->calling)
        plain->muted = plain->deafened = plain->talking = false;
    print_change(&plain->muted, talk->muted, "you are muted", "you are not muted any more");
    print_change(&plain->deafened, talk->deafened, "you are deafened",
                 "you are not deafened any more");
    print_change(&plain->talking, talk->pushed, "you talk: /talk ends it", "you do not talk");
}

void chat_plain_print(struct chat_plain *plain, struct cw_chat *chat)
{
    uint64_t newest = plain->printed;
    const struct cw_place *place = cw_chat_current(chat);
    print_link(plain, chat);
    print_talk(plain, &chat->talk);
    if (chat->notice != NULL) {
        put_foreign(chat->notice);
        fputc('\n', stdout);
        cw_place_set(&chat->notice, NULL);
    }
    if (place != NULL && place->uid != plain->place) {
        fputs("* this is ", stdout);
        put_place(place);
        fputc('\n', stdout);
    }
    plain->place = place == NULL ? 0 : place->uid;
    for (size_t i = 0; i < chat->place_count; i++)
        print_place(plain, chat->places[i], &newest);
    plain->printed = newest;
    fflush(stdout);
}

static void enter_line(struct chat_plain *plain, struct cw_screen *screen)
{
    cw_edit_set(&screen->edit, cw_slice_of(plain->line, plain->length));
    plain->length = 0;
    cw_screen_key(screen, &(struct cw_key){.kind = CW_KEY_ENTER});
    cw_chat_seen(screen->chat);
    if (screen->edit.text.n != 0) /* it was refused */
        cw_edit_set(&screen->edit, cw_slice_str(""));
    chat_plain_print(plain, screen->chat); /* the next line may say something else in its place */
}

void chat_plain_type(struct chat_plain *plain, struct cw_screen *screen, const char *bytes,
                     size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '\n')
            enter_line(plain, screen);
        else if (plain->length < sizeof plain->line)
            plain->line[plain->length++] = bytes[i];
    }
}
