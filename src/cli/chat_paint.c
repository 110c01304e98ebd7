/* chat_paint.c - see chat_paint.h. */
#define _XOPEN_SOURCE    700 /* wcwidth */
#define NCURSES_WIDECHAR 1
#include "chat_paint.h"

#include <inttypes.h>
#include <langinfo.h>
#include <ncurses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "chat_keyboard.h"

/* Bracketed paste, reports of the focus, and the window's title, which is kept and put back
 * (xterm's ctlseqs); a terminal that has none of them leaves them alone. */
static const char modes_on[] = "\x1b[?2004h\x1b[?1004h\x1b[22;2t";
static const char modes_off[] = "\x1b[?2004l\x1b[?1004l\x1b[23;2t";

/* One terminal a program: what ncurses has is global, too. */
static struct {
    bool on, utf8, colours, registered;
    bool windows;              /* the terminal has windows: titles, notifications */
    uint64_t unread, mentions; /* as the title says */
    struct cw_grid before;     /* what is on the terminal; of no size: unknown */
} paint;

static void send_modes(const char *modes)
{
    fputs(modes, stdout);
    fflush(stdout);
}

/* --- beginning and ending ------------------------------------------------------------------- */

static void begin_colours(void)
{
    static const short colours[] = {COLOR_RED,  COLOR_GREEN,   COLOR_YELLOW,
                                    COLOR_BLUE, COLOR_MAGENTA, COLOR_CYAN};
    const char *no = getenv("NO_COLOR"); /* no-color.org: set and not empty */
    paint.colours = has_colors() && (no == NULL || no[0] == 0) && start_color() == OK;
    if (!paint.colours)
        return;
    bool own = use_default_colors() == OK;
    for (short i = 0; i < 6; i++)
        init_pair((short)(i + 1), colours[i], own ? -1 : COLOR_BLACK);
}

bool paint_begin(void)
{
    const char *terminal = getenv("TERM");
    bool dumb = terminal == NULL || terminal[0] == 0 || strcmp(terminal, "dumb") == 0;
    paint.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (dumb || newterm(NULL, stdout, stdin) == NULL) {
        fprintf(stderr,
                "chinwag: this terminal (TERM=%s) cannot show a screen; chinwag chat "
                "--plain-screen needs none\n",
                terminal == NULL ? "" : terminal);
        return false;
    }
    paint.on = true;
    paint.windows = strcmp(terminal, "linux") != 0;
    paint.unread = UINT64_MAX;
    raw();
    noecho();
    nonl();
    begin_colours();
    if (!paint.registered)
        atexit(paint_end);
    paint.registered = true;
    send_modes(modes_on);
    return true;
}

void paint_end(void)
{
    if (!paint.on)
        return;
    paint.on = false;
    keyboard_leave();
    send_modes(modes_off);
    endwin();
    cw_grid_finish(&paint.before);
}

/* --- sizes ---------------------------------------------------------------------------------- */

bool paint_measure(struct cw_grid *grid)
{
    struct winsize size;
    unsigned rows = 24, columns = 80;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row != 0 && size.ws_col != 0) {
        rows = size.ws_row < CW_GRID_ROWS_MAX ? size.ws_row : CW_GRID_ROWS_MAX;
        columns = size.ws_col < CW_GRID_COLUMNS_MAX ? size.ws_col : CW_GRID_COLUMNS_MAX;
    }
    if (grid->cells != NULL && grid->rows == rows && grid->columns == columns)
        return false;
    cw_grid_resize(grid, rows, columns);
    resizeterm((int)rows, (int)columns);
    paint_forget();
    return true;
}

void paint_forget(void)
{
    cw_grid_finish(&paint.before);
    clearok(curscr, TRUE);
}

/* --- cells ---------------------------------------------------------------------------------- */

/* What the screen draws that is not ASCII, for a terminal that has no more. */
static wchar_t plain_character(const struct cw_cell *cell)
{
    static const char heights[] = "_.-~=+*#"; /* of the blocks U+2581 to U+2588 */
    static const struct {
        char text[4];
        char plain;
    } plains[] = {
        {"\xe2\x94\x80", '-'}, {"\xe2\x94\x82", '|'}, {"\xe2\x80\xa6", '.'}, {"\xe2\x99\xaa", '*'}};
    for (size_t i = 0; i < sizeof plains / sizeof plains[0]; i++)
        if (cell->n == strlen(plains[i].text) && memcmp(cell->text, plains[i].text, cell->n) == 0)
            return (wchar_t)plains[i].plain;
    unsigned block = cell->n == 3 ? (unsigned)(uint8_t)cell->text[2] - 0x81u : 8;
    if (block < 8 && memcmp(cell->text, "\xe2\x96", 2) == 0)
        return (wchar_t)heights[block];
    return L'?';
}

/* The characters of a cell. What this system's tables hold for another width, or for unprintable,
 * becomes a question mark: ncurses would count other columns than the screen did. */
static void read_cell(const struct cw_cell *cell, wchar_t text[CCHARW_MAX + 1])
{
    mbstate_t state = {0};
    size_t n = 0;
    text[0] = L' ';
    text[1] = 0;
    if (cell->n == 0)
        return;
    for (size_t at = 0; paint.utf8 && at < cell->n && n < CCHARW_MAX;) {
        size_t used = mbrtowc(&text[n], cell->text + at, cell->n - at, &state);
        if (used == 0 || used > cell->n)
            break;
        at += used;
        n += n == 0 || wcwidth(text[n]) == 0;
    }
    text[n] = 0;
    if (paint.utf8 && n != 0 && wcwidth(text[0]) == cell->columns)
        return;
    bool ascii = cell->n == 1 && cell->text[0] > ' ' && cell->text[0] < 0x7f;
    text[0] = ascii ? (wchar_t)cell->text[0] : cell->text[0] == ' ' ? L' ' : plain_character(cell);
    text[1] = 0;
}

static attr_t attributes_of(unsigned style)
{
    return ((style & CW_STYLE_BOLD) != 0 ? A_BOLD : 0) | ((style & CW_STYLE_DIM) != 0 ? A_DIM : 0) |
           ((style & CW_STYLE_REVERSE) != 0 ? A_REVERSE : 0) |
           ((style & CW_STYLE_UNDERLINE) != 0 ? A_UNDERLINE : 0);
}

static void paint_cell(unsigned row, unsigned column, const struct cw_cell *cell)
{
    wchar_t text[CCHARW_MAX + 1];
    cchar_t character;
    short pair = paint.colours ? (short)(cell->style & CW_STYLE_COLOUR) : 0;
    read_cell(cell, text);
    setcchar(&character, text, attributes_of(cell->style), pair, NULL);
    mvadd_wch((int)row, (int)column, &character);
}

/* Both halves of a wide character count as changed together. */
static bool is_changed(const struct cw_grid *grid, size_t at)
{
    const struct cw_cell *before = paint.before.cells;
    return before == NULL || memcmp(&before[at], &grid->cells[at], sizeof *before) != 0;
}

static void keep_grid(const struct cw_grid *grid)
{
    if (paint.before.cells == NULL)
        cw_grid_resize(&paint.before, grid->rows, grid->columns);
    memcpy(paint.before.cells, grid->cells,
           (size_t)grid->rows * grid->columns * sizeof *grid->cells);
}

void paint_grid(const struct cw_grid *grid)
{
    for (unsigned row = 0; row < grid->rows; row++)
        for (unsigned column = 0; column < grid->columns; column++) {
            size_t at = (size_t)row * grid->columns + column;
            bool left = grid->cells[at].columns != 0;
            bool wide = grid->cells[at].columns == 2;
            if (left && (is_changed(grid, at) || (wide && is_changed(grid, at + 1))))
                paint_cell(row, column, &grid->cells[at]);
        }
    keep_grid(grid);
    move((int)grid->cursor_row, (int)grid->cursor_column);
    refresh();
}

void paint_bell(bool again)
{
    beep();
    if (paint.windows && !again)
        send_modes("\x1b]9;Chinwag: somebody wants you\a");
}

void paint_title(uint64_t unread, uint64_t mentions)
{
    char title[80];
    if (!paint.windows || (unread == paint.unread && mentions == paint.mentions))
        return;
    paint.unread = unread;
    paint.mentions = mentions;
    if (mentions != 0)
        snprintf(title, sizeof title, "\x1b]2;(!%" PRIu64 ") chinwag\a", mentions);
    else if (unread != 0)
        snprintf(title, sizeof title, "\x1b]2;(%" PRIu64 ") chinwag\a", unread);
    else
        snprintf(title, sizeof title, "\x1b]2;chinwag\a");
    send_modes(title);
}

void paint_suspend(void)
{
    keyboard_leave();
    send_modes(modes_off);
    endwin();
    raise(SIGSTOP);
    send_modes(modes_on);
    paint_forget();
    refresh();
    keyboard_return();
}

void paint_local_time(uint64_t time_ms, struct cw_local *local)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm tm = {.tm_mday = 1};
    localtime_r(&seconds, &tm);
    *local = (struct cw_local){.year = tm.tm_year + 1900,
                               .month = (unsigned)tm.tm_mon + 1,
                               .day = (unsigned)tm.tm_mday,
                               .hour = (unsigned)tm.tm_hour,
                               .minute = (unsigned)tm.tm_min,
                               .weekday = (unsigned)tm.tm_wday};
}
