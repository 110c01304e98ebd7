/* fuzz_hook.c - any bytes as what is posted to a hook, and as its secret. The first octet: how many
 * of the bytes are the secret, and whether it stands in the path. Either it is refused with a
 * status, or it becomes a message that the decoder takes or refuses; its text is UTF-8. */
#include "base/utf8.h"
#include "fuzz.h"
#include "server/hook.h"

static void check_message(struct cw_slice frame)
{
    struct cw_msg msg;
    int code = cw_msg_decode(CW_READER_SERVER, frame, &msg);
    CHECK(msg.kind == CW_REQUEST && msg.action == CW_POST_HOOK);
    CHECK(code != CW_SUCCESS || (cw_utf8_valid(msg.content) && msg.extras.map_present));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_http_answer answer = {0};
    struct cw_buf frame = {0}, place = {0};
    if (size == 0 || size > CW_HOOK_BODY_MAX)
        return 0;
    size_t n = data[0] / 2 < size - 1 ? data[0] / 2 : size - 1;
    bool in_path = data[0] % 2 != 0;
    cw_buf_append_str(&place, in_path ? CW_HOOK_PATH "/" : "Bearer ");
    cw_buf_append(&place, data + 1, n);
    const struct cw_http_post post = {
        .path = in_path ? cw_buf_slice(&place) : cw_slice_str(CW_HOOK_PATH),
        .authorization = in_path ? (struct cw_slice){0} : cw_buf_slice(&place),
        .body = cw_slice_of(data + 1 + n, size - 1 - n)};
    if (cw_hook_request(&post, &frame, &answer))
        check_message(cw_buf_slice(&frame));
    else
        CHECK(answer.status == 404 || answer.status == 400);
    cw_buf_finish(&frame);
    cw_buf_finish(&place);
    return 0;
}
