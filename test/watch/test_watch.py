"""What operators watch with: the tables agree with the dashboard and the alerts, each alert fires
when it should, and Debian's Prometheus answers each query of both from a live server:
PATH OF CHINWAGD, of the sources."""

import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from harness import PATIENCE, Peer, main  # noqa: E402
from watched import Watched  # noqa: E402

ROOT = os.path.abspath(sys.argv.pop(2))
WATCH = os.path.join(ROOT, "packaging", "watch")
ALERTS = os.path.join(WATCH, "alerts.yml")
# Prometheus needs some scrapes, and the machine may be busy.
LONG_PATIENCE = 240


class Tables(unittest.TestCase):
    def test_nothing_else_is_named(self):
        done = subprocess.run([os.path.join(ROOT, "tools", "metrics")], stdout=subprocess.PIPE,
                              text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_each_alert_fires_when_it_should(self):
        with open(ALERTS, encoding="utf-8") as file:
            alerts = re.findall(r"- alert: (\w+)", file.read())
        self.assertEqual(len(alerts), 11)
        here = os.path.dirname(os.path.abspath(__file__))
        with open(os.path.join(here, "alerts_test.yml"), encoding="utf-8") as file:
            tests = file.read()
        for alert in alerts:
            self.assertRegex(tests, rf"alertname: {alert}, exp_alerts: \[\]", alert)
            self.assertRegex(tests, rf"alertname: {alert}\n +exp_alerts:\n +- exp_labels", alert)
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(ALERTS, folder)
            shutil.copy(os.path.join(here, "alerts_test.yml"), folder)
            done = subprocess.run(["promtool", "test", "rules", "alerts_test.yml"], cwd=folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)


class Prometheus:
    """It reads the server's metrics each second, and judges the alerts."""

    def __init__(self, target):
        self.folder = tempfile.mkdtemp(prefix="chinwag-test-")
        config = os.path.join(self.folder, "prometheus.yml")
        with open(config, "w", encoding="utf-8") as file:
            json.dump({"global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                       "rule_files": [ALERTS],
                       "scrape_configs": [{"job_name": "chinwag", "scrape_timeout": "1s",
                                           "static_configs": [{"targets": [target]}]}]}, file)
        self.log = open(os.path.join(self.folder, "log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", "--web.listen-address=127.0.0.1:0",
             f"--storage.tsdb.path={os.path.join(self.folder, 'data')}"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        try:
            self.address = self.find_address()
            self.wait_ready()
        except BaseException:
            self.end()
            raise

    def said(self):
        self.log.flush()
        self.log.seek(0)
        return self.log.read()

    def find_address(self):
        deadline = time.monotonic() + PATIENCE * 3
        while not (found := re.search(r'"Listening on" address=(\S+)', self.said())):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise AssertionError(self.said())
            select.select([], [], [], 0.1)
        return found[1]

    def end(self):
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder)

    def ask(self, path, **values):
        query = urllib.parse.urlencode(values)
        with urllib.request.urlopen(f"http://{self.address}/api/v1/{path}?{query}",
                                    timeout=PATIENCE) as answer:
            return json.load(answer)["data"]

    def wait_ready(self):
        """It listens before it answers."""
        deadline = time.monotonic() + PATIENCE * 3
        while True:
            try:
                with urllib.request.urlopen(f"http://{self.address}/-/ready", timeout=PATIENCE):
                    return
            except urllib.error.HTTPError as error:
                if error.code != 503 or time.monotonic() > deadline:
                    raise
            select.select([], [], [], 0.1)


class Live(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Watched())
        self.prometheus = Prometheus(f"127.0.0.1:{self.server.metrics_port}")
        self.addCleanup(self.prometheus.end)

    def people(self):
        """What they do moves each counter; a code of refusals begins with its first refusal."""
        alice = Peer(self.server).register("alice").login("alice")
        self.addCleanup(alice.close)
        alice.ask("whisper", "alice", "to be counted")
        alice.ask("whisper", "nobody", "to be refused", code=514)

    def wait(self, what, ask):
        deadline = time.monotonic() + LONG_PATIENCE
        while not (found := ask()):
            if time.monotonic() > deadline:
                raise AssertionError(f"no data: {what}\n{self.prometheus.said()}")
            select.select([], [], [], 0.2)
        return found

    def queries(self):
        """(title of the panel, query as Grafana would send it)"""
        with open(os.path.join(WATCH, "grafana.json"), encoding="utf-8") as file:
            panels = json.load(file)["panels"]
        for panel in panels:
            for target in panel.get("targets", []):
                query = target["expr"].replace("$__rate_interval", "1m").replace("$instance", ".+")
                self.assertNotIn("$", query)
                yield panel["title"], query

    def test_each_panel_shows_something(self):
        self.people()
        queries = list(self.queries())
        self.assertGreater(len(queries), 20)
        for title, query in queries:
            found = self.wait(f"{title}: {query}",
                              lambda: self.prometheus.ask("query", query=query)["result"])
            for series in found:
                self.assertIn("value", series, query)
        labels = {series["metric"]["transport"] for series in
                  self.prometheus.ask("query", query="chinwag_connections")["result"]}
        self.assertEqual(labels, {"opening", "http", "zmtp", "zmtp_tls", "curve", "ws", "wss"})

    def test_a_healthy_server_alarms_nobody_but_for_its_backup(self):
        self.people()

        def judged():
            groups = self.prometheus.ask("rules")["groups"]
            rules = [rule for group in groups for rule in group["rules"]]
            good = rules and all(rule["health"] == "ok" for rule in rules)
            waits = [rule for rule in rules if rule["state"] == "pending"]
            return rules if good and waits else None

        rules = self.wait("alerts", judged)
        self.assertEqual(len(rules), 11)
        # The disk is the machine's, which may be nearly full.
        self.assertEqual({rule["name"] for rule in rules if rule["state"] != "inactive"} -
                         {"ChinwagDiskNearlyFull"}, {"ChinwagNoBackup"})


if __name__ == "__main__":
    main()
