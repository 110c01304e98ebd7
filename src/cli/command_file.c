/* command_file.c - sends a file: send-file. fetch_file.c saves one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state_path.h"
#include "target.h"
#include "transfer.h"
#include "upload.h"

/* One byte more than a thumbnail may have: chinwag_add_thumbnail. */
#define THUMBNAIL_ROOM (32 * 1024 + 1)

struct upload {
    struct transfer transfer;
    int fd;
    const char *name;
    uint64_t file, generation;
    uint64_t sent; /* bytes that were given to the library */
    uint8_t thumbnail[THUMBNAIL_ROOM];
    size_t thumbnail_n; /* 0: none */
};

/* --- the file on this machine ------------------------------------------------------------- */

/* Only of a file is the length known, so a pipe is first copied into one, which has no name. */
static int copy_input(void)
{
    char path[PATH_MAX], bytes[65536];
    ssize_t n;
    state_path_temporary(path, "chinwag");
    int fd = mkstemp(path);
    if (fd < 0)
        return -1;
    unlink(path);
    while ((n = read(STDIN_FILENO, bytes, sizeof bytes)) > 0)
        for (ssize_t done = 0, wrote; done < n; done += wrote)
            if ((wrote = write(fd, bytes + done, (size_t)(n - done))) < 0) {
                close(fd);
                return -1;
            }
    if (n == 0)
        return fd;
    close(fd);
    return -1;
}

static bool open_source(struct upload *upload, const char *path)
{
    struct stat about;
    bool pipe = strcmp(path, "-") == 0;
    const char *slash = strrchr(path, '/');
    upload->fd = pipe ? copy_input() : open(path, O_RDONLY | O_CLOEXEC);
    if (upload->name == NULL)
        upload->name = pipe ? "stdin" : slash == NULL ? path : slash + 1;
    if (upload->fd < 0 || fstat(upload->fd, &about) != 0) {
        fprintf(stderr, "chinwag: cannot read %s: %s\n", path, strerror(errno));
        return false;
    }
    if (!S_ISREG(about.st_mode) || about.st_size == 0) {
        fprintf(stderr, "chinwag: %s is %s\n", path,
                S_ISREG(about.st_mode) ? "empty: there is nothing to send" : "no file");
        return false;
    }
    upload->transfer.size = (uint64_t)about.st_size;
    return true;
}

/* Before anything is sent. */
static bool read_thumbnail(struct upload *upload, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, upload->thumbnail, sizeof upload->thumbnail);
    const char *wrong = n < 0                          ? strerror(errno)
                        : n == 0                       ? "it is empty"
                        : n == (ssize_t)THUMBNAIL_ROOM ? "it is over 32 KiB"
                                                       : NULL;
    if (fd >= 0)
        close(fd);
    if (wrong != NULL)
        fprintf(stderr, "chinwag: %s is no thumbnail: %s\n", path, wrong);
    else
        upload->thumbnail_n = (size_t)n;
    return wrong == NULL;
}

static bool read_piece(int fd, uint64_t at, uint8_t *bytes, size_t n)
{
    while (n != 0) {
        ssize_t got = pread(fd, bytes, n, (off_t)at);
        if (got <= 0)
            return false;
        bytes += got;
        at += (uint64_t)got;
        n -= (size_t)got;
    }
    return true;
}

static size_t piece_at(const struct upload *upload, uint64_t at)
{
    uint64_t left = upload->transfer.size - at;
    return left < CHINWAG_CHUNK_MAX ? (size_t)left : CHINWAG_CHUNK_MAX;
}

static bool hash_source(const struct upload *upload, uint8_t sha256[CHINWAG_HASH_SIZE])
{
    uint8_t bytes[CHINWAG_CHUNK_MAX];
    chinwag_hash *hash = chinwag_hash_create();
    bool good = true;
    for (uint64_t at = 0; good && at < upload->transfer.size; at += piece_at(upload, at)) {
        good = read_piece(upload->fd, at, bytes, piece_at(upload, at));
        chinwag_hash_add(hash, bytes, piece_at(upload, at));
    }
    chinwag_hash_finish(hash, sha256);
    return good;
}

static enum transfer_end cannot_read(struct upload *upload)
{
    transfer_wipe(&upload->transfer);
    fprintf(stderr, "chinwag: %s has changed while it was being sent\n", upload->name);
    return TRANSFER_REFUSED;
}

/* --- its way ------------------------------------------------------------------------------ */

/* Begins the upload, or asks where it continues: until an answer comes. */
static enum transfer_end ask_upload(struct upload *upload, struct chinwag_event *answer)
{
    struct transfer *transfer = &upload->transfer;
    chinwag_client *client = transfer->session.client;
    bool begins = upload->file == 0;
    enum transfer_end end = TRANSFER_LOST;
    while (end == TRANSFER_LOST) {
        int64_t request = begins ? chinwag_upload(client, upload->name, transfer->size)
                                 : chinwag_resume_upload(client, upload->file);
        end = transfer_wait(transfer, begins ? "upload" : "resume_upload", request, answer);
    }
    return end;
}

static enum transfer_end begin_upload(struct upload *upload)
{
    struct chinwag_event answer;
    enum transfer_end end = ask_upload(upload, &answer);
    if (end != TRANSFER_DONE)
        return end;
    upload->file = answer.file_id;
    upload->generation = answer.generation;
    return end;
}

static enum transfer_end resume_upload(struct upload *upload)
{
    struct chinwag_event answer;
    enum transfer_end end = ask_upload(upload, &answer);
    if (end != TRANSFER_DONE)
        return end;
    if (answer.offset > upload->transfer.size)
        return cannot_read(upload);
    upload->generation = answer.generation;
    upload->sent = answer.offset;
    return transfer_continue(&upload->transfer, answer.offset);
}

/* As many chunks as may wait. */
static enum transfer_end fill_window(struct upload *upload)
{
    static uint8_t bytes[CHINWAG_CHUNK_MAX];
    chinwag_client *client = upload->transfer.session.client;
    size_t room;
    while (transfer_has_room(&upload->transfer) && upload->sent < upload->transfer.size &&
           (room = chinwag_chunk_room(client)) != 0) {
        size_t n = piece_at(upload, upload->sent);
        n = n < room ? n : room;
        if (!read_piece(upload->fd, upload->sent, bytes, n))
            return cannot_read(upload);
        transfer_add(
            &upload->transfer,
            chinwag_upload_chunk(client, upload->file, upload->generation, upload->sent, bytes, n));
        upload->sent += n;
    }
    return TRANSFER_DONE;
}

static enum transfer_end wait_for_first(struct upload *upload)
{
    struct chinwag_event answer;
    enum transfer_end end = transfer_wait_first(&upload->transfer, "upload_chunk", &answer);
    if (end == TRANSFER_DONE)
        transfer_show(&upload->transfer, answer.offset);
    return end;
}

/* After a lost connection the chunks behind the first are lost, too. */
static enum transfer_end continue_after_loss(struct upload *upload)
{
    while (upload->transfer.count != 0) {
        enum transfer_end end = wait_for_first(upload);
        if (end != TRANSFER_LOST && end != TRANSFER_DONE)
            return end;
    }
    return resume_upload(upload);
}

static enum transfer_end send_bytes(struct upload *upload)
{
    enum transfer_end end = TRANSFER_DONE;
    while (end == TRANSFER_DONE && upload->transfer.at < upload->transfer.size) {
        end = fill_window(upload);
        if (end == TRANSFER_DONE)
            end = wait_for_first(upload);
        if (end == TRANSFER_LOST)
            end = continue_after_loss(upload);
    }
    return end;
}

/* A repeated end is answered like the first: the upload is still there. */
static enum transfer_end end_upload(struct upload *upload)
{
    uint8_t sha256[CHINWAG_HASH_SIZE];
    chinwag_client *client = upload->transfer.session.client;
    enum transfer_end end = TRANSFER_DONE;
    if (!hash_source(upload, sha256))
        return cannot_read(upload);
    do {
        end = transfer_wait(&upload->transfer, "end_upload",
                            chinwag_end_upload(client, upload->file, upload->generation, sha256),
                            NULL);
        if (end == TRANSFER_LOST && (end = resume_upload(upload)) == TRANSFER_DONE)
            end = TRANSFER_LOST;
    } while (end == TRANSFER_LOST);
    return end;
}

/* The picture is small, so there is no progress to show. */
static enum transfer_end add_thumbnail(struct upload *upload)
{
    enum transfer_end end = TRANSFER_LOST;
    while (end == TRANSFER_LOST)
        end = transfer_wait(&upload->transfer, "add_thumbnail",
                            chinwag_add_thumbnail(upload->transfer.session.client, upload->file,
                                                  upload->thumbnail, upload->thumbnail_n),
                            NULL);
    return end;
}

static enum transfer_end upload_all(struct upload *upload)
{
    enum transfer_end end = upload->file == 0 ? begin_upload(upload) : resume_upload(upload);
    if (end == TRANSFER_DONE && upload->thumbnail_n != 0)
        end = add_thumbnail(upload);
    if (end == TRANSFER_DONE)
        end = send_bytes(upload);
    return end == TRANSFER_DONE ? end_upload(upload) : end;
}

static enum transfer_end send_all(struct upload *upload, const struct cli *cli,
                                  const char *conversation, struct chinwag_event *sent)
{
    const char *caption = cli->caption == NULL ? "" : cli->caption;
    enum transfer_end end = upload_all(upload);
    if (end != TRANSFER_DONE)
        return end;
    return transfer_wait(&upload->transfer, conversation[0] == '#' ? "msg_group" : "whisper",
                         chinwag_send_file(upload->transfer.session.client, conversation,
                                           upload->file, caption, strlen(caption)),
                         sent);
}

static void say_how_to_continue(const struct upload *upload, const struct cli *cli)
{
    if (upload->file != 0 && strcmp(cli->arguments[1], "-") != 0)
        fprintf(stderr,
                "chinwag: %.1f of %.1f MiB are on the server, for a day; to continue, repeat the "
                "command with --resume %llu\n",
                (double)upload->transfer.at / (1024 * 1024),
                (double)upload->transfer.size / (1024 * 1024), (unsigned long long)upload->file);
}

int command_send_file(const struct cli *cli)
{
    struct upload upload = {.fd = -1};
    const char *conversation = target_conversation(cli->arguments[0]);
    if (conversation == NULL)
        return CLI_WRONG_USE;
    int code = transfer_open(&upload.transfer, cli);
    upload.name = cli->file_name;
    upload.file = (uint64_t)cli->resume;
    if (code == CLI_DONE && !open_source(&upload, cli->arguments[1]))
        code = CLI_WRONG_USE;
    if (code == CLI_DONE && cli->thumbnail != NULL && !read_thumbnail(&upload, cli->thumbnail))
        code = CLI_WRONG_USE;
    if (code == CLI_DONE) {
        struct chinwag_event sent = {0};
        enum transfer_end end = send_all(&upload, cli, conversation, &sent);
        transfer_wipe(&upload.transfer);
        if (end == TRANSFER_DONE && cli->print_number)
            printf("%llu\n", (unsigned long long)sent.seq);
        code = transfer_code(end);
        if (end != TRANSFER_DONE)
            say_how_to_continue(&upload, cli);
    }
    transfer_close(&upload.transfer);
    if (upload.fd >= 0)
        close(upload.fd);
    return code;
}

int upload_alone(const struct cli *cli, const char *path, uint64_t *file)
{
    struct upload upload = {.fd = -1};
    int code = transfer_open(&upload.transfer, cli);
    if (code == CLI_DONE && !open_source(&upload, path))
        code = CLI_WRONG_USE;
    if (code == CLI_DONE) {
        code = transfer_code(upload_all(&upload));
        transfer_wipe(&upload.transfer);
        *file = upload.file;
    }
    transfer_close(&upload.transfer);
    if (upload.fd >= 0)
        close(upload.fd);
    return code;
}
