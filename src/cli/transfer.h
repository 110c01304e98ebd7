/* transfer.h - the long way of a file to or from the server: waits for answers across lost
 * connections, and shows how far it is. command_file.c and fetch_file.c are built on it. */
#ifndef CHINWAG_CLI_TRANSFER_H
#define CHINWAG_CLI_TRANSFER_H

#include "session.h"

enum transfer_end {
    TRANSFER_DONE,
    TRANSFER_LOST,    /* the connection was lost before the answer, or the upload stands elsewhere
                       * than was thought: ask where to continue */
    TRANSFER_REFUSED, /* a message was printed */
    TRANSFER_STOPPED  /* a signal, or the server stays away; a message was printed */
};

/* Requests that may wait for their answers: the library allows fewer. */
#define TRANSFER_WINDOW 128

/* What a line for the terminal client begins with: no text that is printed has it. */
#define TRANSFER_MARK '\x1f'

struct transfer {
    struct session session;
    uint64_t size, at;
    bool bar;         /* stderr is a terminal, ... */
    bool told;        /* ... or the terminal client, which wants lines: TRANSFER_MARK and a text */
    int64_t drawn_ms; /* when the bar was drawn last */
    int64_t begun_ms;
    uint64_t begun_at;
    int64_t heard_ms; /* when something was answered last */
    uint64_t lost_at; /* where the connection was lost last ... */
    int losses;       /* ... and how often in a row without a byte in between */
    int64_t waiting[TRANSFER_WINDOW];
    size_t first, count; /* of those that wait, a ring */
};

/* Opens the session. Returns CLI_DONE, or prints a message. */
int transfer_open(struct transfer *transfer, const struct cli *cli);
void transfer_close(struct transfer *transfer);

/* Waits for the answer to this request. *answer is good until the next use. */
enum transfer_end transfer_wait(struct transfer *transfer, const char *action, int64_t request,
                                struct chinwag_event *answer);

/* The requests that wait, in their order: whether there is a place for another one; it waits now;
 * and the answer to the first, which waits no longer. */
bool transfer_has_room(const struct transfer *transfer);
void transfer_add(struct transfer *transfer, int64_t request);
enum transfer_end transfer_wait_first(struct transfer *transfer, const char *action,
                                      struct chinwag_event *answer);

/* After TRANSFER_LOST: it continues at this byte. TRANSFER_STOPPED: that came too often
 * without a byte in between. */
enum transfer_end transfer_continue(struct transfer *transfer, uint64_t at);

/* It has come to this byte. */
void transfer_show(struct transfer *transfer, uint64_t at);
/* Wipes the bar, before something else is printed. */
void transfer_wipe(const struct transfer *transfer);

/* The exit code. */
int transfer_code(enum transfer_end end);

#endif
