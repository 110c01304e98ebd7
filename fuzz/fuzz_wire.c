/* fuzz_wire.c - any bytes through the codec, as a server and as a client reads
 * them: no crash, no byte read beyond the frame, and what was read as good is
 * the same after writing and reading it again. */
#include "fuzz.h"
#include "wire/msg.h"

static void expect(bool good)
{
    if (!good)
        abort();
}

/* All that a reader may look at after a success. */
static void expect_same(const struct cw_msg *a, const struct cw_msg *b)
{
    expect(a->kind == b->kind && a->action == b->action && a->code == b->code);
    expect(cw_slice_eq(a->action_name, b->action_name));
#define TYPE_STRING(x, y)             cw_slice_eq(x, y)
#define TYPE_BYTES(x, y)              cw_slice_eq(x, y)
#define TYPE_UNSIGNED(x, y)           ((x) == (y))
#define TYPE_FEATURES(x, y)           ((x) == (y))
#define TYPE_LIST(x, y)               ((x).count == (y).count && cw_slice_eq((x).encoded, (y).encoded))
#define TYPE_SAMPLES(x, y)            ((x).count == (y).count && cw_slice_eq((x).encoded, (y).encoded))
#define CW_FIELD(field, member, type) expect(TYPE_##type(a->member, b->member));
#define CW_EXTRA(extra, member, type, key, program)                                                \
    expect(TYPE_##type(a->extras.member, b->extras.member));
#include "wire/fields.def"
    expect(a->extras.map_present == b->extras.map_present);
    expect(a->extras.present == b->extras.present);
}

static void expect_samples(struct cw_samples samples)
{
    int16_t *values = calloc((size_t)samples.count + 1, sizeof *values);
    struct cw_buf encoded = {0};
    struct cw_samples again = {.count = 0};
    expect(values != NULL);
    if (samples.encoded.n > 0 && samples.form == CW_SAMPLES_LIST)
        cw_samples_decode(samples, values);
    cw_samples_encode(values, samples.count, &encoded);
    expect(cw_samples_scan(cw_buf_slice(&encoded), &again));
    expect(again.count == samples.count && again.encoded.n == encoded.n);
    cw_buf_finish(&encoded);
    free(values);
}

/* As many entries as the list says it has. */
static void expect_list(struct cw_list list)
{
    struct cw_entry entry;
    uint32_t count = list.count, seen = 0;
    while (cw_entry_next(&list, &entry))
        seen++;
    expect(seen == count && list.encoded.n == 0);
}

static void try_reader(enum cw_reader reader, struct cw_slice frame)
{
    struct cw_msg msg;
    struct cw_msg again;
    struct cw_buf encoded = {0};
    int code = cw_msg_decode(reader, frame, &msg);
    expect(code != CW_BAD_REQUEST || msg.fault != NULL);
    if (code != CW_SUCCESS)
        return;
    expect(msg.fault == NULL);
    expect_samples(msg.samples);
    expect_list(msg.extras.list);
    cw_msg_encode(&msg, true, &encoded);
    expect(cw_msg_decode(reader, cw_buf_slice(&encoded), &again) == CW_SUCCESS);
    expect_same(&msg, &again);
    cw_buf_finish(&encoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cw_slice frame = cw_slice_of(data, size);
    struct cw_samples samples;
    try_reader(CW_READER_SERVER, frame);
    try_reader(CW_READER_CLIENT, frame);
    if (cw_samples_scan(frame, &samples))
        expect_samples(samples);
    return 0;
}
