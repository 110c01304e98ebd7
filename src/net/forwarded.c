/* forwarded.c - see forwarded.h. */
#include "net/forwarded.h"

#include <arpa/inet.h>
#include <stdlib.h>

#define V4_BITS 96 /* of the prefix ::ffff:0:0 */

static bool read_text(const char *text, uint8_t address[CW_ADDRESS_N])
{
    static const uint8_t prefix[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    memcpy(address, prefix, sizeof prefix);
    return inet_pton(AF_INET, text, address + sizeof prefix) == 1 ||
           inet_pton(AF_INET6, text, address) == 1;
}

bool cw_network_read(struct cw_network *network, const char *text)
{
    char host[INET6_ADDRSTRLEN], *end;
    size_t n = strcspn(text, "/");
    if (n >= sizeof host)
        return false;
    memcpy(host, text, n);
    host[n] = 0;
    if (!read_text(host, network->address))
        return false;
    unsigned most = strchr(host, ':') == NULL ? 32 : 128;
    unsigned long bits = most;
    if (text[n] == '/') {
        bits = strtoul(text + n + 1, &end, 10);
        if (text[n + 1] < '0' || text[n + 1] > '9' || *end != 0 || bits == 0 || bits > most)
            return false;
    }
    network->bits = (unsigned)bits + (most == 32 ? V4_BITS : 0);
    for (unsigned i = network->bits; i < 8 * CW_ADDRESS_N; i++)
        if ((network->address[i / 8] >> (7 - i % 8) & 1) != 0)
            return false;
    return true;
}

static bool has(const struct cw_network *network, const uint8_t address[CW_ADDRESS_N])
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    return memcmp(network->address, address, whole) == 0 &&
           (rest == 0 || (network->address[whole] ^ address[whole]) >> (8 - rest) == 0);
}

static bool is_trusted(const struct cw_network trusted[], unsigned count,
                       const uint8_t address[CW_ADDRESS_N])
{
    for (unsigned i = 0; i < count; i++)
        if (has(&trusted[i], address))
            return true;
    return false;
}

/* Cuts a port off, and the brackets that IPv6 has with one. */
static struct cw_slice without_port(struct cw_slice entry)
{
    const uint8_t *end;
    if (entry.n != 0 && entry.p[0] == '[') {
        end = memchr(entry.p, ']', entry.n);
        bool goes_on = end != NULL && end + 1 < entry.p + entry.n && end[1] != ':';
        return end == NULL || goes_on ? (struct cw_slice){0}
                                      : cw_slice_of(entry.p + 1, (size_t)(end - entry.p) - 1);
    }
    end = entry.n == 0 ? NULL : memchr(entry.p, ':', entry.n);
    size_t n = end == NULL ? entry.n : (size_t)(end - entry.p);
    bool v4 = end != NULL && memchr(entry.p, '.', n) != NULL &&
              memchr(end + 1, ':', entry.n - n - 1) == NULL;
    return v4 ? cw_slice_of(entry.p, n) : entry;
}

static bool read_entry(struct cw_slice entry, uint8_t address[CW_ADDRESS_N])
{
    char text[INET6_ADDRSTRLEN];
    entry = without_port(entry);
    if (entry.n == 0 || entry.n >= sizeof text || memchr(entry.p, 0, entry.n) != NULL)
        return false;
    memcpy(text, entry.p, entry.n);
    text[entry.n] = 0;
    return read_text(text, address);
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* Takes the last element of a list, without blanks; an empty one is skipped (RFC 9110, 5.6.1.2).
 * false: none is left. */
static bool take_last(struct cw_slice *list, struct cw_slice *entry)
{
    size_t end = list->n, begin;
    while (end != 0 && (is_blank(list->p[end - 1]) || list->p[end - 1] == ','))
        end--;
    for (begin = end; begin != 0 && list->p[begin - 1] != ',';)
        begin--;
    list->n = begin;
    while (begin != end && is_blank(list->p[begin]))
        begin++;
    *entry = cw_slice_of(list->p + begin, end - begin);
    return entry->n != 0;
}

bool cw_forwarded_client(struct cw_slice list, const struct cw_network trusted[], unsigned count,
                         uint8_t address[CW_ADDRESS_N])
{
    struct cw_slice entry;
    bool good = false;
    while (take_last(&list, &entry)) {
        good = read_entry(entry, address);
        if (!good || !is_trusted(trusted, count, address))
            break;
    }
    return good;
}
