/* shell_hook.c - hooks by HTTP: a POST becomes a message of the protocol, which goes on as others
 * do, and its response becomes the answer. Called by the net, and by carry_out.c. */
#include "server/hook.h"
#include "server/shell_internal.h"

bool cw_shell_on_posted(void *context, cw_net_id id, const struct cw_http_post *post,
                        struct cw_buf *message)
{
    struct cw_shell *shell = context;
    struct cw_http_answer answer = {0};
    cw_net_hold(shell->net, id, true);
    bool good = cw_hook_request(post, message, &answer);
    if (!good)
        cw_net_answer(shell->net, id, &answer);
    return good;
}

bool cw_shell_answer_post(struct cw_shell *shell, const struct cw_effect *effect)
{
    struct cw_http_answer answer = {0};
    cw_net_id id =
        effect->send.extended_count != 0 ? effect->send.extended[0] : effect->send.plain[0];
    cw_hook_answer(&effect->send.msg, &answer);
    bool posted = cw_net_answer(shell->net, id, &answer);
    cw_buf_finish(&answer.headers);
    cw_buf_finish(&answer.memory);
    return posted;
}
