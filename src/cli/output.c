/* output.c - see output.h. */
#include "output.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "chat/line.h"
#include "text/shown.h"

static FILE *errors; /* NULL: stderr */

FILE *output_errors(void)
{
    return errors == NULL ? stderr : errors;
}

void output_errors_to(FILE *out)
{
    errors = out;
}

/* --- characters ----------------------------------------------------------------------- */

void output_text(FILE *out, const char *text, size_t n)
{
    struct cw_slice foreign = cw_slice_of(text, n);
    struct cw_shown shown;
    for (size_t at = 0; at < n; at += shown.used) {
        shown = cw_shown_at(foreign, at);
        if (shown.kind == CW_SHOWN_LINE)
            fputs("\n    ", out);
        else if (shown.kind == CW_SHOWN_TAB)
            fputs("    ", out);
        else if (shown.kind == CW_SHOWN_ESCAPED)
            fputs(shown.text, out);
        else if (shown.c != '\r')
            fwrite(text + at, 1, shown.used, out);
    }
}

void output_json_string(FILE *out, const char *text, size_t n)
{
    struct cw_slice foreign = cw_slice_of(text, n);
    struct cw_shown shown;
    fputc('"', out);
    for (size_t at = 0; at < n; at += shown.used) {
        shown = cw_shown_at(foreign, at);
        if (shown.c < 0)
            fputs("\\ufffd", out);
        else if (shown.c == '"' || shown.c == '\\')
            fprintf(out, "\\%c", (char)shown.c);
        else if (shown.kind == CW_SHOWN_ESCAPED || shown.c < 0x20)
            fprintf(out, "\\u%04x", (unsigned)shown.c);
        else
            fwrite(text + at, 1, shown.used, out);
    }
    fputc('"', out);
}

void output_about(FILE *out, const char *form, const char *text)
{
    for (const char *at; (at = strstr(form, "%s")) != NULL; form = at + 2) {
        fwrite(form, 1, (size_t)(at - form), out);
        output_text(out, text, strlen(text));
    }
    fputs(form, out);
}

/* --- messages ------------------------------------------------------------------------- */

static void print_string(FILE *out, const char *string)
{
    output_text(out, string, strlen(string));
}

void output_date(FILE *out, uint64_t time_ms, int64_t now_s)
{
    time_t when = time_ms != 0 ? (time_t)(time_ms / 1000) : (time_t)now_s;
    time_t now = (time_t)now_s;
    struct tm then, today;
    char text[32] = "?";
    if (localtime_r(&when, &then) != NULL && localtime_r(&now, &today) != NULL) {
        bool same_day = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday;
        strftime(text, sizeof text, same_day ? "%H:%M" : "%Y-%m-%d %H:%M", &then);
    }
    fputs(text, out);
}

void output_time(FILE *out, uint64_t time_ms, int64_t now_s)
{
    output_date(out, time_ms, now_s);
    fputc(' ', out);
}

double output_seconds(const struct chinwag_event *event)
{
    if (event->duration_ms != 0)
        return (double)event->duration_ms / 1000;
    if (event->channels == 0 || event->sample_rate == 0)
        return 0;
    return (double)event->sample_count / event->channels / event->sample_rate;
}

static bool is_addressed(const struct chinwag_event *event, bool own)
{
    return own && event->group == NULL && event->to != NULL;
}

/* A name has no space, so no user can be named "alice (you)", "deploys (bot)" or "* alice". */
static void print_who(FILE *out, const struct chinwag_event *event, bool own, bool acts)
{
    if (event->group != NULL) {
        fputc('#', out);
        print_string(out, event->group);
        fputc(' ', out);
    }
    fputs(acts ? "* " : "", out);
    print_string(out, event->sender);
    if (own)
        fputs(" (you)", out);
    fputs(event->bot ? " (bot)" : "", out);
    if (is_addressed(event, own)) {
        fputs(" to ", out);
        print_string(out, event->to);
    }
    if (event->reply_to != 0)
        fprintf(out, " answers [%" PRIu64 "]", event->reply_to);
    fputs(event->mentioned ? " mentions you" : "", out);
}

void output_file(FILE *out, bool behind_text, const char *name, uint64_t size)
{
    fputs(behind_text ? " [file " : "[file ", out);
    print_string(out, name == NULL ? "?" : name);
    if (size < 1024 * 1024)
        fprintf(out, ", %u KiB]", (unsigned)((size + 1023) / 1024));
    else
        fprintf(out, ", %.1f MiB]", (double)size / (1024 * 1024));
}

/* ": soup", or of somebody who does something " stirs": a sentence, unless more than the name
 * stands before it. */
static void print_words(FILE *out, const struct chinwag_event *event, bool own, bool acts,
                        struct cw_slice words)
{
    bool more = event->reply_to != 0 || event->mentioned || is_addressed(event, own);
    fputs(acts && !more ? " " : ": ", out);
    output_text(out, (const char *)words.p, words.n);
    if (event->file_id != 0)
        output_file(out, event->content_length != 0, event->file_name, event->size);
}

void output_message(FILE *out, const struct chinwag_event *event, const char *me, const char *file,
                    int64_t now_s)
{
    const bool own = strcmp(event->sender, me) == 0;
    const char *words = event->content;
    size_t n = event->content_length;
    const bool acts = event->type != CHINWAG_VOICE_MESSAGE && event->call == NULL &&
                      event->file_id == 0 && cw_text_acts(&words, &n);
    if (event->seq != 0) /* a plain server gives none */
        fprintf(out, "[%" PRIu64 "] ", event->seq);
    output_time(out, event->time_ms, now_s);
    print_who(out, event, own, acts);
    if (event->type == CHINWAG_VOICE_MESSAGE) {
        if (event->damaged)
            fputs(" sent a voice message that was damaged on the server", out);
        else
            fprintf(out, " sent a voice message (%.1f s)", output_seconds(event));
        if (file != NULL)
            fprintf(out, ": %s", file);
    } else if (event->call != NULL) {
        fputs(": (missed call)", out);
    } else {
        print_words(out, event, own, acts, cw_slice_of(words, n));
    }
    fputs(event->edited_ms != 0 ? " (edited)\n" : "\n", out);
}

/* --- the server does not answer ------------------------------------------------------------ */

void output_unreachable(const char *server, const char *why)
{
    struct chinwag_address address;
    bool local = chinwag_read_address(server, &address) && address.local;
    if (strstr(why, "another security mechanism than NULL") != NULL) {
        fprintf(stderr,
                "chinwag: the server at %s only talks encrypted, and its key is not known here\n"
                "  Use the link that it printed at its start or that you were sent, or: "
                "--server-key KEY\n",
                server);
        return;
    }
    fprintf(stderr,
            local
                ? "chinwag: cannot reach the server at %s (%s)\n"
                  "  Start one with: chinwagd --data DIR, or name another: --server HOST:PORT\n"
                  "  This address is of the machine where you type. If the server runs on another "
                  "one, put its name or address in its place, also in a link.\n"
                : "chinwag: cannot reach the server at %s (%s)\n"
                  "  Check host and port. If they are right, ask the person who runs the server "
                  "whether it runs, and whether a firewall blocks the port.\n",
            server, why);
}
