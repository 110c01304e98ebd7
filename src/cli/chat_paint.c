/* chat_paint.c - see chat_paint.h. */
#include "chat_paint.h"

#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "chat_crash.h"
#include "chat_keyboard.h"
#include "chat_terminfo.h"
#include "screen/encode.h"

/* The other screen, bracketed paste, reports of the focus, and the window's title, which is kept
 * and put back (xterm's ctlseqs); a terminal that has none of them leaves them alone. */
static const char modes_on[] = "\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[22;2t";
static const char modes_off[] = "\x1b[?2004l\x1b[?1004l\x1b[23;2t\x1b[0m\x1b[?25h\x1b[?1049l";
static const char mouse_on[] = "\x1b[?1000h\x1b[?1006h";
static const char mouse_off[] = "\x1b[?1006l\x1b[?1000l";
/* What is behind the texts? The answer is a CW_KEY_REPORT. */
static const char ask_background[] = "\x1b]11;?\x1b\\";

/* One terminal a program: its state is as global as it is. */
static struct {
    bool on, registered;
    volatile sig_atomic_t taken, mouse; /* a crash looks at them */
    uint32_t pictures_at;               /* how often it was taken over: pictures go with that */
    bool windows;                       /* the terminal has windows: titles, notifications */
    bool urxvt;                         /* ... the latter by OSC 777 */
    uint64_t unread, mentions;          /* as the title says */
    struct termios before;
    struct cw_encode encode;
    struct cw_buf out;
} paint;

static void write_bytes(const void *bytes, size_t n)
{
    const char *p = bytes;
    while (n > 0) {
        ssize_t wrote = write(STDOUT_FILENO, p, n);
        struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};
        if (wrote < 0 && errno == EAGAIN)
            poll(&room, 1, -1);
        else if (wrote < 0 && errno != EINTR)
            return; /* the terminal is gone, as reading from it says */
        p += wrote > 0 ? wrote : 0;
        n -= wrote > 0 ? (size_t)wrote : 0;
    }
}

static void send_modes(const char *modes)
{
    write_bytes(modes, strlen(modes));
}

/* --- beginning and ending ------------------------------------------------------------------- */

/* Also in the handler of a signal. */
static void give_terminal_back(void)
{
    if (paint.taken == 0)
        return;
    paint.taken = 0;
    keyboard_leave();
    send_modes(paint.mouse != 0 ? mouse_off : "");
    send_modes(modes_off);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &paint.before);
}

static void take_terminal(void)
{
    paint.taken = 1;
    paint.pictures_at++;
    send_modes(modes_on);
}

static void look_at_terminal(const char *terminal, int colours)
{
    const char *vte = getenv("VTE_VERSION");
    paint.windows = strcmp(terminal, "linux") != 0;
    paint.urxvt = strncmp(terminal, "rxvt", 4) == 0 || strncmp(terminal, "foot", 4) == 0 ||
                  (vte != NULL && vte[0] != 0);
    paint.encode = (struct cw_encode){
        .depth = cw_depth_of(getenv("NO_COLOR"), getenv("COLORTERM"), terminal, colours),
        .utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
        .links = paint.windows};
}

/* Each key as it comes, and none is shown or a signal. */
static bool make_raw(void)
{
    struct termios raw = paint.before;
    raw.c_iflag &= (tcflag_t) ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    raw.c_oflag &= (tcflag_t)~OPOST;
    raw.c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    return tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

bool paint_begin(void)
{
    const char *terminal = getenv("TERM");
    int colours = 0;
    bool dumb = terminal == NULL || terminal[0] == 0 || strcmp(terminal, "dumb") == 0;
    if (dumb || !terminfo_read(terminal, &colours) || tcgetattr(STDIN_FILENO, &paint.before) != 0 ||
        !make_raw()) {
        fprintf(stderr,
                "chinwag: this terminal (TERM=%s) cannot show a screen; chinwag chat "
                "--plain-screen needs none\n",
                terminal == NULL ? "" : terminal);
        return false;
    }
    look_at_terminal(terminal, colours);
    paint.on = true;
    paint.unread = UINT64_MAX;
    if (!paint.registered)
        atexit(paint_end);
    paint.registered = true;
    crash_watch(give_terminal_back);
    take_terminal();
    if (paint.windows)
        send_modes(CW_PICTURES_QUESTION);
    if (paint.windows && paint.encode.depth >= CW_DEPTH_256)
        send_modes(ask_background);
    return true;
}

void paint_end(void)
{
    if (!paint.on)
        return;
    paint.on = false;
    paint_leave();
    crash_forget();
    cw_encode_forget(&paint.encode);
    cw_buf_finish(&paint.out);
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
    paint_forget();
    return true;
}

void paint_forget(void)
{
    cw_encode_forget(&paint.encode);
}

enum cw_depth paint_depth(void)
{
    return paint.encode.depth;
}

/* --- what goes out -------------------------------------------------------------------------- */

void paint_grid(const struct cw_grid *grid, enum cw_theme theme)
{
    paint.encode.theme = theme;
    paint.out.n = 0;
    cw_encode_grid(&paint.encode, grid, &paint.out);
    write_bytes(paint.out.p, paint.out.n);
}

/* What it was given before it was left is gone there. */
void paint_images(struct cw_images *images)
{
    if (images->screen != paint.pictures_at)
        cw_images_forget_passed(images);
    images->screen = paint.pictures_at;
    paint.encode.pictures = images->can;
    for (size_t i = 0; i < images->count; i++) {
        struct cw_image *image = &images->p[i];
        if (!image->whole || image->passed || image->failed)
            continue;
        paint.out.n = 0;
        cw_encode_picture(image->id, cw_buf_slice(&image->bytes), &paint.out);
        write_bytes(paint.out.p, paint.out.n);
        cw_buf_finish(&paint.out);
        cw_buf_finish(&image->bytes);
        image->passed = true;
    }
}

void paint_mouse(bool on)
{
    if (on != (paint.mouse != 0))
        send_modes(on ? mouse_on : mouse_off);
    paint.mouse = on;
}

void paint_bell(const char *text)
{
    struct cw_buf notice = {.n = 0};
    cw_buf_append_byte(&notice, '\a');
    if (paint.windows && text != NULL) {
        cw_buf_append_str(&notice, paint.urxvt ? "\x1b]777;notify;Chinwag;" : "\x1b]9;Chinwag: ");
        cw_encode_text(text, paint.encode.utf8, &notice);
        cw_buf_append_byte(&notice, '\a');
    }
    write_bytes(notice.p, notice.n);
    cw_buf_finish(&notice);
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

void paint_leave(void)
{
    send_modes(paint.encode.pictures ? CW_PICTURES_FORGET : "");
    give_terminal_back();
}

void paint_return(void)
{
    tcgetattr(STDIN_FILENO, &paint.before);
    make_raw();
    take_terminal();
    send_modes(paint.mouse != 0 ? mouse_on : "");
    paint.unread = UINT64_MAX;
    paint_forget();
    keyboard_return();
}

void paint_suspend(void)
{
    paint_leave();
    raise(SIGSTOP);
    paint_return();
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
