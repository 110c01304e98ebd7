/* subnet.c - see subnet.h. */
#include "base/subnet.h"

struct reader {
    struct cw_slice rest;
};

static bool take_byte(struct reader *in, uint8_t byte)
{
    if (in->rest.n == 0 || in->rest.p[0] != byte)
        return false;
    in->rest = cw_slice_of(in->rest.p + 1, in->rest.n - 1);
    return true;
}

/* A decimal number without zeros at its head. */
static bool take_decimal(struct reader *in, unsigned most, unsigned *number)
{
    size_t n = 0;
    for (*number = 0; n < in->rest.n && in->rest.p[n] >= '0' && in->rest.p[n] <= '9' && n < 4; n++)
        *number = *number * 10 + (unsigned)(in->rest.p[n] - '0');
    bool good = n != 0 && *number <= most && (n == 1 || in->rest.p[0] != '0');
    in->rest = cw_slice_of(in->rest.p + n, in->rest.n - n);
    return good;
}

static int hex_digit(uint8_t c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool take_group(struct reader *in, unsigned *group)
{
    size_t n = 0;
    for (*group = 0; n < in->rest.n && n < 4 && hex_digit(in->rest.p[n]) >= 0; n++)
        *group = *group << 4 | (unsigned)hex_digit(in->rest.p[n]);
    in->rest = cw_slice_of(in->rest.p + n, in->rest.n - n);
    return n != 0;
}

static bool take_ipv4(struct reader *in, uint8_t address[8])
{
    unsigned part;
    for (size_t i = 0; i < 4; i++) {
        if ((i != 0 && !take_byte(in, '.')) || !take_decimal(in, 255, &part))
            return false;
        address[i] = (uint8_t)part;
    }
    return true;
}

/* Groups, with "::" in place of zeros once. */
static bool take_ipv6(struct reader *in, uint8_t address[8])
{
    unsigned groups[8] = {0}, count = 0, gap = 9;
    if (take_byte(in, ':')) {
        if (!take_byte(in, ':'))
            return false;
        gap = 0;
    }
    while (count < 8 && take_group(in, &groups[count])) {
        count++;
        if (!take_byte(in, ':'))
            break;
        if (!take_byte(in, ':'))
            continue;
        if (gap != 9)
            return false;
        gap = count;
    }
    if ((gap == 9) != (count == 8) || count > 8)
        return false;
    unsigned zeros = 8 - count;
    for (unsigned i = 0; i < 4; i++) {
        unsigned group = gap == 9 || i < gap ? groups[i] : i < gap + zeros ? 0 : groups[i - zeros];
        address[2 * i] = (uint8_t)(group >> 8);
        address[2 * i + 1] = (uint8_t)group;
    }
    return true;
}

static void clear_behind(uint8_t *address, size_t n, unsigned bits)
{
    for (size_t i = 0; i < n; i++) {
        unsigned before = (unsigned)i * 8;
        unsigned kept = bits <= before ? 0 : bits - before > 8 ? 8 : bits - before;
        address[i] = (uint8_t)(address[i] & (0xff00u >> kept));
    }
}

size_t cw_subnet_read(struct cw_slice text, uint8_t network[CW_NETWORK_N])
{
    struct reader in = {text};
    uint8_t address[8] = {0};
    bool dotted = text.n != 0 && memchr(text.p, '.', text.n) != NULL;
    size_t n = dotted ? 4 : 8;
    unsigned bits = (unsigned)n * 8;
    if (dotted ? !take_ipv4(&in, address) : !take_ipv6(&in, address))
        return 0;
    if (take_byte(&in, '/') && !take_decimal(&in, (unsigned)n * 8, &bits))
        return 0;
    if (in.rest.n != 0)
        return 0;
    clear_behind(address, n, bits);
    network[0] = (uint8_t)bits;
    memcpy(network + 1, address, n);
    return n + 1;
}

/* --- as text -----------------------------------------------------------------------------------
 */

static size_t put_number(char *text, unsigned number, unsigned base)
{
    char digits[8];
    size_t n = sizeof digits;
    do
        digits[--n] = "0123456789abcdef"[number % base];
    while ((number /= base) != 0);
    memcpy(text, digits + n, sizeof digits - n);
    return sizeof digits - n;
}

size_t cw_subnet_write(struct cw_slice network, char text[CW_SUBNET_TEXT_MAX])
{
    size_t at = 0, size = network.n - 1;
    for (size_t i = 1; i < network.n && size == 4; i++) {
        at += put_number(text + at, network.p[i], 10);
        if (i != 4)
            text[at++] = '.';
    }
    for (size_t i = 1; i < network.n && size == 8; i += 2) {
        at += put_number(text + at, (unsigned)network.p[i] << 8 | network.p[i + 1], 16);
        text[at++] = ':';
    }
    if (size == 8)
        text[at++] = ':';
    text[at++] = '/';
    return at + put_number(text + at, network.p[0], 10);
}

bool cw_subnet_has(struct cw_slice network, struct cw_slice address)
{
    if (network.n != address.n + 1 || address.n == 0)
        return false;
    unsigned bits = network.p[0];
    size_t whole = bits / 8;
    if (memcmp(network.p + 1, address.p, whole) != 0)
        return false;
    uint8_t mask = (uint8_t)(0xff00u >> bits % 8);
    return bits % 8 == 0 || ((network.p[1 + whole] ^ address.p[whole]) & mask) == 0;
}
