/* ink.c - see ink.h. */
#include "screen/ink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "screen/grid.h"

#define SGR_MAX 96

/* Of texts, grey ones, bars, and what is written on these. */
struct ink_paper {
    uint32_t dim, bar, on_bar;
};

static const struct ink_paper papers[CW_THEMES] = {
    [CW_THEME_DARK] = {0x8e96a8, 0x2a3142, 0xe6e9f0},
    [CW_THEME_LIGHT] = {0x667085, 0xdfe4ee, 0x1c2330},
};

/* As 24 bits for both themes, and as one of the terminal's sixteen: 1 to 6, and 9 to 14 for the
 * bright ones. Those of names are the hues of web/src/view/style/frame.css. */
static const struct {
    uint32_t dark, light;
    unsigned own;
} inks[CW_NAME + CW_NAMES] = {[CW_RED] = {0xff8a80, 0xb3261e, 1},
                              [CW_GREEN] = {0x83d896, 0x1b6e2f, 2},
                              [CW_YELLOW] = {0xe9bd55, 0x7a5600, 3},
                              [CW_BLUE] = {0x8ebcff, 0x0a5bb0, 4},
                              [CW_MAGENTA] = {0xd0a8ff, 0x7438b8, 5},
                              [CW_CYAN] = {0x63cdeb, 0x00677f, 6},
                              [CW_NAME] = {0xff9d94, 0xb3261e, 1},
                              {0xffab70, 0xa04100, 3},
                              {0xe9bd55, 0x7a5600, 11},
                              {0xbfd460, 0x4d6600, 10},
                              {0x83d896, 0x1b6e2f, 2},
                              {0x5fd6c4, 0x006b5e, 14},
                              {0x63cdeb, 0x00677f, 6},
                              {0x8ebcff, 0x0a5bb0, 12},
                              {0xadb2ff, 0x4549c9, 4},
                              {0xd0a8ff, 0x7438b8, 5},
                              {0xf39bea, 0x9c2a98, 13},
                              {0xff9cc0, 0xb01f62, 9}};

/* --- themes --------------------------------------------------------------------------------- */

static const char *const theme_names[CW_THEMES] = {"terminal", "dark", "light", "plain"};

const char *cw_theme_name(enum cw_theme theme)
{
    return theme_names[theme];
}

bool cw_theme_read(const char *name, enum cw_theme *theme)
{
    for (unsigned i = 0; i < CW_THEMES; i++)
        if (strcmp(theme_names[i], name) == 0) {
            *theme = (enum cw_theme)i;
            return true;
        }
    return false;
}

enum cw_depth cw_depth_of(const char *no_color, const char *colorterm, const char *term,
                          int colours)
{
    if (no_color != NULL && no_color[0] != 0) /* no-color.org */
        return CW_DEPTH_NONE;
    if (colorterm != NULL &&
        (strcmp(colorterm, "truecolor") == 0 || strcmp(colorterm, "24bit") == 0))
        return CW_DEPTH_TRUE;
    if (term != NULL && strstr(term, "-direct") != NULL)
        return CW_DEPTH_TRUE;
    return colours >= 256  ? CW_DEPTH_256
           : colours >= 16 ? CW_DEPTH_16
           : colours >= 8  ? CW_DEPTH_8
                           : CW_DEPTH_NONE;
}

/* The first two digits of a colour's part, which has one to four; -1: none. */
static int read_part(const char **text)
{
    int value = 0, digits = 0;
    for (; digits < 4 && **text != 0; ++*text, digits++) {
        char c = (char)(**text | 0x20);
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            break;
        if (digits < 2)
            value = value * 16 + digit;
    }
    *text += **text == '/';
    return digits == 0 ? -1 : digits == 1 ? value * 17 : value;
}

bool cw_theme_of_report(const char *report, enum cw_theme *theme)
{
    static const char begin[] = "11;rgb:";
    if (strncmp(report, begin, sizeof begin - 1) != 0)
        return false;
    report += sizeof begin - 1;
    int red = read_part(&report), green = read_part(&report), blue = read_part(&report);
    if (red < 0 || green < 0 || blue < 0)
        return false;
    /* How bright it is to the eye (ITU-R BT.601). */
    *theme = red * 299 + green * 587 + blue * 114 < 128 * 1000 ? CW_THEME_DARK : CW_THEME_LIGHT;
    return true;
}

/* --- sequences ------------------------------------------------------------------------------ */

struct sgr {
    char text[SGR_MAX];
    size_t n;
};

static void add_number(struct sgr *sgr, unsigned number)
{
    sgr->n += (size_t)snprintf(sgr->text + sgr->n, sizeof sgr->text - sgr->n, ";%u", number);
}

static unsigned distance(const unsigned parts[3], const unsigned other[3])
{
    unsigned sum = 0;
    for (int i = 0; i < 3; i++) {
        unsigned by = parts[i] < other[i] ? other[i] - parts[i] : parts[i] - other[i];
        sum += by * by;
    }
    return sum;
}

/* The nearest of the cube of 6 by 6 by 6, whose parts are 0, 95, 135, 175, 215 and 255, or of the
 * 24 greys. */
static unsigned of_256(uint32_t rgb)
{
    unsigned parts[3] = {rgb >> 16, rgb >> 8 & 255, rgb & 255}, cube[3], index = 0;
    unsigned grey = (parts[0] + parts[1] + parts[2]) / 3;
    for (int i = 0; i < 3; i++) {
        unsigned step = parts[i] < 48 ? 0 : parts[i] < 115 ? 1 : (parts[i] - 35) / 40;
        cube[i] = step == 0 ? 0 : 55 + step * 40;
        index = index * 6 + step;
    }
    unsigned step = grey < 8 ? 0 : grey > 238 ? 23 : (grey - 3) / 10;
    unsigned greys[3] = {8 + step * 10, 8 + step * 10, 8 + step * 10};
    return distance(parts, greys) < distance(parts, cube) ? 232 + step : 16 + index;
}

/* `base`: 38 for what is written, 48 for what is behind it. */
static void add_rgb(struct sgr *sgr, enum cw_depth depth, unsigned base, uint32_t rgb)
{
    add_number(sgr, base);
    if (depth == CW_DEPTH_256) {
        add_number(sgr, 5);
        add_number(sgr, of_256(rgb));
        return;
    }
    add_number(sgr, 2);
    add_number(sgr, rgb >> 16);
    add_number(sgr, rgb >> 8 & 255);
    add_number(sgr, rgb & 255);
}

static void add_own(struct sgr *sgr, enum cw_depth depth, unsigned colour)
{
    unsigned own = inks[colour].own;
    if (own >= 8 && depth == CW_DEPTH_8)
        own -= 8;
    if (own != 0)
        add_number(sgr, own < 8 ? 30 + own : 90 + own - 8);
}

/* With the colours of the terminal, or without any. */
static void add_simple(struct sgr *sgr, enum cw_depth depth, unsigned style)
{
    if ((style & CW_STYLE_DIM) != 0)
        add_number(sgr, 2);
    if ((style & CW_STYLE_REVERSE) != 0)
        add_number(sgr, 7);
    if (depth != CW_DEPTH_NONE)
        add_own(sgr, depth, style & CW_STYLE_COLOUR);
}

static void add_themed(struct sgr *sgr, enum cw_theme theme, enum cw_depth depth, unsigned style)
{
    const struct ink_paper *paper = &papers[theme];
    unsigned colour = style & CW_STYLE_COLOUR;
    bool bar = (style & CW_STYLE_REVERSE) != 0;
    if (bar)
        add_rgb(sgr, depth, 48, paper->bar);
    if (colour != CW_PLAIN)
        add_rgb(sgr, depth, 38, theme == CW_THEME_DARK ? inks[colour].dark : inks[colour].light);
    else if ((style & CW_STYLE_DIM) != 0)
        add_rgb(sgr, depth, 38, paper->dim);
    else if (bar)
        add_rgb(sgr, depth, 38, paper->on_bar);
}

void cw_ink_write(enum cw_theme theme, enum cw_depth depth, unsigned style, struct cw_buf *out)
{
    struct sgr sgr = {.text = "\x1b[0", .n = 3};
    bool own = theme == CW_THEME_TERMINAL || theme == CW_THEME_PLAIN || depth < CW_DEPTH_256;
    if ((style & CW_STYLE_BOLD) != 0)
        add_number(&sgr, 1);
    if ((style & CW_STYLE_UNDERLINE) != 0)
        add_number(&sgr, 4);
    if (own)
        add_simple(&sgr, theme == CW_THEME_PLAIN ? CW_DEPTH_NONE : depth, style);
    else
        add_themed(&sgr, theme, depth, style);
    cw_buf_append(out, sgr.text, sgr.n);
    cw_buf_append_byte(out, 'm');
}

/* --- names ---------------------------------------------------------------------------------- */

/* hueOf in web/src/text/safe.ts: FNV-1a over the code points of the name in small letters. */
unsigned cw_ink_of_name(const char *name)
{
    utf8proc_uint8_t *plain = NULL;
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)name, 0, &plain,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
    uint32_t hash = 2166136261u;
    for (utf8proc_ssize_t at = 0, used; at < n; at += used) {
        utf8proc_int32_t c;
        used = utf8proc_iterate(plain + at, n - at, &c);
        if (used <= 0)
            break;
        hash = (hash ^ (uint32_t)utf8proc_tolower(c)) * 16777619u;
    }
    free(plain);
    return CW_NAME + (hash ^ hash >> 16) % CW_NAMES;
}
