/* control_status.c - chinwagctl status: what the server is doing. */
#include "server/control.h"
#include "server/server_facts.h"
#include "server/shell_internal.h"

void cw_control_status(struct cw_shell *shell, struct cw_control_call *call)
{
    struct cw_server_fact facts[CW_STATUS_FACTS];
    json_t *object = json_object();
    cw_shell_status(shell, facts);
    for (size_t i = 0; i < CW_STATUS_FACTS; i++) {
        json_t *value = facts[i].is_text
                            ? json_stringn((const char *)facts[i].text.p, facts[i].text.n)
                            : json_integer((json_int_t)facts[i].number);
        json_object_set_new(object, (const char *)facts[i].name.p, value);
    }
    cw_control_put(call, object);
    cw_control_end(call, CW_CONTROL_DONE);
}
