/* line.h - how fast the bytes of files pass on a line, and from that how many of them may leave at
 * once, and how many may be under way. So calls and chat beside a file wait for 20 ms of the line
 * at most. Not a socket: whoever sends or asks for the bytes reports them, with the time.
 *
 * Pure. Callers: libchinwag (client_core.c) for chunks and pieces, src/server/linked.c for HTTP. */
#ifndef CW_BASE_LINE_H
#define CW_BASE_LINE_H

#include <stddef.h>
#include <stdint.h>

/* A zeroed struct is a line of which nothing is known. */
struct cw_line {
    uint64_t since_us; /* when the present measurement began; 0: none has */
    uint64_t bytes;    /* that passed since since_us */
    uint64_t rate;     /* bytes a second of the last measurement; 0: unknown */
    uint64_t trip_us;  /* the shortest time from sending to the answer; 0: unknown */
};

/* n bytes have passed by now. */
void cw_line_passed(struct cw_line *line, size_t n, uint64_t now_us);

/* Something was answered so long after it was sent. */
void cw_line_answered(struct cw_line *line, uint64_t trip_us);

/* The bytes that may leave at once: CW_LINE_SLICE_MS of the line, from CW_FILE_SLICE_MIN to
 * CW_FILE_CHUNK_MAX. */
size_t cw_line_slice(const struct cw_line *line);

/* The bytes that may be under way, up to their answers: twice what fills the line, and a slice;
 * from CW_LINE_WINDOW_SLICES to CW_LINE_WINDOW_MAX. Answers are often later than the earliest; a
 * window of just that would be taken for a slow line, and close more and more. */
size_t cw_line_window(const struct cw_line *line);

/* The same where something else holds the bytes back until the line takes them: CW_LINE_RESERVE
 * slices, to CW_LINE_WINDOW_MAX. Answers may take long then (a disk that syncs), which a window
 * that follows them would take for a slow line. */
size_t cw_line_reserve(const struct cw_line *line);

#endif
