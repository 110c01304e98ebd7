"""The Grafana dashboard packaging/watch/grafana.json: its panels as data. tools/metrics writes the
file; the test `watch` runs each query against a live server."""

import json

# title, unit of Grafana, [(legend, query)]
ROWS = (
    ("People", (
        ("Connections", "none", (
            ("{{transport}}", "chinwag_connections"),
            ("limit", "chinwag_connections_limit"))),
        ("Sessions", "none", (("sessions", "chinwag_sessions"),)),
        ("New connections", "cps", (
            ("accepted", "rate(chinwag_connections_accepted_total[$__rate_interval])"),)),
        ("Logins", "cps", (
            ("{{outcome}}", "rate(chinwag_logins_total[$__rate_interval])"),)),
        ("Registrations", "cps", (
            ("{{outcome}}", "rate(chinwag_registrations_total[$__rate_interval])"),)))),
    ("Messages", (
        ("Messages and requests", "cps", (
            ("{{kind}}", "rate(chinwag_messages_total[$__rate_interval])"),
            ("requests", "rate(chinwag_requests_total[$__rate_interval])"))),
        ("Deliveries", "cps", (
            ("deliveries", "rate(chinwag_deliveries_total[$__rate_interval])"),)),
        ("Refusals by code", "cps", (
            ("{{code}}", "sum by (code) (rate(chinwag_refusals_total[$__rate_interval]))"),)),
        ("Commits", "s", (
            ("99 %", "histogram_quantile(0.99, "
                     "sum by (le) (rate(chinwag_commit_seconds_bucket[$__rate_interval])))"),
            ("50 %", "histogram_quantile(0.5, "
                     "sum by (le) (rate(chinwag_commit_seconds_bucket[$__rate_interval])))"),
            ("mean", "rate(chinwag_commit_seconds_sum[$__rate_interval]) / "
                     "rate(chinwag_commit_seconds_count[$__rate_interval])"))),
        ("The store waits for PostgreSQL", "s", (("waits", "chinwag_store_waits_seconds"),)))),
    ("Calls", (
        ("Calls", "none", (("calls", "chinwag_calls"),)),
        ("Frames", "cps", (
            ("forwarded", "rate(chinwag_frames_forwarded_total[$__rate_interval])"),
            ("dropped: {{reason}}", "rate(chinwag_frames_dropped_total[$__rate_interval])"))))),
    ("Other servers", (
        ("Heard by the bus", "none", (
            ("servers", "chinwag_bus_nodes"),
            ("connected to NATS", "chinwag_bus_up"))),
        ("Messages by the bus", "cps", (
            ("{{direction}}", "rate(chinwag_bus_messages_total[$__rate_interval])"),
            ("dropped: {{reason}}", "rate(chinwag_bus_dropped_total[$__rate_interval])"))))),
    ("Machine", (
        ("Memory", "bytes", (
            ("process", "process_resident_memory_bytes"),
            ("held for peers: {{account}}", "chinwag_queue_bytes"),
            ("limit: {{account}}", "chinwag_queue_limit_bytes"))),
        ("Traffic", "Bps", (
            ("received", "rate(chinwag_received_bytes_total[$__rate_interval])"),
            ("sent", "rate(chinwag_sent_bytes_total[$__rate_interval])"))),
        ("Processor", "percentunit", (
            ("of one processor", "rate(process_cpu_seconds_total[$__rate_interval])"),)),
        ("Store", "bytes", (
            ("database", "chinwag_store_bytes"),
            ("unused in it", "chinwag_store_free_bytes"),
            ("write-ahead log", "chinwag_wal_bytes"))),
        ("Disk", "percentunit", (
            ("free", "chinwag_disk_free_bytes / chinwag_disk_bytes"),)),
        ("Age of the last backup", "s", (("age", "chinwag_backup_age_seconds"),)),
        ("Runs since", "s", (
            ("{{version}}", "time() - process_start_time_seconds * on (instance) group_right () "
                            "chinwag_build_info"),)))),
)
WIDTH, HEIGHT = 8, 7
SOURCE = {"type": "prometheus", "uid": "${source}"}


def narrowed(query):
    """The query for the instance that was chosen: each metric gets the label."""
    out, word = "", ""
    for c in query + " ":
        if c.isalnum() or c in "_$":
            word += c
            continue
        metric = word.startswith(("chinwag_", "process_"))
        out += word + ('{instance=~"$instance"}' if metric and c != "{" else "") + c
        word = ""
    return out[:-1]


def panels():
    at_y = number = 0
    for title, row in ROWS:
        number += 1
        yield {"id": number, "type": "row", "title": title, "collapsed": False, "panels": [],
               "gridPos": {"h": 1, "w": 24, "x": 0, "y": at_y}}
        at_y += 1
        for i, (name, unit, queries) in enumerate(row):
            number += 1
            yield {"id": number, "type": "timeseries", "title": name, "datasource": SOURCE,
                   "gridPos": {"h": HEIGHT, "w": WIDTH, "x": i % 3 * WIDTH,
                               "y": at_y + i // 3 * HEIGHT},
                   "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
                   "targets": [{"refId": chr(ord("A") + k), "datasource": SOURCE,
                                "legendFormat": legend, "expr": narrowed(query)}
                               for k, (legend, query) in enumerate(queries)]}
        at_y += (len(row) + 2) // 3 * HEIGHT


def dashboard():
    variables = [
        {"name": "source", "label": "Source", "type": "datasource", "query": "prometheus"},
        {"name": "instance", "label": "Server", "type": "query", "datasource": SOURCE,
         "query": {"query": "label_values(chinwag_build_info, instance)", "refId": "A"},
         "refresh": 2, "includeAll": True, "multi": True,
         "current": {"text": "All", "value": "$__all"}}]
    return {"uid": "chinwag", "title": "Chinwag", "tags": ["chinwag"], "schemaVersion": 38,
            "editable": True, "refresh": "30s", "time": {"from": "now-6h", "to": "now"},
            "templating": {"list": variables}, "panels": list(panels())}


def text():
    return json.dumps(dashboard(), indent=2) + "\n"
