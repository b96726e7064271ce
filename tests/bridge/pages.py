# SPDX-License-Identifier: Apache-2.0
"""A site that asks for the card: pages of the tests' own behind nginx, and what they report back.

A page does what its address says: /?mode=01&n=3 sends that request and reports what comes of it
to /report, of which the tests read. The site verifies signatures as a real one would.
"""

import base64
import http.server
import json
import os
import queue
import shutil
import socket
import subprocess
import threading
import urllib.parse

from host import digest_info

SCRIPT = """
const asked = new URLSearchParams(location.search);
const n = asked.get("n");
function report(kind, value) {
  fetch("/report", {method: "POST", body: JSON.stringify({n, kind, value}), keepalive: true});
}
document.addEventListener("recvMsg", (event) => report("answer", event.detail));
function launch() {
  const signs = ["extension-is-installed", "app-is-installed"]
    .map((id) => document.getElementById(id)?.value ?? null);
  report("state", {signs, userAgent: navigator.userAgent, platform: navigator.platform,
    prerendering: document.prerendering === true});
  const request = {mode: asked.get("mode"), service_id: "01"};
  if (DIGESTS.length) request.digest = request.mode === "01" ? DIGESTS[0] : DIGESTS;
  document.dispatchEvent(new CustomEvent("launchApp", {detail: JSON.stringify(request)}));
}
if (asked.has("mode")) addEventListener("load", () => setTimeout(launch, Number(asked.get("after"))));
addEventListener("again", launch);
"""

PAGE = '<!doctype html><meta charset="utf-8"><title>site</title><body>page<script>{script}</script>'
PAGES = {
    "/": PAGE,
    "/sandboxed": PAGE,
    "/frame": '<!doctype html><title>frame</title><iframe src="/?{query}"></iframe>',
    "/sandbox": '<!doctype html><title>sandbox</title><iframe sandbox="allow-scripts" src="/?{query}"></iframe>',
    "/prerender": '<!doctype html><title>prerender</title><script type="speculationrules">'
                  '{{"prerender": [{{"source": "list", "urls": ["/?{query}"], "eagerness": "immediate"}}]}}</script>',
}

NGINX = """daemon off; worker_processes 1; pid {w}/nginx.pid; error_log {w}/nginx.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {w}/n1; proxy_temp_path {w}/n2; fastcgi_temp_path {w}/n3;
  uwsgi_temp_path {w}/n4; scgi_temp_path {w}/n5;
  server {{
    listen 127.0.0.1:{https} ssl; listen 127.0.0.1:{http};
    ssl_certificate {w}/server.pem; ssl_certificate_key {w}/server.key;
    location / {{ proxy_pass http://127.0.0.1:{backend}; }}
  }}
}}
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout


class Site:
    """Both ends of it; to be closed."""

    def __init__(self, work):
        self.work = work
        self.reports = {}
        self.challenges = {}
        self.number = 0
        self.ca = work + "/ca.pem"
        self.https, self.http = free_port(), free_port()
        self.backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.backend.serve_forever, daemon=True).start()
        self._make_certificates()
        with open(work + "/nginx.conf", "w", encoding="ascii") as file:
            file.write(NGINX.format(
                w=work, https=self.https, http=self.http, backend=self.backend.server_address[1]))
        self.nginx = subprocess.Popen(
            [shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"), "-c", work + "/nginx.conf"])

    def close(self):
        self.nginx.terminate()
        self.nginx.wait(10)
        self.backend.shutdown()
        self.backend.server_close()

    def _make_certificates(self):
        w = self.work
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test CA",
                "-addext", "keyUsage=critical,keyCertSign", "-keyout", w + "/ca.key", "-out", self.ca)
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=myna.go.jp",
                "-keyout", w + "/server.key", "-out", w + "/server.csr")
        with open(w + "/extensions", "w", encoding="ascii") as file:
            file.write("subjectAltName=DNS:myna.go.jp,DNS:other.example\nextendedKeyUsage=serverAuth\n")
        openssl("x509", "-req", "-in", w + "/server.csr", "-CA", self.ca, "-CAkey", w + "/ca.key",
                "-CAcreateserial", "-days", "2", "-extfile", w + "/extensions", "-out", w + "/server.pem")

    def page(self, mode, count=1, path="/", host="myna.go.jp", scheme="https", after=0):
        """The address of a new page that asks for MODE, with COUNT documents, AFTER milliseconds; its number."""
        self.number += 1
        n = str(self.number)
        self.reports[n] = queue.Queue()
        self.challenges[n] = [b"document %d of page %s" % (i, n.encode()) for i in range(count)]
        query = urllib.parse.urlencode({"mode": mode, "n": n, "after": after})
        port = self.https if scheme == "https" else self.http
        return "%s://%s:%d%s?%s" % (scheme, host, port, path, query), n

    def report(self, n, kind, seconds=30):
        """What page N reports of this kind; None where it does not."""
        try:
            while True:
                report = self.reports[n].get(timeout=seconds)
                if report["kind"] == kind:
                    return report["value"]
        except queue.Empty:
            return None

    def verify(self, n, answer):
        """Raises where a signature is not one of page N's documents by the certificate."""
        certificate = base64.b64decode(answer["certificate"] + "=" * (-len(answer["certificate"]) % 4))
        with open(self.work + "/holder.der", "wb") as file:
            file.write(certificate)
        with open(self.work + "/holder.pem", "wb") as file:
            file.write(openssl("x509", "-inform", "DER", "-in", self.work + "/holder.der", "-noout", "-pubkey"))
        signatures = answer["signature"]
        signatures = signatures if isinstance(signatures, list) else [signatures]
        if len(signatures) != len(self.challenges[n]):
            raise AssertionError("%d signatures" % len(signatures))
        for signature, document in zip(signatures, self.challenges[n]):
            with open(self.work + "/signature", "wb") as file:
                file.write(base64.b64decode(signature, validate=True))
            with open(self.work + "/document", "wb") as file:
                file.write(document)
            openssl("dgst", "-sha256", "-verify", self.work + "/holder.pem",
                    "-signature", self.work + "/signature", self.work + "/document")

    def _script(self, n):
        digests = [digest_info(document) for document in self.challenges.get(n, [])]
        return "const DIGESTS = %s;%s" % (json.dumps(digests), SCRIPT)

    def _handler(site):  # pylint: disable=no-self-argument
        class Handler(http.server.BaseHTTPRequestHandler):
            """One request of a page."""

            def _answer(self, text, status=200, policy=None):
                data = text.encode()
                self.send_response(status)
                if policy:
                    self.send_header("Content-Security-Policy", policy)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                parts = urllib.parse.urlsplit(self.path)
                n = dict(urllib.parse.parse_qsl(parts.query)).get("n")
                if parts.path in PAGES:
                    text = PAGES[parts.path].format(query=parts.query, script=site._script(n))
                    self._answer(text, policy="sandbox allow-scripts" if parts.path == "/sandboxed" else None)
                else:
                    self._answer("", 404)

            def do_POST(self):
                report = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                site.reports[report["n"]].put(report)
                self._answer("")

            def log_message(self, *_):
                pass

        return Handler
