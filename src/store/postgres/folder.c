/* folder.c - see folder.h. Bodies over 64 KiB, recordings and files are in the folder, and the rows
 * that name them in the database: one without the other loses them. */
#include "store/postgres/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/blob.h"
#include "store/postgres/link.h"
#include "store/sqlite/operator.h"
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
    ssize_t n = (ssize_t)strlen(text);
    bool good = fd >= 0 && write(fd, text, (size_t)n) == n && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return good;
}

/* Beside it first: without room the old one stays. */
static bool replace_file(const char *path, const char *text)
{
    size_t n = strlen(path) + sizeof ".new";
    char *beside = cw_alloc(n);
    snprintf(beside, n, "%s.new", path);
    bool good = write_file(beside, text) && rename(beside, path) == 0;
    int why = errno;
    if (!good)
        unlink(beside);
    free(beside);
    errno = why;
    return good;
}

static bool write_marker(const char *path, const char *community, const char *shown,
                         char error[256])
{
    bool written = write_file(path, community);
    if (!written)
        snprintf(error, 256, "Cannot write the file " CW_COMMUNITY_FILE " of the folder %.150s.",
                 shown);
    return written;
}

/* Root, who may run the move, is not who runs the server. A server may not call chown at all: its
 * unit forbids that. */
static bool give_to_owner(const char *folder, const char *path, const char *shown, char error[256])
{
    struct stat about;
    bool given = geteuid() != 0 ||
                 (stat(folder, &about) == 0 && chown(path, about.st_uid, about.st_gid) == 0);
    if (!given)
        snprintf(error, 256,
                 "Cannot give the file " CW_COMMUNITY_FILE " of %.150s to the owner of "
                 "the folder.",
                 shown);
    return given;
}

/* The folder has a marker of its own, and one stands beside the files, which other servers on the
 * same database share: a new folder may have that alone. `used`: the database has users. */
static bool judge_markers(const char *path, const char *shared, const char *community, bool used,
                          const char *shown, char error[256])
{
    char own[UUID_LEN + 1], with_files[UUID_LEN + 1];
    bool has_own = read_file(path, own) != 0, has_shared = read_file(shared, with_files) != 0;
    bool other = (has_own && strcmp(own, community) != 0) ||
                 (has_shared && strcmp(with_files, community) != 0);
    if (other)
        snprintf(
            error, 256,
            "The database in `store` belongs to another community than the data folder %.100s: "
            "start it with its own folder, which has its files.",
            shown);
    else if (used && !has_own && !has_shared)
        snprintf(error, 256,
                 "%.80s has not the files of the database in `store`: name the folder that has "
                 "them, or, for one more server, put a link to the others' " CW_BLOB_FOLDER
                 " in place of the one in it.",
                 shown);
    if (other || (used && !has_own && !has_shared))
        return false;
    return (has_own || write_marker(path, community, shown, error)) &&
           (has_shared || write_marker(shared, community, shown, error));
}

bool cw_postgres_folder_judge(struct cw_sqlite *s, const char *shown, char error[256])
{
    char *path = cw_sqlite_path(s->folder, CW_COMMUNITY_FILE);
    char *shared = cw_sqlite_path(s->folder, CW_BLOB_FOLDER "/" CW_COMMUNITY_FILE);
    PGresult *result = cw_postgres_ask(
        cw_postgres_of(s), "SELECT community, EXISTS (SELECT 1 FROM users) FROM version", error);
    bool good = result != NULL && PQntuples(result) == 1;
    good = good && judge_markers(path, shared, PQgetvalue(result, 0, 0),
                                 PQgetvalue(result, 0, 1)[0] == 't', shown, error);
    PQclear(result);
    free(path);
    free(shared);
    return good;
}

/* --- one folder of files for all servers -------------------------------------------------------
 */

static char *path_of_node(const struct cw_sqlite *s, unsigned node)
{
    char name[sizeof CW_BLOB_FOLDER "/node." + 12];
    snprintf(name, sizeof name, CW_BLOB_FOLDER "/node.%u", node);
    return cw_sqlite_path(s->folder, name);
}

static bool is_at(const struct cw_sqlite *s, unsigned node, const char *process)
{
    char text[UUID_LEN + 1];
    char *path = path_of_node(s, node);
    read_file(path, text);
    free(path);
    return strcmp(text, process) == 0;
}

bool cw_postgres_folder_is_shared(struct cw_sqlite *s, const char *shown, char error[256])
{
    PGresult *others = cw_postgres_node_running(&cw_postgres_of(s)->node, error);
    bool good = others != NULL;
    for (int i = 0; good && i < PQntuples(others); i++) {
        unsigned node = (unsigned)atoi(PQgetvalue(others, i, 0));
        good = is_at(s, node, PQgetvalue(others, i, 1));
        if (!good)
            snprintf(error, 256,
                     "The folder %.120s/" CW_BLOB_FOLDER " is not the one that server %u uses: all "
                     "servers on one database share it.",
                     shown, node);
    }
    PQclear(others);
    return good;
}

bool cw_postgres_folder_say_node(struct cw_sqlite *s, const char *shown, char error[256])
{
    const struct cw_postgres_node *node = &cw_postgres_of(s)->node;
    char process[24];
    char *path = path_of_node(s, node->number);
    snprintf(process, sizeof process, "%llu", (unsigned long long)node->process);
    bool written = replace_file(path, process);
    bool full = !written && (errno == ENOSPC || errno == EDQUOT);
    free(path);
    if (full && !node->others) {
        cw_sqlite_log(s,
                      "No room in the folder %.150s/" CW_BLOB_FOLDER ": no other server can start"
                      " beside this one before it has started again with some.",
                      shown);
        return true;
    }
    if (!written)
        snprintf(error, 256, "Cannot write into the folder %.150s/" CW_BLOB_FOLDER ".", shown);
    return written;
}

bool cw_postgres_folder_mark(const char *folder, const char *community, char error[256])
{
    char *path = cw_sqlite_path(folder, CW_COMMUNITY_FILE);
    char *shared = cw_sqlite_path(folder, CW_BLOB_FOLDER "/" CW_COMMUNITY_FILE);
    bool good = write_marker(path, community, folder, error) &&
                write_marker(shared, community, folder, error) &&
                give_to_owner(folder, path, folder, error) &&
                give_to_owner(folder, shared, folder, error);
    free(path);
    free(shared);
    return good;
}
