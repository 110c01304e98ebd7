/* shell_voice.c - live audio by datagrams: from voice.c to the core, for shell.c. What leaves:
 * carry_out.c. */
#include "server/examine.h"
#include "server/shell_internal.h"

/* The same examination, and the same rates, as of audio that comes by the connection. */
static void on_packet(void *context, cw_net_id conn, struct cw_slice packet, bool again)
{
    struct cw_shell *shell = context;
    struct cw_msg msg = {.kind = CW_CLIENT_UPDATE, .action = CW_CALL_DATA};
    struct cw_event event = {.type = CW_EV_MESSAGE, .conn = conn};
    unsigned audio = cw_net_label(shell->net, conn);
    if (shell->draining || shell->stopping)
        return;
    shell->packet.n = 0;
    cw_samples_encode_ext(CW_SAMPLES_PACKET, packet, &shell->packet);
    msg.samples = (struct cw_samples){.encoded = cw_buf_slice(&shell->packet),
                                      .form = CW_SAMPLES_PACKET,
                                      .payload = packet,
                                      .again = again};
    event.message.code = packet.n <= CW_CALL_PACKET_HEADER
                             ? CW_BAD_REQUEST
                             : cw_examine_frame(&msg, (audio & CW_AUDIO_OPUS) != 0,
                                                (audio & CW_AUDIO_LOUDNESS) != 0);
    event.message.msg = &msg;
    event.message.frame = packet;
    event.message.proved = true;
    cw_shell_step(shell, &event);
}

void cw_shell_begin_voice(struct cw_shell *shell, const struct cw_config *config)
{
    shell->voice = cw_voice_create(&shell->loop, shell->net, config->udp_public, on_packet, shell);
}

void cw_shell_listen_for_voice(struct cw_shell *shell, const struct cw_config *config)
{
    for (unsigned i = 0; config->udp && i < config->listen_count; i++) {
        const struct cw_listen *listen = &config->listen[i];
        if (!listen->proxy_header && !listen->forwarded && !listen->metrics)
            cw_voice_listen(shell->voice, listen->address);
    }
}
