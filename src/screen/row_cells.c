/* row_cells.c - see row_cells.h. */
#include "screen/row_cells.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "screen/ink.h"
#include "screen/link.h"
#include "screen/speech.h"

#define TIME_WIDTH 6 /* "12:04 " */
#define NAME_WIDTH 12
/* Columns of the picture of a voice message. */
#define WAVE_MAX 32

unsigned cw_row_indent(const struct cw_screen *screen)
{
    return screen->form.heads ? 2 : TIME_WIDTH + NAME_WIDTH + 3; /* a blank, the mark, a blank */
}

/* One place of a row to write at. */
struct pen {
    struct cw_grid *grid;
    unsigned row, column, end;
};

static void write_slice(struct pen *pen, struct cw_slice text, unsigned style)
{
    pen->column = cw_grid_put(pen->grid, pen->row, pen->column, pen->end, text, style);
}

static void write_text(struct pen *pen, const char *text, unsigned style)
{
    write_slice(pen, cw_slice_str(text), style);
}

/* A part of the line's text; addresses in it can be clicked, also where they go on in the next row.
 */
static void write_linked(struct pen *pen, const struct cw_line *line, struct cw_slice text,
                         unsigned style)
{
    struct cw_slice all = cw_slice_of(line->text, line->length), link;
    size_t at = (size_t)(text.p - all.p), end = at + text.n, from = 0;
    while (at < end && cw_link_next(all, from, &link)) {
        size_t begin = (size_t)(link.p - all.p);
        from = begin + link.n;
        if (begin >= end)
            break;
        if (from <= at)
            continue;
        if (begin > at)
            write_slice(pen, cw_slice_of(all.p + at, begin - at), style);
        at = begin > at ? begin : at;
        size_t n = (from < end ? from : end) - at;
        cw_grid_link(pen->grid, link);
        write_slice(pen, cw_slice_of(all.p + at, n), style | CW_STYLE_UNDERLINE);
        cw_grid_link(pen->grid, cw_slice_of(NULL, 0));
        at += n;
    }
    write_slice(pen, cw_slice_of(all.p + at, end - at), style);
}

static void write_rule(struct pen *pen, const char *title, unsigned style)
{
    unsigned width = (unsigned)cw_grid_width(cw_slice_str(title));
    unsigned middle =
        pen->column +
        (pen->end - pen->column > width + 4 ? (pen->end - pen->column - width) / 2 : 0);
    while (pen->column + 1 < middle)
        write_text(pen, "\xe2\x94\x80", style);
    write_text(pen, pen->column < middle ? " " : "", style);
    write_text(pen, title, style);
    write_text(pen, " ", style);
    for (unsigned left = pen->end; pen->column < pen->end && left > 0; left--)
        write_text(pen, "\xe2\x94\x80", style);
}

static void write_day(struct pen *pen, const struct cw_row *row, cw_local_time *local)
{
    static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    struct cw_local day;
    char title[64];
    local(row->line->time_ms, &day);
    snprintf(title, sizeof title, "%s, %u %s %d", days[day.weekday % 7], day.day,
             months[(day.month + 11) % 12], day.year);
    write_rule(pen, title, CW_STYLE_DIM);
}

static void write_time(struct pen *pen, const struct cw_line *line, cw_local_time *local)
{
    struct cw_local time;
    char text[16] = "      "; /* not stored yet: no time */
    if (line->time_ms != 0) {
        local(line->time_ms, &time);
        snprintf(text, sizeof text, "%02u:%02u ", time.hour % 24, time.minute % 60);
    }
    write_text(pen, text, CW_STYLE_DIM);
}

/* "* " before the name of one who does something. */
static const char *sender_mark(const struct cw_line *line)
{
    const char *words;
    size_t n;
    return cw_line_acts(line, &words, &n) ? "* " : "";
}

/* Time, and the name at the right end of its columns. */
static void write_sender(struct pen *pen, const struct cw_line *line, cw_local_time *local)
{
    struct pen name = *pen;
    const char *mark = sender_mark(line);
    size_t width = strlen(mark) + cw_grid_width(cw_slice_str(line->sender));
    write_time(&name, line, local);
    name.end = pen->column + TIME_WIDTH + NAME_WIDTH < pen->end
                   ? pen->column + TIME_WIDTH + NAME_WIDTH
                   : pen->end;
    name.column = pen->column + TIME_WIDTH;
    if (width < NAME_WIDTH)
        name.column += NAME_WIDTH - (unsigned)width;
    write_text(&name, mark, CW_STYLE_BOLD);
    write_text(&name, line->sender, cw_ink_of_name(line->sender) | CW_STYLE_BOLD);
}

static void write_head(struct pen *pen, const struct cw_line *line, cw_local_time *local)
{
    write_text(pen, sender_mark(line), CW_STYLE_BOLD);
    write_text(pen, line->sender, cw_ink_of_name(line->sender) | CW_STYLE_BOLD);
    write_text(pen, line->bot ? " (bot) " : " ", CW_STYLE_DIM);
    write_time(pen, line, local);
}

/* Colours alone carry no meaning: beside an own message that is not stored stands why. */
static const char *mark_of(const struct cw_screen *screen, const struct cw_line *line)
{
    if (screen->marked != 0 && screen->marked == line->seq)
        return ">";
    if (line->state == CW_LINE_PALE)
        return line->kept ? "\xe2\x80\xa6" : "\xc2\xb7";
    if (line->state == CW_LINE_FAILED)
        return "!";
    return line->mentioned ? "@" : " ";
}

static unsigned style_of(const struct cw_line *line)
{
    if (line->kind == CW_LINE_NOTICE)
        return CW_CYAN;
    if (line->state == CW_LINE_PALE)
        return CW_STYLE_DIM;
    if (line->state == CW_LINE_FAILED)
        return CW_RED;
    return line->mentioned ? CW_STYLE_BOLD : CW_PLAIN;
}

static void write_file(struct pen *pen, const struct cw_line *line)
{
    char size[32];
    if (line->size < 1024 * 1024)
        snprintf(size, sizeof size, ", %u KiB]", (unsigned)((line->size + 1023) / 1024));
    else
        snprintf(size, sizeof size, ", %.1f MiB]", (double)line->size / (1024 * 1024));
    write_text(pen, "[file ", CW_BLUE);
    write_text(pen, line->file_name, CW_BLUE);
    write_text(pen, size, CW_BLUE);
}

/* What stands before the picture of the sound. */
static void put_voice(const struct cw_voice *voice, const struct cw_line *line, char *text,
                      size_t size)
{
    bool played = voice->state == CW_VOICE_PLAYING || voice->state == CW_VOICE_PAUSED;
    if (line->damaged)
        snprintf(text, size, "[voice message, damaged on the server]");
    else if (played)
        snprintf(text, size, "[%s %.1f of %.1f s]",
                 voice->state == CW_VOICE_PAUSED ? "paused" : "playing", voice->at_ms / 1000.0,
                 voice->whole_ms / 1000.0);
    else
        snprintf(text, size, "[voice message, %.1f s]", (double)line->duration_ms / 1000);
}

/* The wave of it; what has been played is bright. */
static void write_wave(struct pen *pen, const struct cw_voice *voice, const char *wave)
{
    char text[CW_SPEECH_WAVE_SIZE];
    unsigned room = pen->end > pen->column + 1 ? pen->end - pen->column - 1 : 0;
    unsigned columns = cw_speech_wave(wave, room < WAVE_MAX ? room : WAVE_MAX, text);
    unsigned done = voice->whole_ms == 0 ? 0 : columns * voice->at_ms / voice->whole_ms;
    done = done > columns ? columns : done;
    if (columns == 0)
        return;
    write_text(pen, " ", CW_PLAIN);
    write_slice(pen, cw_slice_of(text, 3 * (size_t)done), CW_BLUE | CW_STYLE_BOLD);
    write_slice(pen, cw_slice_of(text + 3 * (size_t)done, 3 * (size_t)(columns - done)), CW_BLUE);
}

static void write_voice(struct pen *pen, const struct cw_chat *chat, const struct cw_line *line)
{
    static const struct cw_voice none = {.state = CW_VOICE_NONE};
    const struct cw_voice *voice = &chat->talk.voice;
    const struct cw_place *place = cw_chat_current(chat);
    char text[80];
    if (voice->state == CW_VOICE_NONE || voice->own || line->seq == 0 || voice->seq != line->seq ||
        place == NULL || strcmp(place->name, voice->place) != 0)
        voice = &none;
    put_voice(voice, line, text, sizeof text);
    write_text(pen, text, CW_BLUE);
    if (!line->damaged)
        write_wave(pen, voice, line->wave);
}

/* The first line of it: the rest is cut. */
static void write_quote(struct pen *pen, const struct cw_chat *chat, const struct cw_line *line)
{
    bool gone = line->quote_sender == NULL;
    const char *words = gone ? "" : cw_place_quoted(cw_chat_current(chat), line);
    size_t n = strlen(words);
    bool acts = cw_text_acts(&words, &n);
    write_text(pen, acts ? "\xe2\x94\x82 * " : "\xe2\x94\x82 ", CW_STYLE_DIM);
    write_text(pen, gone ? "a message that is gone" : line->quote_sender, CW_STYLE_DIM);
    if (gone)
        return;
    write_text(pen, acts ? " " : ": ", CW_STYLE_DIM);
    write_slice(pen, cw_slice_of(words, n), CW_STYLE_DIM);
}

static void write_reactions(struct pen *pen, const struct cw_line *line)
{
    char count[32];
    for (size_t i = 0; i < line->reaction_count; i++) {
        const struct cw_line_reaction *reaction = &line->reactions[i];
        snprintf(count, sizeof count, " %" PRIu64 "%s  ", reaction->count,
                 reaction->mine ? " (you too)" : "");
        if (reaction->mine && reaction->count == 1)
            snprintf(count, sizeof count, " (you)  ");
        write_text(pen, reaction->emoji, CW_YELLOW);
        write_text(pen, count, CW_YELLOW);
    }
}

static void write_failed(struct pen *pen, const struct cw_row *row)
{
    write_text(pen, row->reason ? cw_rows_failed : "", CW_RED);
    write_slice(pen, row->text, CW_RED);
    if (row->remedy)
        write_text(pen, cw_rows_again + (row->text.n == 0), CW_RED);
}

static void write_content(struct pen *pen, const struct cw_chat *chat, const struct cw_row *row)
{
    const struct cw_line *line = row->line;
    switch (row->kind) {
    case CW_ROW_QUOTE:
        write_quote(pen, chat, line);
        break;
    case CW_ROW_FILE:
        write_file(pen, line);
        break;
    case CW_ROW_PICTURE:
        break;
    case CW_ROW_VOICE:
        write_voice(pen, chat, line);
        break;
    case CW_ROW_CALL:
        write_text(pen, "(missed call)", CW_YELLOW);
        break;
    case CW_ROW_DELETED:
        write_text(pen, "(deleted)", CW_STYLE_DIM);
        break;
    case CW_ROW_REACTIONS:
        write_reactions(pen, line);
        break;
    case CW_ROW_FAILED:
        write_failed(pen, row);
        break;
    case CW_ROW_EDITED:
        write_text(pen, cw_rows_edited + 1, CW_STYLE_DIM);
        break;
    default:
        pen->column += row->hang;
        write_linked(pen, line, row->text, style_of(line));
        write_text(pen, row->edited ? cw_rows_edited : "", CW_STYLE_DIM);
    }
}

static void write_number(const struct pen *pen, const struct cw_line *line)
{
    char number[32];
    int n = snprintf(number, sizeof number, " [%" PRIu64 "]", line->seq);
    unsigned end = pen->end, width = (unsigned)n;
    if (line->seq != 0 && end > width)
        cw_grid_put_str(pen->grid, pen->row, end - width, end, number, CW_STYLE_DIM);
}

static void write_line(struct cw_screen *screen, struct pen *pen, const struct cw_row *row)
{
    const struct cw_line *line = row->line;
    unsigned left = pen->column, indent = cw_row_indent(screen);
    const char *words;
    size_t n;
    cw_line_acts(line, &words, &n);
    bool top = pen->row == screen->first_row, said = line->kind != CW_LINE_NOTICE;
    if (row->begins || (top && said && !screen->form.heads))
        write_sender(pen, line, screen->form.local);
    pen->column = left + indent - 2;
    if (said && row->kind == CW_ROW_TEXT && (row->text.p == (const uint8_t *)words || top))
        write_text(pen, mark_of(screen, line), style_of(line) | CW_STYLE_BOLD);
    pen->column = left + indent;
    write_content(pen, screen->chat, row);
    if (screen->numbers && row->first)
        write_number(pen, line);
}

void cw_row_write(struct cw_screen *screen, struct cw_grid *grid, unsigned at,
                  const struct cw_area *area, const struct cw_row *row)
{
    struct pen pen = {grid, at, area->left, area->right};
    if (row->kind == CW_ROW_DAY)
        write_day(&pen, row, screen->form.local);
    else if (row->kind == CW_ROW_FRESH)
        write_rule(&pen, "new", CW_RED);
    else if (row->kind == CW_ROW_HEAD)
        write_head(&pen, row->line, screen->form.local);
    else
        write_line(screen, &pen, row);
}
