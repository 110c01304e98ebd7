/* test_metrics.c - the text of metrics, byte by byte, and where a measured time is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "metrics/metrics.h"

static void assert_has(const struct cw_metrics *metrics, const char *wanted)
{
    struct cw_buf text = {0};
    cw_metrics_render(metrics, &text);
    cw_buf_append(&text, "", 1);
    if (strstr((const char *)text.p, wanted) == NULL)
        fail_msg("not in the text: %s\n%s", wanted, (const char *)text.p);
    cw_buf_finish(&text);
}

static void assert_has_not(const struct cw_metrics *metrics, const char *unwanted)
{
    struct cw_buf text = {0};
    cw_metrics_render(metrics, &text);
    cw_buf_append(&text, "", 1);
    assert_null(strstr((const char *)text.p, unwanted));
    cw_buf_finish(&text);
}

static void a_value_each_label(void **state)
{
    struct cw_metrics metrics = {0};
    (void)state;
    metrics.at[CW_METRIC_CONNECTIONS + CW_TRANSPORT_ZMTP_TLS] = 7;
    metrics.at[CW_METRIC_CONNECTIONS + CW_TRANSPORT_WSS] = UINT64_MAX;
    assert_has(&metrics, "# HELP chinwag_connections open connections; opening: no handshake is "
                         "done yet\n"
                         "# TYPE chinwag_connections gauge\n"
                         "chinwag_connections{transport=\"opening\"} 0\n"
                         "chinwag_connections{transport=\"http\"} 0\n"
                         "chinwag_connections{transport=\"zmtp\"} 0\n"
                         "chinwag_connections{transport=\"zmtp_tls\"} 7\n"
                         "chinwag_connections{transport=\"curve\"} 0\n"
                         "chinwag_connections{transport=\"ws\"} 0\n"
                         "chinwag_connections{transport=\"wss\"} 18446744073709551615\n"
                         "# HELP chinwag_connections_limit ");
}

static void no_label_no_braces(void **state)
{
    struct cw_metrics metrics = {0};
    (void)state;
    metrics.at[CW_METRIC_CALLS] = 3;
    assert_has(&metrics, "# TYPE chinwag_calls gauge\nchinwag_calls 3\n# HELP ");
    assert_has(&metrics, "chinwag_build_info{version=\"" CW_VERSION "\"} 0\n");
}

static void times_are_seconds(void **state)
{
    struct cw_metrics metrics = {0};
    (void)state;
    metrics.at[CW_METRIC_CPU] = 1230000;
    metrics.at[CW_METRIC_STARTED] = 1700000000000000;
    metrics.at[CW_METRIC_BACKUP_AGE] = CW_METRIC_NEVER;
    assert_has(&metrics, "\nprocess_cpu_seconds_total 1.23\n");
    assert_has(&metrics, "\nprocess_start_time_seconds 1700000000\n");
    assert_has(&metrics, "\nchinwag_backup_age_seconds +Inf\n");
    metrics.at[CW_METRIC_BACKUP_AGE] = 1;
    assert_has(&metrics, "\nchinwag_backup_age_seconds 0.000001\n");
}

static void codes_that_were_answered(void **state)
{
    struct cw_metrics metrics = {0};
    (void)state;
    metrics.at[CW_METRIC_REFUSALS + cw_code_index(CW_SUCCESS)] = 9;
    metrics.at[CW_METRIC_REFUSALS + cw_code_index(CW_CALL_BUSY)] = 2;
    metrics.at[CW_METRIC_REFUSALS + cw_code_index(CW_USER_WRONG_PASSWORD)] = 5;
    assert_has(&metrics, "# TYPE chinwag_refusals_total counter\n"
                         "chinwag_refusals_total{code=\"515\"} 5\n"
                         "chinwag_refusals_total{code=\"1283\"} 2\n"
                         "# HELP ");
    assert_has_not(&metrics, "code=\"0\"");
}

static void a_bound_counts_below(void **state)
{
    struct cw_metrics metrics = {0};
    (void)state;
    cw_metrics_observe(&metrics, CW_METRIC_COMMITS, 0);
    cw_metrics_observe(&metrics, CW_METRIC_COMMITS, 500);
    cw_metrics_observe(&metrics, CW_METRIC_COMMITS, 501);
    cw_metrics_observe(&metrics, CW_METRIC_COMMITS, 10000000);
    cw_metrics_observe(&metrics, CW_METRIC_COMMITS, 10000001);
    assert_has(&metrics, "# TYPE chinwag_commit_seconds histogram\n"
                         "chinwag_commit_seconds_bucket{le=\"0.0005\"} 2\n"
                         "chinwag_commit_seconds_bucket{le=\"0.001\"} 3\n"
                         "chinwag_commit_seconds_bucket{le=\"0.0025\"} 3\n"
                         "chinwag_commit_seconds_bucket{le=\"0.005\"} 3\n"
                         "chinwag_commit_seconds_bucket{le=\"0.01\"} 3\n"
                         "chinwag_commit_seconds_bucket{le=\"0.025\"} 3\n"
                         "chinwag_commit_seconds_bucket{le=\"0.05\"} 3\n"
                         "chinwag_commit_seconds_bucket{le=\"0.1\"} 3\n"
                         "chinwag_commit_seconds_bucket{le=\"0.25\"} 3\n"
                         "chinwag_commit_seconds_bucket{le=\"0.5\"} 3\n"
                         "chinwag_commit_seconds_bucket{le=\"1\"} 3\n"
                         "chinwag_commit_seconds_bucket{le=\"2.5\"} 3\n"
                         "chinwag_commit_seconds_bucket{le=\"10\"} 4\n"
                         "chinwag_commit_seconds_bucket{le=\"+Inf\"} 5\n"
                         "chinwag_commit_seconds_count 5\n"
                         "chinwag_commit_seconds_sum 20.001002\n");
}

static void each_code_has_its_place(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CW_CODES; i++)
        assert_int_equal(cw_code_index(cw_code_at(i)), i);
    assert_int_equal(cw_code_index(4711), cw_code_index(CW_BAD_REQUEST));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_each_label),   cmocka_unit_test(no_label_no_braces),
        cmocka_unit_test(times_are_seconds),    cmocka_unit_test(codes_that_were_answered),
        cmocka_unit_test(a_bound_counts_below), cmocka_unit_test(each_code_has_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
