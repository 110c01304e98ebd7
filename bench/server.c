/* server.c - starting and stopping what is measured: a fresh process in a fresh
 * folder, on a core of its own. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define START_NS (20ull * SECOND_NS)

/* No limits on rates, nor on what comes from one address, as little as possible for passwords:
 * users are made by the thousand. Everything else is as a newcomer has it. */
const char bench_config[] = "registration = open\n"
                            "password_cost = minimum\n"
                            "requests_per_s = 0\n"
                            "texts_per_s = 0\n"
                            "refusals_per_s = 0\n"
                            "bytes_per_s = 0\n"
                            "call_frames_per_s = 0\n"
                            "group_texts_per_s = 0\n"
                            "strangers_per_minute = 0\n"
                            "quota_mib = 0\n"
                            "connections_max = 19900\n"
                            "connections_per_address = 0\n"
                            "waiting_max = 19900\n"
                            "waiting_per_address = 0\n"
                            "hashes_per_address = 0\n"
                            "registrations_per_hour = 0\n";

/* --- what each of them is started with ------------------------------------------------ */

static _Noreturn void become(const char *program, char *const arguments[])
{
    execv(program, arguments);
    die("cannot start %s: %s", program, strerror(errno));
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
        die("cannot write %s: %s", name, strerror(errno));
}

static void run_chinwagd(const char *program, const char *folder, uint16_t port)
{
    char address[32], data[] = "data";
    (void)folder;
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    become(program, (char *[]){"chinwagd", "--config", "bench.conf", "--data", data, "--listen",
                               address, NULL});
}

/* Starts the servers inside this program as new processes, so that each has memory of its
 * own. */
static void run_own(const char *program, const char *name, uint16_t port)
{
    char number[16];
    snprintf(number, sizeof number, "%u", port);
    become(program, (char *[]){"chinwag-bench", "--serve", (char *)name, number, NULL});
}

static void run_memory(const char *program, const char *folder, uint16_t port)
{
    (void)folder;
    run_own(program, "memory", port);
}

static void run_limit(const char *program, const char *folder, uint16_t port)
{
    (void)folder;
    run_own(program, "limit", port);
}

static void run_broker(const char *program, const char *folder, uint16_t port)
{
    (void)folder;
    run_own(program, "broker", port);
}

static void run_mosquitto(const char *program, const char *folder, uint16_t port)
{
    char text[512];
    snprintf(text, sizeof text,
             "listener %u 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
             "max_queued_messages 0\nmax_inflight_messages 1000\nlog_type error\n"
             "persistence_location %s/\n%s",
             port, folder, getuid() == 0 ? "user root\n" : "");
    write_file("mosquitto.conf", text);
    become(program, (char *[]){"mosquitto", "-c", "mosquitto.conf", NULL});
}

static void run_nats(const char *program, const char *folder, uint16_t port)
{
    char text[128];
    (void)folder;
    snprintf(text, sizeof text, "host: 127.0.0.1\nport: %u\nmax_connections: 100000\n", port);
    write_file("nats.conf", text);
    setenv("GOMAXPROCS", "1", 1);
    become(program, (char *[]){"nats-server", "-c", "nats.conf", NULL});
}

static void run_redis(const char *program, const char *folder, uint16_t port)
{
    char number[16];
    snprintf(number, sizeof number, "%u", port);
    become(program, (char *[]){"redis-server",
                               "--bind",
                               "127.0.0.1",
                               "--protected-mode",
                               "no",
                               "--port",
                               number,
                               "--save",
                               "",
                               "--appendonly",
                               "no",
                               "--maxclients",
                               "100000",
                               "--tcp-backlog",
                               "1024",
                               "--client-output-buffer-limit",
                               "pubsub 0 0 0",
                               "--dir",
                               (char *)folder,
                               NULL});
}

const struct server servers[] = {
    {"chinwagd", SERVER_CHINWAG, &protocol_chinwag, NULL, run_chinwagd, TRANSPORT_NULL},
    {"chinwagd-ws", SERVER_TRANSPORT, &protocol_chinwag, NULL, run_chinwagd, TRANSPORT_WS},
    {"chinwagd-curve", SERVER_TRANSPORT, &protocol_chinwag, NULL, run_chinwagd, TRANSPORT_CURVE},
    {"chinwagd-wss", SERVER_TRANSPORT, &protocol_chinwag, NULL, run_chinwagd, TRANSPORT_WSS},
    {"chinwagd-memory", SERVER_MEMORY, &protocol_chinwag, "/proc/self/exe", run_memory,
     TRANSPORT_NULL},
    {"limit", SERVER_LIMIT, &protocol_limit, "/proc/self/exe", run_limit, TRANSPORT_NULL},
    {"redis", SERVER_PEER, &protocol_redis, "redis-server", run_redis, TRANSPORT_NULL},
    {"nats", SERVER_PEER, &protocol_nats, "nats-server", run_nats, TRANSPORT_NULL},
    {"mosquitto", SERVER_PEER, &protocol_mqtt, "mosquitto", run_mosquitto, TRANSPORT_NULL},
#ifdef BENCH_LIBZMQ
    {"libzmq-broker", SERVER_PEER, &protocol_broker, "/proc/self/exe", run_broker, TRANSPORT_NULL},
#endif
};
const size_t server_count = sizeof servers / sizeof servers[0];

const char *server_program(const struct server *server)
{
    static char path[512];
    static const char *const folders[] = {"/usr/bin", "/usr/sbin", "/usr/local/bin"};
    if (server->program == NULL)
        return run.chinwagd;
    if (server->program[0] == '/')
        return server->program;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folders[i], server->program);
        if (access(path, X_OK) == 0)
            return path;
    }
    return NULL;
}

/* --- a process --------------------------------------------------------------------------- */

void pin_to_core(int core)
{
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET((size_t)core, &cores);
    if (!run.smoke && sysconf(_SC_NPROCESSORS_ONLN) >= 2)
        sched_setaffinity(0, sizeof cores, &cores);
}

/* Others on the machine disturb less when this goes before them. Where the
 * kernel shares the cores out among sessions (autogroup), it takes one of its
 * own. Without root it stays as it is. */
void take_precedence(void)
{
    if (run.smoke)
        return;
    setsid();
    setpriority(PRIO_PROCESS, 0, -15);
    int fd = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, "-15", 3) < 0)
        errno = 0; /* not root: no precedence */
    if (fd >= 0)
        close(fd);
}

static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        die("no port is free");
    close(fd);
    return ntohs(address.sin_port);
}

static bool answers(void)
{
    struct linger hard = {1, 0};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(run.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(fd);
    return good;
}

static _Noreturn void child(const char *program)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    pin_to_core(SERVER_CORE);
    if (chdir(run.folder) != 0 || freopen("server.log", "a", stdout) == NULL ||
        dup2(fileno(stdout), STDERR_FILENO) < 0)
        die("cannot use %s", run.folder);
    run.server->run(program, run.folder, run.port);
    _exit(2);
}

static void start(void)
{
    const char *program = server_program(run.server);
    uint64_t end_ns = now_ns() + START_NS;
    run.port = free_port();
    run.pid = fork();
    if (run.pid == 0)
        child(program);
    pin_to_core(GENERATOR_CORE);
    while (!answers()) {
        usleep(2000);
        if (waitpid(run.pid, NULL, WNOHANG) == run.pid || now_ns() > end_ns)
            die("it did not start; see %s/server.log", run.folder);
    }
}

void server_start(void)
{
    char path[512], text[sizeof bench_config + 128];
    snprintf(path, sizeof path, "%s/bench.conf", run.folder);
    snprintf(text, sizeof text, "%s%s", bench_config, transport_config());
    write_file(path, text);
    start();
}

void server_stop(void)
{
    kill(run.pid, SIGTERM);
    waitpid(run.pid, NULL, 0);
}

void server_restart(void)
{
    server_stop();
    start();
}
