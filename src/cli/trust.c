/* trust.c - see trust.h. */
#include "trust.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "known_servers.h"
#include "output.h"

/* For one question; who waits for it has typed a command. */
#define HTTPS_MS 4000

struct trust {
    struct chinwag_address address;
    char name[KNOWN_NAME_MAX];
    struct known_keys keys; /* in use: known, or to be known */
    bool is_new[KNOWN_KINDS];
    bool was_new[KNOWN_KINDS]; /* it has gone to who stores it */
    bool asked;                /* the person */
    bool by_https;             /* the new key was confirmed there, and nobody has seen it */
    struct {
        char server[KNOWN_NAME_MAX], reason[CHINWAG_REASON_SIZE];
    } tried[2]; /* where its key was asked for by https, in vain */
    size_t tried_count;
};

/* The server of this run of the command; of several the one in use. */
static struct trust only;
static struct trust *trust = &only;

struct trust *trust_another(void)
{
    trust = calloc(1, sizeof *trust);
    if (trust == NULL)
        abort();
    return trust;
}

struct trust *trust_in_use(void)
{
    return trust;
}

void trust_use(struct trust *which)
{
    trust = which;
}

void trust_forget(struct trust *which)
{
    if (trust == which)
        trust = &only;
    if (which != &only)
        free(which);
}

static const char *const option_names[KNOWN_KINDS] = {"--server-key", "--accept-key"};

/* --- choosing ---------------------------------------------------------------------------- */

/* Texts of ssh, which many people have read before. */
static void say_changed(const char *name)
{
    fprintf(output_errors(),
            "chinwag: THE KEY OF THE SERVER AT %s IS NOT THE ONE THAT IS KNOWN HERE\n"
            "  Somebody between you and the server may pretend to be it, or the server has a new "
            "key.\n"
            "  No name, password or message was sent.\n"
            "  Ask the person who runs the server, by another way than this, whether its key was "
            "changed.\n"
            "  If it was: chinwag forget-server %s, then use the new link or key.\n"
            "  The key known here is in %s\n",
            name, name, known_servers_path());
}

/* Takes a key that a link or an option gives. */
static bool choose_key(enum known_kind kind, const char *given)
{
    char *key = trust->keys.key[kind];
    if (given == NULL)
        return true;
    if (!known_servers_is_key(kind, given)) {
        fprintf(output_errors(), "chinwag: %s does not take ", option_names[kind]);
        output_about(output_errors(), "'%s': it is no key\n", given);
        return false;
    }
    if (key[0] != 0 && strcmp(key, given) != 0) {
        say_changed(trust->name);
        return false;
    }
    trust->is_new[kind] = key[0] == 0;
    snprintf(key, KNOWN_KEY_MAX, "%s", given);
    return true;
}

static int say_key_needed(void)
{
    fprintf(output_errors(),
            "chinwag: the key of the server at %s is not known, and nothing is sent to another "
            "machine unencrypted\n",
            trust->name);
    for (size_t i = 0; i < trust->tried_count; i++)
        fprintf(output_errors(), "  https://%s was asked for the key: %s\n", trust->tried[i].server,
                trust->tried[i].reason);
    if (getenv(CLI_IN_CHAT) == NULL)
        fprintf(output_errors(),
                "  Use an invitation link, which has the key: --invitation LINK\n"
                "  or ask the person who runs the server for the key: --server-key KEY\n"
                "  or, if the server has a web address: --server wss://%s\n",
                trust->name);
    else
        fprintf(output_errors(),
                "  A link from somebody who is there has the key; where the server has a web "
                "address, wss://%s needs none\n"
                "  or ask the person who runs it for the key, and begin by: chinwag --server %s "
                "--server-key KEY\n",
                trust->address.host, trust->name);
    return CLI_UNREACHABLE;
}

/* A server that is known by a key is never spoken to without one, not even on this machine. */
static bool is_key_needed(void)
{
    return trust->address.transport != CHINWAG_WSS && trust->keys.key[KNOWN_CURVE][0] == 0 &&
           (!trust->address.local || trust->keys.key[KNOWN_TLS][0] != 0);
}

static bool ask_by_https_at(const char *server)
{
    char *reason = trust->tried[trust->tried_count].reason;
    if (chinwag_ask_key(server, HTTPS_MS, trust->keys.key[KNOWN_CURVE], reason))
        return true;
    snprintf(trust->tried[trust->tried_count++].server, KNOWN_NAME_MAX, "%s", server);
    return false;
}

/* https at the server's own port, then at the usual one. A key that was told so is stored as soon
 * as the server has proved that it has it, as every other. */
static bool ask_by_https(void)
{
    char usual[KNOWN_NAME_MAX];
    struct chinwag_address address = trust->address;
    snprintf(address.port, sizeof address.port, "443");
    known_servers_name(&address, usual);
    trust->is_new[KNOWN_CURVE] = trust->by_https =
        ask_by_https_at(trust->name) || (strcmp(usual, trust->name) != 0 && ask_by_https_at(usual));
    return trust->by_https;
}

static bool has_terminal(void)
{
    FILE *terminal = fopen("/dev/tty", "r+e");
    return terminal != NULL && fclose(terminal) == 0;
}

static bool answers_yes(FILE *terminal)
{
    char answer[16];
    return fgets(answer, sizeof answer, terminal) != NULL && strcmp(answer, "yes\n") == 0;
}

/* false: there is no terminal, or the answer is not "yes". */
static bool ask_person(const char *key)
{
    FILE *terminal = fopen("/dev/tty", "r+e");
    if (terminal == NULL)
        return false;
    fprintf(terminal,
            "No certificate authority confirms the server at %s. It shows the key\n"
            "  %s\n"
            "Compare it with what the person who runs the server says.\n"
            "Is it the right one, and is this server to be known by it from now on? (yes/no) ",
            trust->name, key);
    fflush(terminal);
    bool yes = answers_yes(terminal);
    fclose(terminal);
    return yes;
}

static bool is_key_shown(char *key)
{
    for (size_t i = 0; i < trust->tried_count; i++)
        if (chinwag_show_key(trust->tried[i].server, HTTPS_MS, key, NULL))
            return true;
    return false;
}

/* Shows the key that the server tells without being confirmed. One that is known by its TLS key
 * would have to be confirmed by that. */
static bool ask_about_key(void)
{
    char key[CHINWAG_KEY_SIZE];
    if (trust->keys.key[KNOWN_TLS][0] != 0 || !has_terminal() || !is_key_shown(key) ||
        !ask_person(key))
        return false;
    snprintf(trust->keys.key[KNOWN_CURVE], KNOWN_KEY_MAX, "%s", key);
    return trust->is_new[KNOWN_CURVE] = true;
}

int trust_begin(const struct cli *cli)
{
    *trust = (struct trust){.tried_count = 0};
    if (!chinwag_read_address(cli->server, &trust->address))
        return CLI_WRONG_USE;
    known_servers_name(&trust->address, trust->name);
    if (!known_servers_find(trust->name, &trust->keys) ||
        !choose_key(KNOWN_CURVE, cli->server_key) || !choose_key(KNOWN_TLS, cli->accept_key))
        return CLI_WRONG_USE;
    return is_key_needed() && !ask_by_https() && !ask_about_key() ? say_key_needed() : CLI_DONE;
}

static const char *key_or_null(enum known_kind kind)
{
    return trust->keys.key[kind][0] == 0 ? NULL : trust->keys.key[kind];
}

void trust_fill(struct chinwag_options *options)
{
    options->server_key = key_or_null(KNOWN_CURVE);
    options->tls_pin = key_or_null(KNOWN_TLS);
}

const char *trust_curve_key(void)
{
    return trust->keys.key[KNOWN_CURVE];
}

const char *trust_key(void)
{
    bool wss = trust->address.transport == CHINWAG_WSS;
    return trust->keys.key[wss ? KNOWN_TLS : KNOWN_CURVE];
}

/* --- what the connection shows --------------------------------------------------------------- */

/* Writes a new key; NULL: trust_take does, at once. */
static trust_writer *writer;
static void *writer_context;

void trust_write_by(trust_writer *write, void *context)
{
    writer = write;
    writer_context = context;
}

const char *trust_new_key(const struct trust *which, const char **option)
{
    for (int kind = 0; kind < KNOWN_KINDS; kind++) {
        *option = option_names[kind];
        if (which->was_new[kind])
            return which->keys.key[kind];
    }
    return NULL;
}

static void say_of_file(FILE *out, const char *which)
{
    fprintf(out, "chinwag: cannot store the server's %skey in %s: %s\n", which,
            known_servers_path(), strerror(errno));
}

static void write_news(const struct trust_news *news, FILE *out)
{
    unsigned count = 0;
    if (news->old[0] == 0 && !known_servers_add(news->server, news->kind, news->key))
        say_of_file(out, "");
    else if (news->old[0] != 0 &&
             !known_servers_replace(news->server, news->kind, news->old, news->key, &count))
        say_of_file(out, "new ");
    else if (count != 0)
        fprintf(out,
                "chinwag: the server at %s has a new key, and has proved that it is the same "
                "server: the key known here was replaced\n",
                news->server);
}

char *trust_write(const struct trust_news *news)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        abort();
    write_news(news, out);
    fclose(out);
    if (n != 0)
        return text;
    free(text);
    return NULL;
}

static void take_news(enum known_kind kind, const char *old, const char *key)
{
    struct trust_news news = {.kind = kind};
    snprintf(news.server, sizeof news.server, "%s", trust->name);
    snprintf(news.old, sizeof news.old, "%s", old);
    snprintf(news.key, sizeof news.key, "%s", key);
    if (writer != NULL)
        writer(writer_context, &news);
    else
        write_news(&news, output_errors());
}

static void store_new_key(void)
{
    bool wss = trust->address.transport == CHINWAG_WSS;
    enum known_kind kind = wss ? KNOWN_TLS : KNOWN_CURVE;
    if (!trust->is_new[kind])
        return;
    trust->is_new[kind] = false;
    trust->was_new[kind] = true;
    if (trust->by_https && kind == KNOWN_CURVE)
        fprintf(output_errors(), "chinwag: the server at %s is known from now on, by the key %s\n",
                trust->name, trust->keys.key[kind]);
    take_news(kind, "", trust->keys.key[kind]);
}

/* The server has proved that it has the key which is known here, and replaces it. Another process
 * may have stored the new one meanwhile, and said so. */
static void follow_server(const struct chinwag_event *event)
{
    char *key = trust->keys.key[KNOWN_CURVE];
    if (event->server_key == NULL)
        fprintf(output_errors(), "chinwag: %s\n", event->text);
    if (event->server_key == NULL || strcmp(key, event->server_key) == 0)
        return;
    trust->was_new[KNOWN_CURVE] = false;
    take_news(KNOWN_CURVE, key, event->server_key);
    snprintf(key, KNOWN_KEY_MAX, "%s", event->server_key);
}

static bool accept_shown_key(chinwag_client *client, const struct chinwag_event *event)
{
    char *key = trust->keys.key[KNOWN_TLS];
    if (event->type != CHINWAG_DISCONNECTED || event->code != CHINWAG_NOT_VERIFIED ||
        event->tls_pin == NULL || key[0] != 0 || trust->asked)
        return false;
    trust->asked = true;
    if (!ask_person(event->tls_pin) || !chinwag_pin(client, event->tls_pin))
        return false;
    snprintf(key, KNOWN_KEY_MAX, "%s", event->tls_pin);
    trust->is_new[KNOWN_TLS] = true;
    return true;
}

bool trust_take(chinwag_client *client, const struct chinwag_event *event)
{
    if (event->type == CHINWAG_CONNECTED)
        store_new_key();
    else if (event->type == CHINWAG_NEXT_KEY)
        follow_server(event);
    else
        return accept_shown_key(client, event);
    return true;
}

/* A server that is known by no key was to be confirmed by an authority. */
static void say_not_confirmed(const struct chinwag_event *event)
{
    fprintf(
        output_errors(),
        "chinwag: the server at %s is not confirmed: %s\n"
        "  No name, password or message was sent.\n"
        "  The key that it shows is %s\n"
        "  If the person who runs the server says that this is the right one: --accept-key %s\n",
        trust->name, event->text, event->tls_pin, event->tls_pin);
}

bool trust_explain(const struct chinwag_event *event)
{
    bool wss = trust->address.transport == CHINWAG_WSS;
    if (event->code == CHINWAG_KEY_NEEDED)
        fprintf(output_errors(), "chinwag: cannot speak to the server at %s: %s\n", trust->name,
                event->text);
    else if (event->code != CHINWAG_NOT_VERIFIED)
        return false;
    else if (wss && trust->keys.key[KNOWN_TLS][0] == 0 && event->tls_pin != NULL)
        say_not_confirmed(event);
    else if (trust->is_new[wss ? KNOWN_TLS : KNOWN_CURVE])
        fprintf(output_errors(),
                "chinwag: the server at %s does not have the key that was given for it\n"
                "  No name, password or message was sent.\n"
                "  Check address and key, or ask for a new link.\n",
                trust->name);
    else
        say_changed(trust->name);
    return true;
}

/* --- forgetting ------------------------------------------------------------------------------ */

int command_forget_server(const struct cli *cli)
{
    struct chinwag_address address;
    char name[KNOWN_NAME_MAX];
    unsigned count;
    if (!chinwag_read_address(cli->arguments[0], &address)) {
        output_about(output_errors(), "chinwag: '%s' is no address of a server: write HOST:PORT\n",
                     cli->arguments[0]);
        return CLI_WRONG_USE;
    }
    known_servers_name(&address, name);
    if (!known_servers_forget(name, &count)) {
        fprintf(output_errors(), "chinwag: cannot change %s: %s\n", known_servers_path(),
                strerror(errno));
        return CLI_WRONG_USE;
    }
    if (count == 0)
        fprintf(output_errors(), "chinwag: no key of %s is known\n", name);
    else
        printf("forgot the key of %s\n", name);
    return count == 0 ? CLI_WRONG_USE : CLI_DONE;
}
