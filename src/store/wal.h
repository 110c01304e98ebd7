/* wal.h - the log of an SQLite database, read without SQLite: was what is in it damaged?
 *
 * SQLite takes the log up to the last whole transaction before the first frame whose sum
 * is wrong, and says nothing. That is right after a power cut, which tears the end of the
 * log: the transaction that was being written, and no other, since each is synced before
 * the next begins. A wrong frame with more than that behind it is damage to what was on
 * the disk already.
 *
 * The sums are a chain: each frame's is made from the one before. So behind a wrong frame
 * the others can still be told from rubbish: each has the sum that follows from the sum
 * that stands in the frame before it.
 *
 * Pure. The format: https://www.sqlite.org/fileformat2.html#walformat */
#ifndef CW_STORE_WAL_H
#define CW_STORE_WAL_H

#include "base/slice.h"

struct cw_wal_verdict {
    bool damaged;
    size_t at;      /* the place of the wrong frame in the file; 0: the header */
    size_t frames;  /* whole ones before it, which SQLite takes up to the last commit */
    size_t commits; /* behind it: so many transactions, at least, are lost */
};

/* The whole file. */
struct cw_wal_verdict cw_wal_judge(struct cw_slice log);

#endif
