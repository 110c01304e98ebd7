/* fetch_file.c - see fetch_file.h. What has come stands in a file beside the one to be, which is
 * named when it is whole: a transfer that was cut off continues there. */
#include "fetch_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "part_file.h"
#include "text/file_name.h"
#include "transfer.h"

#define PATH_SIZE 4096

struct download {
    struct transfer transfer;
    uint64_t file;
    int fd;
    bool named;   /* by the user, not by the sender */
    bool replace; /* what has this name already */
    bool stream;  /* a pipe or a device: written from the first byte to the last */
    bool failed;  /* this machine, not the server: a message was printed */
    char path[PATH_SIZE], part[PATH_SIZE];
    uint64_t asked; /* up to here */
};

/* --- where it goes ------------------------------------------------------------------------ */

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* The entry's name comes from another person: nothing that has it is replaced or written to. */
static bool choose_path(struct download *download, const struct chinwag_entry *entry,
                        const char *path)
{
    const char *name = entry->file_name == NULL ? "" : entry->file_name;
    download->named = !is_folder(path);
    if (download->named) {
        snprintf(download->path, sizeof download->path, "%s", path);
    } else if (cw_file_name_fault(cw_slice_str(name)) != CW_RULE_NONE || name[0] == '.') {
        fprintf(stderr,
                "chinwag: the file's own name cannot be used: say how it shall be called\n");
        return false;
    } else {
        snprintf(download->path, sizeof download->path, "%s/%s", path, name);
    }
    int n = snprintf(download->part, sizeof download->part, "%.4000s.%llu.part", download->path,
                     (unsigned long long)entry->file_id);
    return n > 0 && (size_t)n < sizeof download->part;
}

static bool cannot_write(struct download *download)
{
    int error = errno;
    download->failed = true;
    transfer_wipe(&download->transfer);
    fprintf(stderr, "chinwag: cannot write %s: %s\n", download->path, strerror(error));
    return false;
}

static bool is_there(const struct download *download)
{
    transfer_wipe(&download->transfer);
    fprintf(stderr, "chinwag: cannot write %s: it is there already%s\n", download->path,
            download->named ? "; --yes replaces it" : ": say how it shall be called");
    return false;
}

static bool fetch_open_stream(struct download *download, int fd)
{
    download->fd = fd;
    download->stream = true;
    return fd >= 0 || cannot_write(download);
}

/* A pipe or a device is no file that would be replaced. */
static bool open_target(struct download *download)
{
    struct stat about;
    if (strcmp(download->path, "-") == 0)
        return fetch_open_stream(download, dup(STDOUT_FILENO));
    if (download->named && stat(download->path, &about) == 0 && !S_ISREG(about.st_mode))
        return fetch_open_stream(download, open(download->path, O_WRONLY | O_CLOEXEC));
    if (!(download->named && download->replace) && lstat(download->path, &about) == 0)
        return is_there(download);
    download->fd = open(download->part, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (download->fd < 0 || fstat(download->fd, &about) != 0)
        return cannot_write(download);
    if ((uint64_t)about.st_size <= download->transfer.size)
        download->asked = (uint64_t)about.st_size;
    return true;
}

static bool write_out(struct download *download, const uint8_t *bytes, size_t n)
{
    for (uint64_t at = download->transfer.at; n != 0;) {
        ssize_t wrote = download->stream ? write(download->fd, bytes, n)
                                         : pwrite(download->fd, bytes, n, (off_t)at);
        if (wrote < 0)
            return cannot_write(download);
        bytes += wrote;
        at += (uint64_t)wrote;
        n -= (size_t)wrote;
    }
    return true;
}

static bool close_target(struct download *download)
{
    int fd = download->fd;
    bool synced = download->stream || fsync(fd) == 0;
    if (!synced)
        return cannot_write(download);
    download->fd = -1;
    if (close(fd) != 0)
        return cannot_write(download);
    return download->stream ||
           part_file_place(download->part, download->path, download->named && download->replace) ||
           cannot_write(download);
}

/* What has come stays for the next attempt; nothing need not. */
static void leave_target(const struct download *download)
{
    struct stat about;
    bool part = !download->stream && fstat(download->fd, &about) == 0;
    close(download->fd);
    if (part && about.st_size == 0)
        unlink(download->part);
    else if (part && download->failed)
        fprintf(stderr, "chinwag: what has come is in %s; the same command goes on with it\n",
                download->part);
}

/* --- its way ------------------------------------------------------------------------------ */

/* Each piece begins where the one before it was asked to end. */
static void ask(struct download *download)
{
    struct transfer *transfer = &download->transfer;
    chinwag_client *client = transfer->session.client;
    size_t n;
    while (transfer_has_room(transfer) && download->asked < transfer->size &&
           (n = chinwag_piece_room(client)) != 0) {
        transfer_add(transfer, chinwag_fetch_file(client, download->file, download->asked, n));
        download->asked += n;
    }
}

static enum transfer_end take_piece(struct download *download)
{
    struct chinwag_event answer;
    enum transfer_end end = transfer_wait_first(&download->transfer, "fetch_file", &answer);
    if (end != TRANSFER_DONE || answer.offset != download->transfer.at)
        return end == TRANSFER_DONE ? TRANSFER_LOST : end; /* one before it was lost */
    if (answer.byte_count == 0) {
        transfer_wipe(&download->transfer);
        fprintf(stderr, "chinwag: the server has sent an empty piece of the file\n");
        return TRANSFER_REFUSED;
    }
    if (!write_out(download, answer.bytes, answer.byte_count))
        return TRANSFER_REFUSED;
    transfer_show(&download->transfer, answer.offset + answer.byte_count);
    return TRANSFER_DONE;
}

static enum transfer_end fetch_bytes(struct download *download)
{
    enum transfer_end end = TRANSFER_DONE;
    while (end == TRANSFER_DONE && download->transfer.at < download->transfer.size) {
        ask(download);
        end = take_piece(download);
        while (end == TRANSFER_LOST && download->transfer.count != 0)
            end = take_piece(download) == TRANSFER_STOPPED ? TRANSFER_STOPPED : TRANSFER_LOST;
        if (end == TRANSFER_LOST) { /* the library connects again */
            download->asked = download->transfer.at;
            end = transfer_continue(&download->transfer, download->asked);
        }
    }
    return end;
}

int fetch_file(const struct cli *cli, const struct chinwag_entry *entry, const char *path)
{
    struct download download = {.fd = -1, .file = entry->file_id, .replace = cli->yes};
    if (!choose_path(&download, entry, path))
        return CLI_WRONG_USE;
    int code = transfer_open(&download.transfer, cli);
    download.transfer.size = entry->size;
    if (code == CLI_DONE && !open_target(&download))
        code = CLI_WRONG_USE;
    if (code == CLI_DONE) {
        transfer_show(&download.transfer, download.asked);
        code = transfer_code(fetch_bytes(&download));
        transfer_wipe(&download.transfer);
        if ((code == CLI_DONE && !close_target(&download)) || download.failed)
            code = CLI_WRONG_USE;
    }
    if (download.fd >= 0)
        leave_target(&download);
    transfer_close(&download.transfer);
    return code;
}
