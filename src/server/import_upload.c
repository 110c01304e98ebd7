/* import_upload.c - the files of an import, as uploads of their senders. */
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/import_upload.h"
#include "store/file.h"
#include "text/file_name.h"

#define PIECE ((size_t)256 * 1024)

struct uploading {
    struct cw_import_writer *writer;
    uint64_t user_id, file_id, generation, size;
    crypto_hash_sha256_state hash;
    uint8_t sha256[CW_SHA256_N];
};

/* A name that no file may have here is replaced: the bytes count. */
static struct cw_slice name_for(const char *name)
{
    struct cw_slice text = cw_slice_str(name);
    return cw_file_name_fault(text) == CW_RULE_NONE ? text : cw_slice_str("file");
}

static bool begin(struct uploading *uploading, const char *name)
{
    struct cw_store_result result;
    if (cw_import_run_one(uploading->writer,
                          (struct cw_store_request){.op = CW_STORE_FILE_BEGIN,
                                                    .user_id = uploading->user_id,
                                                    .size = uploading->size,
                                                    .name = name_for(name)},
                          &result) != CW_STORE_OK)
        return false;
    uploading->file_id = result.file.id;
    uploading->generation = result.file.generation;
    return true;
}

static bool write_bytes(struct uploading *uploading, int fd)
{
    uint8_t *bytes = cw_alloc(PIECE);
    bool good = true;
    uint64_t at = 0;
    crypto_hash_sha256_init(&uploading->hash);
    while (good && at < uploading->size) {
        struct cw_arena arena = {0};
        struct cw_store_result result;
        ssize_t n = read(fd, bytes, PIECE);
        if (n <= 0)
            break;
        crypto_hash_sha256_update(&uploading->hash, bytes, (size_t)n);
        const struct cw_store_request request = {.op = CW_STORE_FILE_WRITE,
                                                 .file_id = uploading->file_id,
                                                 .offset = at,
                                                 .body = cw_slice_of(bytes, (size_t)n)};
        const struct cw_store_request *requests[] = {&request};
        cw_file_execute(uploading->writer->order->data, requests, 1, &result, &arena);
        good = result.status == CW_STORE_OK;
        at += (uint64_t)n;
        cw_arena_finish(&arena);
    }
    crypto_hash_sha256_final(&uploading->hash, uploading->sha256);
    free(bytes);
    return good && at == uploading->size;
}

static bool finish_upload(struct uploading *uploading)
{
    struct cw_arena arena = {0};
    struct cw_store_result hashed, done;
    struct cw_slice sha256 = cw_slice_of(uploading->sha256, sizeof uploading->sha256);
    const struct cw_store_request request = {.op = CW_STORE_FILE_HASH,
                                             .file_id = uploading->file_id,
                                             .size = uploading->size,
                                             .secret = sha256};
    const struct cw_store_request *requests[] = {&request};
    cw_file_execute(uploading->writer->order->data, requests, 1, &hashed, &arena);
    bool good = hashed.status == CW_STORE_OK &&
                cw_import_run_one(uploading->writer,
                                  (struct cw_store_request){.op = CW_STORE_FILE_DONE,
                                                            .user_id = uploading->user_id,
                                                            .file_id = uploading->file_id,
                                                            .generation = uploading->generation,
                                                            .secret = sha256,
                                                            .type = hashed.file.type,
                                                            .width = hashed.file.width,
                                                            .height = hashed.file.height},
                                  &done) == CW_STORE_OK;
    cw_arena_finish(&arena);
    return good;
}

static void drop(struct uploading *uploading)
{
    struct cw_store_result result;
    cw_import_run_one(uploading->writer,
                      (struct cw_store_request){.op = CW_STORE_FILE_DROP,
                                                .user_id = uploading->user_id,
                                                .file_id = uploading->file_id},
                      &result);
}

uint64_t cw_import_upload(struct cw_import_writer *writer, uint64_t user_id,
                          const struct cw_import_file *file)
{
    struct uploading uploading = {.writer = writer, .user_id = user_id};
    struct stat about;
    int fd = cw_import_source_file(writer->order->source, file->path);
    if (fd < 0) {
        cw_import_say("file", file->path, "is not in the export");
        return 0;
    }
    bool good = fstat(fd, &about) == 0 && about.st_size > 0 &&
                (uint64_t)about.st_size <= writer->order->file_max;
    uploading.size = good ? (uint64_t)about.st_size : 0;
    bool begun = good && begin(&uploading, file->name);
    bool written = begun && write_bytes(&uploading, fd) && finish_upload(&uploading);
    close(fd);
    if (begun && !written)
        drop(&uploading);
    if (!written && !writer->failed)
        cw_import_say("file", file->path,
                      good ? "could not be stored" : "is empty, or longer than file_mib");
    writer->written->files += written;
    return written ? uploading.file_id : 0;
}
