/* toy_framer.c - see toy_framer.h. */
#include "toy_framer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint8_t key(uint32_t *counter)
{
    return (uint8_t)(0x5a + 31 * (*counter)++);
}

static size_t toy_header(const struct cw_framer *framer, uint8_t *end, uint64_t n, bool envelope)
{
    (void)framer;
    (void)envelope;
    memcpy(end - TOY_HEADER, (uint8_t[]){'T', (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n},
           TOY_HEADER);
    return TOY_HEADER;
}

static void toy_seal(struct cw_framer *framer, const struct cw_slice pieces[], size_t count,
                     struct cw_buf *sealed)
{
    struct toy *toy = (struct toy *)framer;
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += pieces[i].n;
    for (int i = 3; i >= 0; i--)
        cw_buf_append_byte(sealed, (uint8_t)(n >> (8 * i)));
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at < pieces[i].n; at++)
            cw_buf_append_byte(sealed, pieces[i].p[at] ^ key(&toy->counter));
    if (n > toy->sealed_max)
        toy->sealed_max = n;
}

void toy_init(struct toy *toy)
{
    static const struct cw_framer_type type = {.header = toy_header, .seal = toy_seal};
    *toy = (struct toy){.framer = {.type = &type}};
}

static size_t length_at(const uint8_t *p, int octets)
{
    size_t n = 0;
    for (int i = 0; i < octets; i++)
        n = n << 8 | p[i];
    return n;
}

void toy_receive(struct toy_reader *reader, struct cw_slice bytes)
{
    struct cw_buf *wire = &reader->wire;
    cw_buf_append(wire, bytes.p, bytes.n);
    while (wire->n >= TOY_SEAL && wire->n >= TOY_SEAL + length_at(wire->p, TOY_SEAL)) {
        size_t n = length_at(wire->p, TOY_SEAL);
        for (size_t i = 0; i < n; i++)
            cw_buf_append_byte(&reader->plain, wire->p[TOY_SEAL + i] ^ key(&reader->counter));
        cw_buf_consume(wire, TOY_SEAL + n);
    }
}

bool toy_next(struct toy_reader *reader, struct cw_slice *body)
{
    const uint8_t *p = reader->plain.p + reader->read;
    size_t left = reader->plain.n - reader->read;
    if (left < TOY_HEADER)
        return false;
    assert_int_equal(p[0], 'T');
    size_t n = length_at(p + 1, 3);
    if (left < TOY_HEADER + n)
        return false;
    *body = cw_slice_of(p + TOY_HEADER, n);
    reader->read += TOY_HEADER + n;
    return true;
}

void toy_reader_finish(struct toy_reader *reader)
{
    cw_buf_finish(&reader->wire);
    cw_buf_finish(&reader->plain);
}
