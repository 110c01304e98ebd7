/* folder.c - see folder.h. Bodies over 64 KiB, recordings and files are in the folder, and the rows
 * that name them in the database: one without the other loses them. */
#include "store/postgres/folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/postgres/link.h"
#include "store/sqlite/places.h"
#include "store/sqlite/state.h"

#define UUID_LEN 36

/* 0: there is none. */
static size_t read_file(const char *path, char text[UUID_LEN + 1])
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, UUID_LEN);
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    return n > 0 ? (size_t)n : 0;
}

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, text, UUID_LEN) == UUID_LEN && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

/* `used`: the database has users. */
static bool judge_marker(const char *path, const char *community, bool used, const char *shown,
                         char error[256])
{
    char there[UUID_LEN + 1];
    if (read_file(path, there) == 0 && !used) {
        bool written = write_file(path, community);
        if (!written)
            snprintf(error, 256, "Cannot write %.150s/" CW_COMMUNITY_FILE ".", shown);
        return written;
    }
    bool same = strcmp(there, community) == 0;
    if (!same)
        snprintf(
            error, 256,
            "The database in `store` belongs to another community than the data folder %.100s: "
            "start it with its own folder, which has its files.",
            shown);
    return same;
}

bool cw_postgres_folder_judge(struct cw_sqlite *s, const char *shown, char error[256])
{
    char *database = cw_sqlite_path(s->folder, CW_SQLITE_FILE);
    char *path = cw_sqlite_path(s->folder, CW_COMMUNITY_FILE);
    PGresult *result = cw_postgres_ask(
        cw_postgres_of(s), "SELECT community, EXISTS (SELECT 1 FROM users) FROM version", error);
    bool good = result != NULL && PQntuples(result) == 1;
    if (good && access(database, F_OK) == 0) {
        snprintf(error, 256,
                 "The data folder %.120s has a database of SQLite: choose another folder, or leave "
                 "out `store`.",
                 shown);
        good = false;
    }
    good = good && judge_marker(path, PQgetvalue(result, 0, 0), PQgetvalue(result, 0, 1)[0] == 't',
                                shown, error);
    PQclear(result);
    free(database);
    free(path);
    return good;
}
