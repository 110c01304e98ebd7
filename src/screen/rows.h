/* rows.h - the lines of a conversation as rows of a width: wrapped, with day lines, quotes and
 * reactions. Only their order and parts; draw.c puts them into cells. Pure. */
#ifndef CW_SCREEN_ROWS_H
#define CW_SCREEN_ROWS_H

#include "base/slice.h"
#include "chat/image.h"
#include "chat/place.h"

/* A time as the user's clock shows it. */
struct cw_local {
    int year;                          /* 2026 */
    unsigned month, day, hour, minute; /* 1 to 12, 1 to 31 */
    unsigned weekday;                  /* 0: Sunday */
};
typedef void cw_local_time(uint64_t time_ms, struct cw_local *local);

enum cw_row_kind {
    CW_ROW_DAY,
    CW_ROW_FRESH,
    CW_ROW_HEAD, /* time and sender, where they have a row of their own */
    CW_ROW_QUOTE,
    CW_ROW_TEXT, /* `text` of the line */
    CW_ROW_FILE,
    CW_ROW_PICTURE, /* a part of the place that a picture takes */
    CW_ROW_VOICE,
    CW_ROW_CALL,
    CW_ROW_DELETED,
    CW_ROW_EDITED, /* where the text has no room for it */
    CW_ROW_REACTIONS,
    CW_ROW_FAILED /* `text` of the reason */
};

struct cw_row {
    enum cw_row_kind kind;
    const struct cw_line *line;
    struct cw_slice text;
    unsigned part;   /* which row of its line: 0, 1, ... */
    unsigned hang;   /* columns that stay empty before the text */
    bool first;      /* of its message */
    bool begins;     /* ... and time and sender stand before it */
    bool edited;     /* ... and "(edited)" behind it */
    bool first_part; /* of PICTURE: its first one */
    bool reason;     /* of FAILED: its begin, which says what it is, ... */
    bool remedy;     /* ... and its end, behind which stands what to do */
};

struct cw_rows {
    struct cw_row *p;
    size_t n, capacity;
};

/* How the rows are to be: `text` columns for texts; with `heads` they have rows for senders. */
struct cw_rows_form {
    unsigned text;
    bool heads;
    cw_local_time *local;
    struct cw_images *images; /* NULL: no pictures */
};

/* How many cells a picture takes in so many columns; they are twice as high as wide. */
void cw_rows_picture(const struct cw_line *line, unsigned width, unsigned *columns, unsigned *rows);

/* All rows of the window; what was in *rows is replaced. */
void cw_rows_make(struct cw_rows *rows, const struct cw_place *place,
                  const struct cw_rows_form *form);
void cw_rows_finish(struct cw_rows *rows);

/* What stands behind a text that was edited. */
extern const char cw_rows_edited[];
/* What stands around the reason why a text was not sent. */
extern const char cw_rows_failed[], cw_rows_again[];

#endif
