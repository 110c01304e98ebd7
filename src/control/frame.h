/* frame.h - what chinwagctl and the server say to each other through the control socket: frames of
 * a kind and bytes, over a stream.
 *
 * A frame is its length (4 bytes, the highest first; of the kind and the body), its kind, its body.
 * chinwagctl sends one frame COMMAND. The server answers with frames OUT and TROUBLE, as many as
 * there are, and one END; then it closes. When chinwagctl closes before, the command is cancelled.
 *
 * Pure. Callers: src/ctl and src/server/control.c. */
#ifndef CW_CONTROL_FRAME_H
#define CW_CONTROL_FRAME_H

#include "base/buf.h"

enum cw_control_kind {
    CW_CONTROL_COMMAND = 'C', /* words, each with a zero behind it */
    CW_CONTROL_OUT = 'O',     /* text for the standard output */
    CW_CONTROL_TROUBLE = 'T', /* text for the standard error */
    CW_CONTROL_END = 'E'      /* one byte: the exit status */
};

/* The exit status of chinwagctl. */
enum cw_control_status {
    CW_CONTROL_DONE = 0,
    CW_CONTROL_REFUSED = 1,     /* by the server's rules */
    CW_CONTROL_WRONG_USE = 2,   /* wrong words, or trouble on this machine */
    CW_CONTROL_UNREACHABLE = 3, /* there is no server, or it has gone */
};

/* The name of the socket in the data folder. */
#define CW_CONTROL_SOCKET "control"

#define CW_CONTROL_WORDS_MAX   16u
#define CW_CONTROL_COMMAND_MAX (64u * 1024) /* bytes of a frame with a command */
#define CW_CONTROL_OUT_MAX     (1024u * 1024)
#define CW_CONTROL_HEAD        5u

enum cw_control_taken {
    CW_CONTROL_MORE,  /* the frame is not complete yet */
    CW_CONTROL_FRAME, /* kind and body are those of the first frame, which was removed from *in */
    CW_CONTROL_BROKEN /* its length is 0, or more than `max` */
};

void cw_control_put_frame(struct cw_buf *out, enum cw_control_kind kind, struct cw_slice body);
enum cw_control_taken cw_control_take_frame(struct cw_slice *in, size_t max, uint8_t *kind,
                                            struct cw_slice *body);

/* The words of a COMMAND, which point into the body. Returns their number; 0: it has none, or more
 * than CW_CONTROL_WORDS_MAX, or the last one has no zero behind it. */
size_t cw_control_split(struct cw_slice body, const char *words[CW_CONTROL_WORDS_MAX]);

#endif
