/* test_address.c - to which addresses the programs post whose URLs somebody else has chosen. */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "outgoing/address.h"

enum verdict { PUBLIC, PRIVATE, NEVER };

/* The first and the last address of each range, and their neighbours. */
static const struct {
    const char *address;
    enum verdict verdict;
} addresses[] = {
    {"0.0.0.0", NEVER},
    {"0.255.255.255", NEVER},
    {"1.0.0.0", PUBLIC},
    {"9.255.255.255", PUBLIC},
    {"10.0.0.0", PRIVATE},
    {"10.255.255.255", PRIVATE},
    {"11.0.0.0", PUBLIC},
    {"100.63.255.255", PUBLIC},
    {"100.64.0.0", PRIVATE},
    {"100.127.255.255", PRIVATE},
    {"100.128.0.0", PUBLIC},
    {"126.255.255.255", PUBLIC},
    {"127.0.0.0", PRIVATE},
    {"127.255.255.255", PRIVATE},
    {"128.0.0.0", PUBLIC},
    {"169.253.255.255", PUBLIC},
    {"169.254.169.254", NEVER},
    {"169.255.0.0", PUBLIC},
    {"172.15.255.255", PUBLIC},
    {"172.16.0.0", PRIVATE},
    {"172.31.255.255", PRIVATE},
    {"172.32.0.0", PUBLIC},
    {"191.255.255.255", PUBLIC},
    {"192.0.0.0", NEVER},
    {"192.0.0.255", NEVER},
    {"192.0.1.0", PUBLIC},
    {"192.167.255.255", PUBLIC},
    {"192.168.0.0", PRIVATE},
    {"192.168.255.255", PRIVATE},
    {"192.169.0.0", PUBLIC},
    {"198.17.255.255", PUBLIC},
    {"198.18.0.0", NEVER},
    {"198.19.255.255", NEVER},
    {"198.20.0.0", PUBLIC},
    {"223.255.255.255", PUBLIC},
    {"224.0.0.1", NEVER},
    {"239.255.255.255", NEVER},
    {"240.0.0.0", NEVER},
    {"255.255.255.255", NEVER},
    {"::", NEVER},
    {"::1", PRIVATE},
    {"::2", NEVER},
    {"::7f00:1", NEVER},
    {"::ffff:8.8.8.8", PUBLIC},
    {"::ffff:127.0.0.1", PRIVATE},
    {"::ffff:169.254.169.254", NEVER},
    {"64:ff9b::8.8.8.8", PUBLIC},
    {"64:ff9b::10.1.2.3", PRIVATE},
    {"64:ff9b::224.0.0.1", NEVER},
    {"64:ff9b:1::1", NEVER},
    {"2001::1", NEVER},
    {"2001:4860:4860::8888", PUBLIC},
    {"2002:808:808::1", PUBLIC},
    {"2002:c0a8:1::1", PRIVATE},
    {"2002:a9fe:1::1", NEVER},
    {"2a00::1", PUBLIC},
    {"fbff::1", PUBLIC},
    {"fc00::1", PRIVATE},
    {"fdff:ffff::1", PRIVATE},
    {"fe00::1", PUBLIC},
    {"fe80::1", NEVER},
    {"febf::1", NEVER},
    {"fec0::1", NEVER},
    {"ff02::1", NEVER},
};

static const struct sockaddr *address_of(const char *text, struct sockaddr_storage *storage)
{
    struct sockaddr_in ip4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ip6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &ip4.sin_addr) == 1)
        memcpy(storage, &ip4, sizeof ip4);
    else {
        assert_int_equal(inet_pton(AF_INET6, text, &ip6.sin6_addr), 1);
        memcpy(storage, &ip6, sizeof ip6);
    }
    return (const struct sockaddr *)storage;
}

static void test_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        struct sockaddr_storage storage = {.ss_family = AF_UNSPEC};
        const struct sockaddr *address = address_of(addresses[i].address, &storage);
        bool usual = cw_outgoing_refused(address, false) == NULL;
        bool allowed = cw_outgoing_refused(address, true) == NULL;
        enum verdict verdict = usual ? PUBLIC : allowed ? PRIVATE : NEVER;
        if (verdict != addresses[i].verdict || (usual && !allowed))
            fail_msg("%s is %d", addresses[i].address, (int)verdict);
    }
    const struct sockaddr local = {.sa_family = AF_UNIX};
    assert_non_null(cw_outgoing_refused(&local, true));
}

/* --- names ------------------------------------------------------------------------------ */

#define OWN_ADDRESS "198.51.100.7"
#define PATIENT_MS  60000

/* The system answers about "late" when the test has seen that it was not waited for. */
static sem_t seen, answered;

/* The addresses of a name are those that it is made of, with commas between, for the whole program;
 * "?" has none, "late" one that comes late. */
int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                struct addrinfo **found)
{
    static struct sockaddr_storage storages[30];
    static struct addrinfo all[30];
    char text[1200];
    size_t n = 0;
    (void)port, (void)hints;
    snprintf(text, sizeof text, "%s", host);
    if (strcmp(text, "?") == 0)
        return EAI_NONAME;
    if (strcmp(text, "late") == 0) {
        sem_wait(&seen);
        snprintf(text, sizeof text, "8.8.8.8");
    }
    for (char *rest, *one = strtok_r(text, ",", &rest); one != NULL; n++) {
        assert_true(n < 30);
        address_of(one, &storages[n]);
        all[n] = (struct addrinfo){.ai_addrlen = storages[n].ss_family == AF_INET
                                                     ? sizeof(struct sockaddr_in)
                                                     : sizeof(struct sockaddr_in6)};
        all[n].ai_addr = (struct sockaddr *)&storages[n];
        if (n > 0)
            all[n - 1].ai_next = &all[n];
        one = strtok_r(NULL, ",", &rest);
    }
    *found = all;
    return 0;
}

void freeaddrinfo(struct addrinfo *found)
{
    if (found->ai_next == NULL) /* alone, as the late one is */
        sem_post(&answered);
}

/* This machine has one address. */
static bool unreadable;

int getifaddrs(struct ifaddrs **found)
{
    if (unreadable)
        return -1;
    static struct sockaddr_storage storage;
    static struct ifaddrs none, own;
    none = (struct ifaddrs){.ifa_next = &own};
    address_of(OWN_ADDRESS, &storage);
    own.ifa_addr = (struct sockaddr *)&storage;
    *found = &none;
    return 0;
}

void freeifaddrs(struct ifaddrs *found)
{
    (void)found;
}

static void write_addresses(const struct cw_outgoing_addresses *found, char *text, size_t size)
{
    text[0] = 0;
    for (size_t i = 0; i < found->count; i++) {
        size_t n = strlen(text);
        text[n] = ',';
        n += i != 0;
        assert_int_equal(getnameinfo((const struct sockaddr *)&found->items[i], found->sizes[i],
                                     text + n, (socklen_t)(size - n), NULL, 0, NI_NUMERICHOST),
                         0);
    }
}

static void assert_found(const char *host, bool allow_private, enum cw_outgoing_found expected,
                         const char *text)
{
    struct cw_outgoing_addresses found;
    char why[400];
    assert_int_equal(cw_outgoing_find(host, allow_private, PATIENT_MS, &found, why, sizeof why),
                     expected);
    if (expected == CW_OUTGOING_FOUND)
        write_addresses(&found, why, sizeof why);
    assert_string_equal(why, text);
}

static void test_all_addresses_of_a_name_are_judged(void **state)
{
    (void)state;
    assert_found("8.8.8.8,2a00::1", false, CW_OUTGOING_FOUND, "8.8.8.8,2a00::1");
    assert_found("8.8.8.8,10.0.0.1", false, CW_OUTGOING_FORBIDDEN,
                 "the address 10.0.0.1 of 8.8.8.8,10.0.0.1 is in a private network");
    assert_found("8.8.8.8,10.0.0.1", true, CW_OUTGOING_FOUND, "8.8.8.8,10.0.0.1");
    assert_found("::1,169.254.1.1", true, CW_OUTGOING_FORBIDDEN,
                 "the address 169.254.1.1 of ::1,169.254.1.1 is of the link alone");
    assert_found(OWN_ADDRESS, false, CW_OUTGOING_FORBIDDEN,
                 "the address " OWN_ADDRESS " of " OWN_ADDRESS " is this machine");
    assert_found(OWN_ADDRESS, true, CW_OUTGOING_FOUND, OWN_ADDRESS);
    unreadable = true;
    assert_found(
        "8.8.8.8", false, CW_OUTGOING_FORBIDDEN,
        "the address 8.8.8.8 of 8.8.8.8 is perhaps this machine, whose addresses cannot be "
        "read");
    assert_found("8.8.8.8", true, CW_OUTGOING_FOUND, "8.8.8.8");
    unreadable = false;
    assert_found("?", false, CW_OUTGOING_UNKNOWN, "no address for ?: Name or service not known");
}

/* The time is over at once. What the system says later is freed. */
static void test_a_late_answer_is_not_waited_for(void **state)
{
    (void)state;
    struct cw_outgoing_addresses found;
    char why[400];
    sem_init(&seen, 0, 0);
    sem_init(&answered, 0, 0);
    assert_int_equal(cw_outgoing_find("late", false, 0, &found, why, sizeof why),
                     CW_OUTGOING_UNKNOWN);
    assert_string_equal(why, "no address for late: Temporary failure in name resolution");
    sem_post(&seen);
    sem_wait(&answered);
}

static void test_too_many_addresses(void **state)
{
    (void)state;
    struct cw_outgoing_addresses found;
    char host[1200] = "", why[400];
    for (size_t i = 0; i < 28; i++)
        strcat(host, "2a00:1111:2222:3333:4444:5555:6666:7777,");
    assert_int_equal(cw_outgoing_find(host, false, PATIENT_MS, &found, why, sizeof why),
                     CW_OUTGOING_FORBIDDEN);
    assert_non_null(strstr(why, " is one of too many"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_all_addresses_of_a_name_are_judged),
        cmocka_unit_test(test_a_late_answer_is_not_waited_for),
        cmocka_unit_test(test_too_many_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
