/* worker.h - what libuv's workers do is never urgent: hashing, decoding and
 * writing megabytes must not hold up the loop, which shares their processors. */
#ifndef CW_SERVER_WORKER_H
#define CW_SERVER_WORKER_H

/* Lowers the priority of the thread that calls it. Called at the beginning of
 * each piece of work; where it is not possible it does nothing. */
void cw_worker_begin(void);

#endif
