/* file_worker.c - see file_worker.h. Each file that is written to has a line: the requests that
 * wait for it, of which one piece at a time is worked on. */
#include "server/file_worker.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/map.h"
#include "store/file.h"

/* Chunks that are synced together. */
#define PIECE_MAX (CW_FILE_SYNC_MAX / CW_FILE_CHUNK_MAX)

struct waiting {
    struct waiting *next;
    struct cw_store_request *request;
    uint64_t owner;
};

struct line {
    uint64_t id; /* of the file */
    struct waiting *first, **end;
};

struct piece {
    struct cw_work work;
    struct cw_file_worker *worker;
    struct line *line; /* NULL: none, it only reads */
    struct cw_store_request *requests[PIECE_MAX];
    struct cw_store_result results[PIECE_MAX];
    size_t n;
    struct cw_arena arena;
};

struct cw_file_worker {
    struct cw_work_queue queue;
    struct cw_pool *requests;
    char *folder;
    cw_file_done *done;
    void *context;
    struct cw_map lines;
};

struct cw_file_worker *cw_file_worker_create(uv_loop_t *loop, struct cw_pool *requests,
                                             const char *folder, struct cw_ledger *ledger,
                                             cw_file_done *done, void *context)
{
    static const uint64_t seed[2] = {1, 2}; /* the ids are ours */
    struct cw_file_worker *worker = cw_alloc_zero(sizeof *worker);
    size_t n = strlen(folder) + 1;
    cw_work_queue_init(&worker->queue, loop, CW_FILES_RUNNING_MAX, ledger);
    cw_map_init(&worker->lines, seed);
    worker->requests = requests;
    worker->folder = memcpy(cw_alloc(n), folder, n);
    worker->done = done;
    worker->context = context;
    return worker;
}

static struct piece *piece_of(struct cw_work *work)
{
    return (struct piece *)(void *)((char *)work - offsetof(struct piece, work));
}

static void work_on_bytes(struct cw_work *work)
{
    struct piece *piece = piece_of(work);
    cw_file_execute(piece->worker->folder, (const struct cw_store_request *const *)piece->requests,
                    piece->n, piece->results, &piece->arena);
}

static void begin_piece(struct cw_file_worker *worker, struct line *line);

static void on_bytes_done(struct cw_work *work)
{
    struct piece *piece = piece_of(work);
    struct cw_file_worker *worker = piece->worker;
    if (piece->line != NULL && piece->line->first != NULL) {
        begin_piece(worker, piece->line);
    } else if (piece->line != NULL) {
        cw_map_remove(&worker->lines, cw_map_id(&piece->line->id));
        free(piece->line);
    }
    for (size_t i = 0; i < piece->n; i++)
        worker->done(worker->context, &piece->results[i]);
    for (size_t i = 0; i < piece->n; i++)
        cw_store_request_destroy(worker->requests, piece->requests[i]);
    cw_arena_finish(&piece->arena);
    free(piece);
}

static struct piece *make_piece(struct cw_file_worker *worker, struct line *line)
{
    struct piece *piece = cw_alloc_zero(sizeof *piece);
    piece->work.run = work_on_bytes;
    piece->work.done = on_bytes_done;
    piece->worker = worker;
    piece->line = line;
    return piece;
}

static struct cw_store_request *take_first(struct line *line)
{
    struct waiting *first = line->first;
    struct cw_store_request *request = first->request;
    line->first = first->next;
    if (line->first == NULL)
        line->end = &line->first;
    free(first);
    return request;
}

/* The first that waits, and the writes behind it when it is one. */
static void begin_piece(struct cw_file_worker *worker, struct line *line)
{
    struct piece *piece = make_piece(worker, line);
    uint64_t owner = line->first->owner;
    bool writes;
    do {
        writes = line->first->request->op == CW_STORE_FILE_WRITE;
        piece->requests[piece->n++] = take_first(line);
    } while (writes && line->first != NULL && line->first->request->op == CW_STORE_FILE_WRITE &&
             piece->n < PIECE_MAX);
    cw_work_queue_submit(&worker->queue, &piece->work, owner);
}

static struct line *open_line(struct cw_file_worker *worker, uint64_t id)
{
    struct line *line = cw_alloc_zero(sizeof *line);
    line->id = id;
    line->end = &line->first;
    cw_map_put(&worker->lines, cw_map_id(&line->id), line);
    return line;
}

static void wait_in_line(struct line *line, struct cw_store_request *request, uint64_t owner)
{
    struct waiting *waiting = cw_alloc(sizeof *waiting);
    *waiting = (struct waiting){.request = request, .owner = owner};
    *line->end = waiting;
    line->end = &waiting->next;
}

void cw_file_worker_submit(struct cw_file_worker *worker, struct cw_store_request *request,
                           uint64_t owner)
{
    assert(cw_store_op_is_of_bytes(request->op));
    if (request->op == CW_STORE_FILE_READ) {
        struct piece *piece = make_piece(worker, NULL);
        piece->requests[piece->n++] = request;
        cw_work_queue_submit(&worker->queue, &piece->work, owner);
        return;
    }
    struct line *line = cw_map_get(&worker->lines, cw_map_id(&request->file_id));
    bool idle = line == NULL;
    if (idle)
        line = open_line(worker, request->file_id);
    wait_in_line(line, request, owner);
    if (idle)
        begin_piece(worker, line);
}

void cw_file_worker_destroy(struct cw_file_worker *worker)
{
    if (worker == NULL)
        return;
    assert(worker->lines.count == 0);
    cw_map_finish(&worker->lines);
    free(worker->folder);
    free(worker);
}
