/* framer_run.h - gives any bytes to a framer, in pieces, and keeps what comes out: for the targets
 * whose framers must say the same however the bytes are cut.
 *
 * A target makes two runs of the same input, one without cuts, and compares them. */
#ifndef CW_FUZZ_FRAMER_RUN_H
#define CW_FUZZ_FRAMER_RUN_H

#include "frame/framer.h"
#include "fuzz.h"

struct framer_run {
    struct cw_framer *framer; /* owned by the run */
    struct cw_buf out;        /* in plain form */
    struct cw_buf events;     /* what was reported, as bytes */
    bool ready;               /* READY was reported */
    bool over;                /* CLOSED or FAILED was reported */
    unsigned cuts;            /* the longest piece; 0: all is one piece */
    uint32_t random;          /* the length of the next piece */
    unsigned heads;           /* that framer_run_judge has seen */
    /* The target's own checks; NULL: none. Each event, before it is kept; and after each piece. */
    void (*on_event)(struct framer_run *run, const struct cw_framer_event *event);
    void (*on_piece)(struct framer_run *run);
    void *context;
};

/* Starts the framer. */
void framer_run_begin(struct framer_run *run, struct cw_framer *framer, unsigned cuts);

/* Until all is read, or the run is over. */
void framer_run_feed(struct framer_run *run, struct cw_slice in);

/* For on_event. Every second message that is reported by its head is accepted, up to the framer's
 * `judged_max`, as after a login; after a message the limit is `message_max` again. */
void framer_run_judge(struct framer_run *run, const struct cw_framer_event *event,
                      uint32_t message_max);

/* Both have reported the same, and have the same output. */
void framer_run_compare(const struct framer_run *a, const struct framer_run *b);

void framer_run_finish(struct framer_run *run);

#endif
