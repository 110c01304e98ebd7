/* fuzz_config.c - any bytes as a config file: each line does what it does alone, and
 * nothing else, but that a key stands there once; a refusal names the line; what is
 * accepted is in its range. */
#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "fuzz.h"
#include "net/net.h"
#include "server/config.h"

/* Paddings and what lies behind a string are compared, too: all begins as zeros. */
static struct cw_config *create(void)
{
    struct cw_config *config = cw_alloc_zero(sizeof *config);
    cw_config_init(config);
    return config;
}

static void check_range(const struct cw_config *config)
{
    CHECK(memchr(config->data, 0, sizeof config->data) != NULL && config->data[0] != 0);
    CHECK(config->listen_count <= CW_LISTENERS_MAX);
    for (unsigned i = 0; i < config->listen_count; i++)
        CHECK(cw_net_address_good(config->listen[i].address));
    CHECK(memchr(config->reserved_names, 0, sizeof config->reserved_names) != NULL);
    CHECK(memchr(config->push_hosts, 0, sizeof config->push_hosts) != NULL);
    CHECK(config->connections_max >= 1 && config->connections_max <= 1000000);
    CHECK(config->call_members_max >= 2 && config->call_members_max <= 50);
    CHECK(config->ping_idle_ms >= 100 && config->ping_idle_ms <= CW_PING_IDLE_MS);
    CHECK(config->registration <= CW_REGISTRATION_INVITED);
    CHECK(config->password_cost <= CW_COST_MODERATE);
}

/* Texts end in a zero; what is behind it may be of a longer one before. */
static bool same(const struct cw_config *a, const struct cw_config *b)
{
    struct cw_config x = *a, y = *b;
    memset(x.data, 0, sizeof x.data);
    memset(y.data, 0, sizeof y.data);
    memset(x.repeated, 0, sizeof x.repeated); /* a line alone repeats nothing */
    memset(y.repeated, 0, sizeof y.repeated);
    x.repeated_count = y.repeated_count = 0;
    memset(x.reserved_names, 0, sizeof x.reserved_names);
    memset(y.reserved_names, 0, sizeof y.reserved_names);
    memset(x.push_hosts, 0, sizeof x.push_hosts);
    memset(y.push_hosts, 0, sizeof y.push_hosts);
    return strcmp(a->data, b->data) == 0 && strcmp(a->reserved_names, b->reserved_names) == 0 &&
           strcmp(a->push_hosts, b->push_hosts) == 0 && memcmp(&x, &y, sizeof x) == 0;
}

/* `later`: not the first, which alone may begin with a byte order mark. */
static bool parse_line(struct cw_config *config, struct cw_slice line, bool later)
{
    char error[256];
    struct cw_buf text = {0};
    if (later)
        cw_buf_append_byte(&text, '\n');
    cw_buf_append(&text, line.p, line.n);
    bool good = cw_config_parse(config, cw_buf_slice(&text), "x", error);
    cw_buf_finish(&text);
    return good;
}

/* Line by line, as files of their own; the number of the first that is refused, or 0. */
static unsigned parse_lines(struct cw_config *config, struct cw_slice text)
{
    for (unsigned number = 1; text.n != 0; number++) {
        const uint8_t *end = memchr(text.p, '\n', text.n);
        size_t n = end == NULL ? text.n : (size_t)(end - text.p) + 1;
        if (!parse_line(config, cw_slice_of(text.p, n), number != 1))
            return number;
        text = cw_slice_of(text.p + n, text.n - n);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_config *whole = create(), *lines = create();
    char error[256] = "", expected[32], why[256] = "";
    struct cw_slice text = cw_slice_of(data, size);
    bool good = cw_config_parse(whole, text, "x", error);
    unsigned wrong = parse_lines(lines, text);
    CHECK(good == (wrong == 0));
    CHECK(same(whole, lines));
    snprintf(expected, sizeof expected, "x, line %u: ", wrong);
    CHECK(good ||
          (strncmp(error, expected, strlen(expected)) == 0 && strlen(error) > strlen(expected)));
    check_range(whole);
    CHECK(cw_config_finish(whole, why) || why[0] != 0);
    CHECK(cw_config_registration(whole) != CW_REGISTRATION_AUTO);
    free(whole);
    free(lines);
    return 0;
}
