/* decoder.c - see decoder.h. */
#include "server/decoder.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "server/worker.h"

static void on_worker(uv_work_t *work)
{
    struct cw_decoding *decoding = work->data;
    cw_worker_begin();
    decoding->code = cw_msg_decode(CW_READER_SERVER, decoding->frame, &decoding->msg);
}

static void on_done(uv_work_t *work, int status)
{
    struct cw_decoding *decoding = work->data;
    (void)status; /* never cancelled */
    decoding->done(decoding);
    free(decoding->memory);
    free(decoding);
}

void cw_decoder_submit(uv_loop_t *loop, struct cw_slice frame, void *memory, cw_net_id id,
                       bool envelope, void (*done)(struct cw_decoding *decoding), void *context)
{
    struct cw_decoding *decoding = cw_alloc_zero(sizeof *decoding);
    decoding->work.data = decoding;
    decoding->done = done;
    decoding->context = context;
    decoding->id = id;
    decoding->envelope = envelope;
    decoding->frame = frame;
    decoding->memory = memory;
    uv_queue_work(loop, &decoding->work, on_worker, on_done);
}
