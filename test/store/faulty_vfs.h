/* faulty_vfs.h - a disk that fails when told to, under the real SQLite.
 *
 * Wraps SQLite's default VFS and becomes the default itself. One thread. */
#ifndef CW_TEST_STORE_FAULTY_VFS_H
#define CW_TEST_STORE_FAULTY_VFS_H

void faulty_vfs_install(void);

/* After n more writes every write fails for want of space, until healed. */
void faulty_vfs_full_after(long n);
/* While this file is there every write fails for want of space, until healed. */
void faulty_vfs_full_while(const char *path);
/* After n more syncs every sync fails, until healed. */
void faulty_vfs_syncs_fail_after(long n);
/* After n more reads every read fails with EIO, until healed. */
void faulty_vfs_reads_fail_after(long n);
/* After n more writes the next one ends the process, as kill -9 does. */
void faulty_vfs_kill_after(long n);
/* From now on syncs are counted, and not made: a killed process leaves what it has written without
 * them, and they take most of the time of one that is killed often. */
void faulty_vfs_without_power_cuts(void);
void faulty_vfs_heal(void);

/* What was done since the last healing. */
long faulty_vfs_writes(void);
long faulty_vfs_syncs(void);

#endif
