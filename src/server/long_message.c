/* long_message.c - long messages, and recordings, which a worker decodes and examines. Called by
 * shell.c. */
#include "server/shell_internal.h"

/* A long message was decoded, or a recording examined; the connection's later input follows. */
static void on_decoded(struct cw_decoding *decoding)
{
    struct cw_shell *shell = decoding->context;
    struct cw_event event = {.type = CW_EV_MESSAGE, .conn = decoding->id};
    cw_account_give(decoding->account, decoding->charged);
    cw_account_release(decoding->account);
    if (shell->stopping)
        return;
    event.message.code = decoding->code;
    event.message.msg = &decoding->msg;
    event.message.frame = decoding->frame.slice;
    event.message.owner = &decoding->frame;
    event.message.envelope = decoding->envelope;
    cw_shell_step(shell, &event);
    cw_net_hold(shell->net, decoding->id, false);
}

void cw_shell_decode(struct cw_shell *shell, cw_net_id id, struct cw_slice frame, bool envelope)
{
    struct cw_decoding *decoding = cw_alloc_zero(sizeof *decoding);
    cw_net_hold(shell->net, id, true);
    decoding->frame = cw_net_keep(shell->net, id, frame);
    decoding->account = cw_account_refer(cw_net_account(shell->net, id));
    decoding->charged = cw_account_size(frame.n) + cw_account_size(sizeof *decoding);
    cw_account_charge(decoding->account, decoding->charged);
    decoding->done = on_decoded;
    decoding->context = shell;
    decoding->id = id;
    decoding->owner = cw_core_owner(shell->core, id);
    decoding->envelope = envelope;
    decoding->opus = (cw_net_label(shell->net, id) & CW_AUDIO_OPUS) != 0;
    cw_decoder_submit(&shell->recordings, decoding);
}
