/* decoder.c - see decoder.h. */
#include "server/decoder.h"

#include <stddef.h>
#include <stdlib.h>

#include "server/examine.h"

static struct cw_decoding *decoding_of(struct cw_work *work)
{
    return (struct cw_decoding *)(void *)((char *)work - offsetof(struct cw_decoding, work));
}

static void decoder_run(struct cw_work *work)
{
    struct cw_decoding *decoding = decoding_of(work);
    decoding->code = cw_msg_decode(CW_READER_SERVER, decoding->frame.slice, &decoding->msg);
    if (decoding->code == CW_SUCCESS && decoding->msg.action == CW_VOICE_MSG)
        decoding->code = cw_examine_recording(&decoding->msg, decoding->opus);
}

static void decoder_done(struct cw_work *work)
{
    struct cw_decoding *decoding = decoding_of(work);
    decoding->done(decoding);
    cw_owned_free(&decoding->frame);
    free(decoding);
}

/* A list has at least a byte for each sample; the form is known only when it is decoded. */
static size_t scratch_of(const struct cw_decoding *decoding)
{
    size_t n = 2 * decoding->frame.slice.n;
    bool file = decoding->opus && decoding->frame.slice.n <= CW_OGG_OPUS_FILE_MAX + CW_MESSAGE_MAX;
    return cw_account_size(file || n > CW_RECORDING_PCM_BYTES ? CW_RECORDING_PCM_BYTES : n);
}

void cw_decoder_submit(struct cw_work_queue *queue, struct cw_decoding *decoding)
{
    decoding->work.run = decoder_run;
    decoding->work.done = decoder_done;
    decoding->work.scratch = scratch_of(decoding);
    cw_work_queue_submit(queue, &decoding->work, decoding->owner);
}
