/* join_link.c - see join_link.h. */
#include "join_link.h"

#include <stdio.h>
#include <string.h>

/* What an invitation consists of, which needs no quotes in a shell. */
#define CODE_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

bool join_link_is(const char *text)
{
    return strstr(text, "://") != NULL;
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

/* The part before the fragment, n characters; `page` is what stands there of a web link. */
static const char *read_server(const char *text, size_t n, const char *page, struct join_link *link)
{
    static const char ours[] = "chinwag://", web[] = "https://";
    struct chinwag_address address;
    bool good;
    if (strncmp(text, ours, sizeof ours - 1) == 0)
        good = read_place(text + sizeof ours - 1, n - (sizeof ours - 1), "/", ours, &address);
    else if (strncmp(text, web, sizeof web - 1) == 0)
        good = read_place(text + sizeof web - 1, n - (sizeof web - 1), page, "wss://", &address);
    else
        return "it begins with neither chinwag:// nor https://";
    if (!good)
        return "the part before # is not chinwag://HOST:PORT/ or https://HOST:PORT/join";
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

const char *join_link_read(const char *text, struct join_link *link)
{
    char clean[JOIN_LINK_MAX];
    if (!clean_link(text, clean))
        return "it is too long";
    const char *fragment = strchr(clean, '#');
    if (fragment == NULL)
        return "the part from # on is missing: copy all of it";
    static const char reset[] = "/reset/"; /* in links to the page for a new password */
    bool resets = strncmp(fragment + 1, reset, sizeof reset - 1) == 0;
    const char *wrong = read_fragment(fragment + 1 + (resets ? sizeof reset - 1 : 0), link);
    return wrong != NULL
               ? wrong
               : read_server(clean, (size_t)(fragment - clean), resets ? "/" : "/join", link);
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
