/* blob_writer.c - see blob_writer.h. */
#include "server/blob_writer.h"
#include "server/worker.h"

#include <stdlib.h>

struct job {
    uv_work_t work;
    struct cw_blob_writer *writer;
    struct cw_store_request *request;
    enum cw_store_status status;
    uint64_t sum;
    char name[CW_BLOB_NAME_MAX];
};

struct cw_blob_writer {
    uv_loop_t *loop;
    struct cw_pool *requests;
    char *folder;
    cw_blob_done *done;
    void *context;
};

struct cw_blob_writer *cw_blob_writer_create(uv_loop_t *loop, struct cw_pool *requests,
                                             const char *folder, cw_blob_done *done, void *context)
{
    struct cw_blob_writer *writer = cw_alloc_zero(sizeof *writer);
    size_t n = strlen(folder) + 1;
    writer->loop = loop;
    writer->requests = requests;
    writer->folder = memcpy(cw_alloc(n), folder, n);
    writer->done = done;
    writer->context = context;
    return writer;
}

static void write_blob_on_worker(uv_work_t *work)
{
    struct job *job = work->data;
    cw_worker_begin();
    job->status = cw_blob_write(job->writer->folder, job->request->body, job->name, &job->sum);
}

/* Copies the request with the name of its body's file; the body's memory is handed over. */
static struct cw_store_request *name_body(struct job *job)
{
    struct cw_store_request *request = job->request;
    struct cw_slice none = request->blob; /* the size of its memory depends on it */
    request->blob = cw_slice_str(job->name);
    request->body_sum = job->sum;
    struct cw_store_request *copy = cw_store_request_copy(job->writer->requests, request);
    request->blob = none;
    request->account = NULL; /* what is charged is the copy's now */
    cw_store_request_destroy(job->writer->requests, request);
    return copy;
}

static void on_blob_written(uv_work_t *work, int status)
{
    struct job *job = work->data;
    struct cw_blob_writer *writer = job->writer;
    if (status != 0)
        job->status = CW_STORE_UNAVAILABLE;
    if (job->status == CW_STORE_OK)
        job->request = name_body(job);
    writer->done(writer->context, job->request, job->status);
    free(job);
}

void cw_blob_writer_submit(struct cw_blob_writer *writer, struct cw_store_request *request)
{
    struct job *job = cw_alloc_zero(sizeof *job);
    job->work.data = job;
    job->writer = writer;
    job->request = request;
    uv_queue_work(writer->loop, &job->work, write_blob_on_worker, on_blob_written);
}

void cw_blob_writer_destroy(struct cw_blob_writer *writer)
{
    if (writer == NULL)
        return;
    free(writer->folder);
    free(writer);
}
