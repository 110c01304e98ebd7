/* faulty_vfs.c - see faulty_vfs.h. */
#include "faulty_vfs.h"

#include <limits.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

struct faulty_file {
    sqlite3_file base;
    sqlite3_file *real; /* stands behind this struct */
};

static sqlite3_vfs *real_vfs, vfs;
static long writes, syncs, writes_allowed = LONG_MAX, syncs_allowed = LONG_MAX;
static long killed_after = LONG_MAX;
static long reads, reads_allowed = LONG_MAX;
static const char *in_the_way; /* while this file is there the disk is full */
static bool no_power_cuts;

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct faulty_file *)file)->real;
}

static int on_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int on_read(sqlite3_file *file, void *p, int n, sqlite3_int64 at)
{
    if (reads >= reads_allowed)
        return SQLITE_IOERR_READ;
    reads++;
    return real_of(file)->pMethods->xRead(real_of(file), p, n, at);
}

static int on_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
    if (writes >= writes_allowed || (in_the_way != NULL && access(in_the_way, F_OK) == 0))
        return SQLITE_FULL;
    if (writes == killed_after)
        raise(SIGKILL);
    writes++;
    return real_of(file)->pMethods->xWrite(real_of(file), p, n, at);
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int on_sync(sqlite3_file *file, int flags)
{
    if (syncs >= syncs_allowed)
        return SQLITE_IOERR_FSYNC;
    syncs++;
    return no_power_cuts ? SQLITE_OK : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int on_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int on_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int on_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int on_check_lock(sqlite3_file *file, int *reserved)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), reserved);
}

static int on_control(sqlite3_file *file, int op, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), op, argument);
}

static int on_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int on_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

/* Version 1: no shared memory, which the store must not need. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = on_close,
    .xRead = on_read,
    .xWrite = on_write,
    .xTruncate = on_truncate,
    .xSync = on_sync,
    .xFileSize = on_size,
    .xLock = on_lock,
    .xUnlock = on_unlock,
    .xCheckReservedLock = on_check_lock,
    .xFileControl = on_control,
    .xSectorSize = on_sector_size,
    .xDeviceCharacteristics = on_characteristics,
};

static int on_open(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags, int *out)
{
    (void)self;
    struct faulty_file *faulty = (struct faulty_file *)file;
    faulty->real = (sqlite3_file *)(faulty + 1);
    int rc = real_vfs->xOpen(real_vfs, name, faulty->real, flags, out);
    faulty->base.pMethods = faulty->real->pMethods == NULL ? NULL : &methods;
    return rc;
}

void faulty_vfs_install(void)
{
    real_vfs = sqlite3_vfs_find(NULL);
    vfs = *real_vfs;
    vfs.szOsFile += (int)sizeof(struct faulty_file);
    vfs.zName = "faulty";
    vfs.xOpen = on_open;
    sqlite3_vfs_register(&vfs, 1);
}

void faulty_vfs_full_after(long n)
{
    writes_allowed = writes + n;
}

void faulty_vfs_syncs_fail_after(long n)
{
    syncs_allowed = syncs + n;
}

void faulty_vfs_reads_fail_after(long n)
{
    reads_allowed = reads + n;
}

void faulty_vfs_without_power_cuts(void)
{
    no_power_cuts = true;
}

void faulty_vfs_kill_after(long n)
{
    killed_after = writes + n;
}

void faulty_vfs_full_while(const char *path)
{
    in_the_way = path;
}

void faulty_vfs_heal(void)
{
    in_the_way = NULL;
    writes = syncs = reads = 0;
    writes_allowed = syncs_allowed = killed_after = reads_allowed = LONG_MAX;
}

long faulty_vfs_writes(void)
{
    return writes;
}

long faulty_vfs_syncs(void)
{
    return syncs;
}
