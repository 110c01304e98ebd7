/* worker.h - lowers the priority of libuv's workers: hashing, decoding and writing megabytes must
 * not delay the loop, which shares the processors. */
#ifndef CW_SERVER_WORKER_H
#define CW_SERVER_WORKER_H

/* Lowers the priority of the thread that calls it. Called at the beginning of
 * each piece of work; where it is not possible it does nothing. */
void cw_worker_begin(void);

#endif
