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

/* "#CODE" or "#CODE,KEY" */
static bool read_fragment(const char *text, struct join_link *link)
{
    size_t n = strspn(text, CODE_CHARS);
    if (n == 0 || n >= sizeof link->code || (text[n] != 0 && text[n] != ','))
        return false;
    memcpy(link->code, text, n);
    link->code[n] = 0;
    link->key[0] = 0;
    if (text[n] == 0)
        return true;
    snprintf(link->key, sizeof link->key, "%s", text + n + 1);
    return known_servers_is_key(KNOWN_CURVE, text + n + 1);
}

bool join_link_read(const char *text, struct join_link *link)
{
    static const char ours[] = "chinwag://", web[] = "https://";
    struct chinwag_address address;
    const char *fragment = strchr(text, '#');
    if (fragment == NULL || !read_fragment(fragment + 1, link))
        return false;
    size_t n = (size_t)(fragment - text);
    bool good = false;
    if (strncmp(text, ours, sizeof ours - 1) == 0)
        good = read_place(text + sizeof ours - 1, n - (sizeof ours - 1), "/", ours, &address);
    else if (strncmp(text, web, sizeof web - 1) == 0)
        good = read_place(text + sizeof web - 1, n - (sizeof web - 1), "/join", "wss://", &address);
    if (!good)
        return false;
    if (link->key[0] != 0)
        address.transport = CHINWAG_TCP;
    join_link_server(&address, link->server);
    return true;
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
