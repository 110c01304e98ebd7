/* join_link.c - see join_link.h. */
#include "join_link.h"

#include <stdio.h>
#include <string.h>

#include "text/shown.h"

/* What an invitation consists of, which needs no quotes in a shell. */
#define HEX_DIGITS "0123456789abcdef"
#define UUID_N     36
#define SETUP_N    64
#define RESET_N    43
#define CODE_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

bool join_link_is(const char *text)
{
    return strstr(text, "://") != NULL;
}

static bool is_uuid(const char *text)
{
    for (size_t i = 0; i < UUID_N; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? text[i] != '-' : strchr(HEX_DIGITS, text[i]) == NULL || text[i] == 0)
            return false;
    }
    return true;
}

enum join_link_kind join_link_kind_of(const char *code, size_t n)
{
    if (n == UUID_N && is_uuid(code))
        return JOIN_LINK_INVITES;
    if (n == SETUP_N && strspn(code, HEX_DIGITS) >= n)
        return JOIN_LINK_SETS_UP;
    return n == RESET_N && strspn(code, CODE_CHARS) >= n ? JOIN_LINK_RESETS : JOIN_LINK_NONE;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF",
               *at = c == 0 ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)((at - digits) % 16);
}

/* Whoever made the link has chosen the name, and it goes to a terminal: no control characters, no
 * change of direction, nothing but UTF-8. No name has those. */
static bool can_be_shown(const char *name, size_t n)
{
    struct cw_slice foreign = cw_slice_of(name, n);
    struct cw_shown shown;
    for (size_t at = 0; at < n; at += shown.used) {
        shown = cw_shown_at(foreign, at);
        if (shown.kind == CW_SHOWN_ESCAPED || shown.kind == CW_SHOWN_LINE ||
            shown.kind == CW_SHOWN_TAB)
            return false;
    }
    return true;
}

bool join_link_unescape(const char *text, size_t n, char *out, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 2 < n ? hex_digit(text[i + 1]) : -1;
            int low = high < 0 ? -1 : hex_digit(text[i + 2]);
            if (low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (length + 1 >= size)
            return false;
        out[length++] = c;
    }
    out[length] = 0;
    return can_be_shown(out, length);
}

/* The part between the scheme and the fragment, with the path cut off. */
static bool read_place(const char *text, size_t n, const char *path, const char *scheme,
                       struct chinwag_address *address)
{
    char server[JOIN_SERVER_MAX];
    size_t path_n = strlen(path);
    if (n >= path_n && strncmp(text + n - path_n, path, path_n) == 0)
        n -= path_n;
    int length = snprintf(server, sizeof server, "%s%.*s", scheme, (int)n, text);
    return n < sizeof server && length < (int)sizeof server &&
           chinwag_read_address(server, address);
}

static const char *check_key(const char *key)
{
    size_t n = strlen(key);
    if (known_servers_is_key(KNOWN_CURVE, key))
        return NULL;
    if (n < KNOWN_CURVE_N)
        return "its end is missing: the key behind the comma has 43 characters";
    if (n > KNOWN_CURVE_N)
        return "there is more behind the 43 characters of its key";
    return "the key behind the comma was changed: copy the link again";
}

/* "CODE" or "CODE,KEY" */
static const char *read_fragment(const char *text, struct join_link *link)
{
    size_t n = strspn(text, CODE_CHARS);
    if (n == 0)
        return "the invitation behind # is missing: copy all of it";
    if (n >= sizeof link->code || (text[n] != 0 && text[n] != ','))
        return "the invitation behind # was changed: copy the link again";
    memcpy(link->code, text, n);
    link->code[n] = 0;
    snprintf(link->key, sizeof link->key, "%s", text[n] == 0 ? "" : text + n + 1);
    return text[n] == 0 ? NULL : check_key(text + n + 1);
}

/* The part before the fragment, n characters; `page` is what stands there of a web link. Without
 * TLS only this machine is spoken to. */
static const char *read_server(const char *text, size_t n, const char *page, struct join_link *link)
{
    static const char ours[] = "chinwag://", web[] = "https://", bare[] = "http://";
    struct chinwag_address address;
    bool good, local = false;
    if (strncmp(text, ours, sizeof ours - 1) == 0)
        good = read_place(text + sizeof ours - 1, n - (sizeof ours - 1), "/", ours, &address);
    else if (strncmp(text, web, sizeof web - 1) == 0)
        good = read_place(text + sizeof web - 1, n - (sizeof web - 1), page, "wss://", &address);
    else if ((local = strncmp(text, bare, sizeof bare - 1) == 0))
        good = read_place(text + sizeof bare - 1, n - (sizeof bare - 1), page, ours, &address);
    else
        return "it begins with neither chinwag:// nor https://";
    if (!good)
        return "the part before # is not chinwag://HOST:PORT/ or https://HOST:PORT/join";
    if (local && !address.local)
        return "it begins with neither chinwag:// nor https://; http:// is for the server's own "
               "machine only";
    if (link->key[0] != 0)
        address.transport = CHINWAG_TCP;
    join_link_server(&address, link->server);
    return NULL;
}

/* Copies the link without what people copy along with it. false: it is too long. */
static bool clean_link(const char *text, char clean[JOIN_LINK_MAX])
{
    text += strspn(text, " \t\r\n<([{\"'");
    size_t n = strlen(text);
    while (n != 0 && strchr(" \t\r\n>)]}\"'.;:!?", text[n - 1]) != NULL)
        n--;
    if (n >= JOIN_LINK_MAX)
        return false;
    memcpy(clean, text, n);
    clean[n] = 0;
    return true;
}

/* "GROUP/": what stands before the code of an invitation to a group. */
static const char *read_group(const char **text, struct join_link *link)
{
    size_t n = strcspn(*text, "/");
    bool good = n != 0 && (*text)[n] == '/' &&
                join_link_unescape(*text, n, link->group, sizeof link->group);
    *text += good ? n + 1 : 0;
    return good ? NULL : "the name of the group in it was changed: copy the link again";
}

/* What it is for, by the words behind the '#' of links to pages of the browser client. */
static const char *read_kind(const char **text, struct join_link *link)
{
    static const struct {
        const char *words;
        enum join_link_kind kind;
    } kinds[] = {
        {"/reset/", JOIN_LINK_RESETS}, {"/login/", JOIN_LINK_LOGS_IN}, {"/join/", JOIN_LINK_JOINS}};
    size_t n = strspn(*text, CODE_CHARS);
    enum join_link_kind kind = join_link_kind_of(*text, n);
    *link = (struct join_link){.kind = kind == JOIN_LINK_NONE ? JOIN_LINK_INVITES : kind};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strncmp(*text, kinds[i].words, strlen(kinds[i].words)) != 0)
            continue;
        link->kind = kinds[i].kind;
        *text += strlen(kinds[i].words);
    }
    return link->kind == JOIN_LINK_JOINS ? read_group(text, link) : NULL;
}

const char *join_link_read(const char *text, struct join_link *link)
{
    char clean[JOIN_LINK_MAX];
    static const char join[] = "/join";
    if (!clean_link(text, clean))
        return "it is too long";
    const char *fragment = strchr(clean, '#');
    if (fragment == NULL)
        return "the part from # on is missing: copy all of it";
    const char *code = fragment + 1, *wrong = read_kind(&code, link);
    if (wrong == NULL)
        wrong = read_fragment(code, link);
    if (wrong != NULL)
        return wrong;
    size_t n = (size_t)(fragment - clean);
    bool page =
        n >= sizeof join - 1 && strncmp(fragment - (sizeof join - 1), join, sizeof join - 1) == 0;
    return read_server(clean, n, page ? join : "/", link);
}

void join_link_write(const struct chinwag_address *address, const char *code, const char *key,
                     char link[JOIN_LINK_MAX])
{
    char name[KNOWN_NAME_MAX];
    known_servers_name(address, name);
    bool web = address->transport == CHINWAG_WSS;
    snprintf(link, JOIN_LINK_MAX, "%s%s%s#%s%s%s", web ? "https://" : "chinwag://", name,
             web ? "/join" : "/", code, key[0] == 0 ? "" : ",", key);
}

void join_link_server(const struct chinwag_address *address, char server[JOIN_SERVER_MAX])
{
    static const char *const schemes[] = {
        [CHINWAG_TCP] = "", [CHINWAG_WS] = "ws://", [CHINWAG_WSS] = "wss://"};
    char name[KNOWN_NAME_MAX];
    known_servers_name(address, name);
    snprintf(server, JOIN_SERVER_MAX, "%s%s%s", schemes[address->transport], name,
             address->transport == CHINWAG_TCP ? "" : "/ws");
}
