"""A push service of a test's own: HTTPS with a certificate that the test has made, which the server is
told to trust, and a browser whose keys a program of node has (test/node/push_open.js)."""

import base64
import http.server
import json
import os
import queue
import shutil
import ssl
import subprocess
import threading


def unbase64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class PushService:
    """Answers the POST to each path by the next of its answers (201 when there are none): a status; a
    pair of a status and further headers; bytes, written as they are; None: silence."""

    def __init__(self, folder, name="push"):
        self.certificate = os.path.join(folder, name + ".pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=test",
                        "-addext", "subjectAltName=DNS:localhost", "-keyout",
                        self.certificate, "-out", self.certificate + ".crt"],
                       check=True, capture_output=True)
        with open(self.certificate, "ab") as key, open(self.certificate + ".crt", "rb") as made:
            key.write(made.read())
        self.posts, self.answers = queue.Queue(), {}
        self.ended = threading.Event()
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.posts.put((self.path, dict(self.headers), body))
                waiting = service.answers.get(self.path, [])
                self.say(waiting.pop(0) if waiting else 201)

            def say(self, answer):
                if answer is None:
                    service.ended.wait()
                    self.close_connection = True
                elif isinstance(answer, bytes):
                    self.wfile.write(answer)
                    self.close_connection = True
                else:
                    status, headers = answer if isinstance(answer, tuple) else (answer, {})
                    self.send_response(status)
                    for name, value in {"Content-Length": "0", **headers}.items():
                        self.send_header(name, value)
                    self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):  # a peer that has gone
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                 do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path):
        return f"https://localhost:{self.port}/{path}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()


class Browser:
    """The keys of a browser, and what opens the messages for it."""

    def __init__(self, folder):
        self.process = subprocess.Popen([shutil.which("node"), "push_open.js"], cwd=folder, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.p256dh, self.auth = map(unbase64url, self.process.stdout.readline().split())

    def open(self, body):
        self.process.stdin.write(base64.b64encode(body).decode() + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return line if line.startswith("wrong") else json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
