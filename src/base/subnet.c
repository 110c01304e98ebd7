/* subnet.c - see subnet.h. */
#include "base/subnet.h"

#include <arpa/inet.h>

static void clear_behind(uint8_t *address, size_t n, unsigned bits)
{
    for (size_t i = 0; i < n; i++) {
        unsigned before = (unsigned)i * 8;
        unsigned kept = bits <= before ? 0 : bits - before > 8 ? 8 : bits - before;
        address[i] = (uint8_t)(address[i] & (0xff00u >> kept));
    }
}

/* A decimal number without zeros at its head, behind '/'. */
static bool read_bits(const char *text, unsigned most, unsigned *bits)
{
    size_t n = strspn(text, "0123456789");
    if (n == 0 || n > 3 || text[n] != 0 || (n > 1 && text[0] == '0'))
        return false;
    for (*bits = 0; *text != 0; text++)
        *bits = *bits * 10 + (unsigned)(*text - '0');
    return *bits <= most;
}

size_t cw_subnet_read(struct cw_slice text, uint8_t network[CW_NETWORK_N])
{
    char words[INET6_ADDRSTRLEN + 4];
    uint8_t address[16];
    if (text.n == 0 || text.n >= sizeof words || memchr(text.p, 0, text.n) != NULL)
        return 0;
    memcpy(words, text.p, text.n);
    words[text.n] = 0;
    char *slash = strchr(words, '/');
    if (slash != NULL)
        *slash = 0;
    bool dotted = strchr(words, '.') != NULL;
    size_t n = dotted ? 4 : 8;
    unsigned bits = (unsigned)n * 8;
    if (inet_pton(dotted ? AF_INET : AF_INET6, words, address) != 1 ||
        (slash != NULL && !read_bits(slash + 1, bits, &bits)))
        return 0;
    clear_behind(address, n, bits);
    network[0] = (uint8_t)bits;
    memcpy(network + 1, address, n);
    return n + 1;
}

/* --- as text --------------------------------------------------------------------------------- */

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

size_t cw_subnet_write_address(struct cw_slice address, char *text)
{
    size_t at = 0;
    for (size_t i = 0; i < address.n && address.n == 4; i++) {
        if (i != 0)
            text[at++] = '.';
        at += put_number(text + at, address.p[i], 10);
    }
    for (size_t i = 0; i < address.n && address.n == 8; i += 2) {
        at += put_number(text + at, (unsigned)address.p[i] << 8 | address.p[i + 1], 16);
        text[at++] = ':';
    }
    if (address.n == 8)
        text[at++] = ':';
    return at;
}

size_t cw_subnet_write(struct cw_slice network, char text[CW_SUBNET_TEXT_MAX])
{
    size_t at = cw_subnet_write_address(cw_slice_of(network.p + 1, network.n - 1), text);
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
