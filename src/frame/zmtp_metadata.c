/* zmtp_metadata.c - see zmtp_metadata.h. */
#include "frame/zmtp_metadata.h"

/* "identity = 0*255OCTET" */
#define IDENTITY_MAX 255

struct cw_slice cw_zmtp_metadata(enum cw_framer_role role)
{
    static const char server[] = "\x0bSocket-Type\0\0\0\6ROUTER";
    static const char client[] = "\x0bSocket-Type\0\0\0\6DEALER";
    return cw_slice_of(role == CW_FRAMER_SERVER ? server : client, sizeof server - 1);
}

/* Cuts n bytes off the head of *from. */
static bool cut(struct cw_slice *from, size_t n, struct cw_slice *piece)
{
    if (from->n < n)
        return false;
    *piece = cw_slice_of(from->p, n);
    *from = cw_slice_of(from->p + n, from->n - n);
    return true;
}

/* "property = name value", "name = short-size 1*255name-char",
 * "value = 4OCTET *OCTET" */
static bool cut_property(struct cw_slice *from, struct cw_slice *name, struct cw_slice *value)
{
    struct cw_slice size;
    if (!cut(from, 1, &size) || size.p[0] == 0 || !cut(from, size.p[0], name) ||
        !cut(from, 4, &size))
        return false;
    uint32_t n = (uint32_t)size.p[0] << 24 | (uint32_t)size.p[1] << 16 | (uint32_t)size.p[2] << 8 |
                 size.p[3];
    return cut(from, n, value);
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

/* "Metadata names SHALL be case-insensitive", whatever the locale is. */
static bool is_named(struct cw_slice name, const char *wanted)
{
    if (name.n != strlen(wanted))
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (lower(name.p[i]) != lower((uint8_t)wanted[i]))
            return false;
    return true;
}

static const char *check_socket_type(enum cw_framer_role role, struct cw_slice type,
                                     bool *peer_is_req)
{
    if (role == CW_FRAMER_CLIENT)
        return cw_slice_eq(type, cw_slice_str("ROUTER")) ? NULL : "Socket-Type must be ROUTER";
    *peer_is_req = cw_slice_eq(type, cw_slice_str("REQ"));
    if (*peer_is_req || cw_slice_eq(type, cw_slice_str("DEALER")))
        return NULL;
    return "Socket-Type must be DEALER or REQ";
}

/* "The first octet of the Identity SHALL NOT be zero". It has no meaning here: the login identifies
 * the user. */
static const char *check_identity(struct cw_slice identity)
{
    if (identity.n > IDENTITY_MAX || (identity.n > 0 && identity.p[0] == 0))
        return "Identity is not allowed";
    return NULL;
}

const char *cw_zmtp_metadata_check(enum cw_framer_role role, struct cw_slice metadata,
                                   bool *peer_is_req)
{
    bool typed = false;
    while (metadata.n > 0) {
        struct cw_slice name, value;
        const char *wrong = NULL;
        if (!cut_property(&metadata, &name, &value))
            return "READY metadata is malformed";
        if (is_named(name, "Socket-Type")) {
            wrong = typed ? "Socket-Type came twice" : check_socket_type(role, value, peer_is_req);
            typed = true;
        } else if (is_named(name, "Identity")) {
            wrong = check_identity(value);
        }
        if (wrong != NULL)
            return wrong;
    }
    return typed ? NULL : "Socket-Type is missing";
}
