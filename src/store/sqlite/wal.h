/* wal.h - reads the log of an SQLite database without SQLite: is it damaged? SQLite uses the log up
 * to the last complete transaction before the first frame with a wrong checksum, and reports
 * nothing. That is right after a power cut, which tears the end of the log: the transaction that
 * was being written, and no other, since each is synced before the next begins. A wrong frame with
 * more than that behind it is damage to data that was on the disk already. The checksums are a
 * chain: each frame's is computed from the one before. So frames behind a wrong one can still be
 * recognised: each has the checksum that follows from the one in the frame before it.
 *
 * Pure. The format: https://www.sqlite.org/fileformat2.html#walformat */
#ifndef CW_STORE_SQLITE_WAL_H
#define CW_STORE_SQLITE_WAL_H

#include "base/slice.h"

struct cw_wal_verdict {
    bool damaged;
    size_t at;      /* the position of the wrong frame in the file; 0: the header */
    size_t frames;  /* intact ones before it, which SQLite uses up to the last commit */
    size_t commits; /* behind it: at least this many transactions are lost */
};

/* `log`: the whole file. */
struct cw_wal_verdict cw_wal_judge(struct cw_slice log);

#endif
