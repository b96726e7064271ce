# SPDX-License-Identifier: Apache-2.0
"""nginx and Apache, for holders of a certificate of the personas' CA."""

import os
import shutil
import subprocess
import time

# name: port, TLS versions, HTTP/2, whether each page needs a full handshake
SITES = {
    "1.2": (8442, "TLSv1.2", False, False),
    "1.3": (8443, "TLSv1.3", False, False),
    "both": (8444, "TLSv1.2 TLSv1.3", False, False),
    "http2": (8446, "TLSv1.2 TLSv1.3", True, False),
    "full1.2": (8445, "TLSv1.2", False, True),
    "full1.3": (8447, "TLSv1.3", False, True),
}
# "folder": by TLS 1.3, a certificate is asked for when the page is, not before.
APACHE = {"1.2": 8452, "1.3": 8453, "both": 8454, "http2": 8456, "folder": 8457}
MODULES = ["mpm_event", "authz_core", "ssl", "socache_shmcb", "http2", "log_config", "mime", "headers", "include", "dir"]

NGINX = """daemon off; user root; worker_processes 1; pid {w}/nginx.pid;
error_log {w}/nginx-error.log info;
events {{}}
http {{
  log_format seen '$server_port $ssl_protocol $ssl_session_reused $ssl_client_verify "$request" $status';
  access_log {w}/nginx-access.log seen;
  client_body_temp_path {w}/n1; proxy_temp_path {w}/n2; fastcgi_temp_path {w}/n3;
  uwsgi_temp_path {w}/n4; scgi_temp_path {w}/n5;
  ssl_certificate {w}/server.pem; ssl_certificate_key {w}/server.key;
  ssl_client_certificate {w}/auth-ca.pem; ssl_verify_client on;
"""
NGINX_SITE = """  server {{
    listen 127.0.0.1:{port} ssl {http2}; ssl_protocols {versions}; {full}
    location / {{ default_type text/html;
      return 200 "{page}"; }}
  }}
"""
NO_RESUMPTION = "ssl_session_tickets off; ssl_session_cache off; keepalive_timeout 0;"
APACHE_HEAD = """ServerRoot {w}
ServerName localhost
PidFile {w}/apache.pid
ErrorLog {w}/apache-error.log
Mutex file:{w}
TypesConfig /etc/mime.types
DocumentRoot {w}/www
LogFormat "%p %{{SSL_PROTOCOL}}x %{{SSL_CLIENT_VERIFY}}x \\"%r\\" %>s" seen
CustomLog {w}/apache-access.log seen
SSLSessionCache shmcb:{w}/apache-sessions(512000)
<Location />
  Require all granted
  Options +Includes
  SetOutputFilter INCLUDES
</Location>
"""
APACHE_SITE = """Listen 127.0.0.1:{port}
<VirtualHost 127.0.0.1:{port}>
  SSLEngine on
  SSLProtocol {versions}
  Protocols {protocols}
  SSLCertificateFile {w}/server.pem
  SSLCertificateKeyFile {w}/server.key
  SSLCACertificateFile {w}/auth-ca.pem
  SSLOptions +StdEnvVars
  {verify}
</VirtualHost>
"""
VERIFY = "SSLVerifyClient require"
VERIFY_IN_FOLDER = "<Location />\n    %s\n  </Location>" % VERIFY
# Without an icon, which might take another handshake.
PAGE = "<title>site {0}</title><link rel=icon href=data:,>{0}"
# What a page says, as its title too: protocols, whether there is a certificate, whose.
NGINX_PAGE = PAGE.format("$ssl_protocol $server_protocol $ssl_client_verify $ssl_client_s_dn")
APACHE_PAGE = PAGE.format(" ".join(
    '<!--#echo var="%s" -->' % name
    for name in ("SSL_PROTOCOL", "SERVER_PROTOCOL", "SSL_CLIENT_VERIFY", "SSL_CLIENT_S_DN")))


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


class Servers:
    """All sites; they end with the namespaces."""

    def __init__(self, place):
        self.work = place.work
        self.ca = self.work + "/ca.pem"
        self._make_certificates()
        self._start("nginx", ["nginx", "-c", self._write("nginx.conf", self._nginx())])
        os.mkdir(self.work + "/www")
        self._write("www/index.html", APACHE_PAGE)
        self._start("apache", ["apache2", "-DFOREGROUND", "-f", self._write("apache.conf", self._apache())])

    def url(self, site, server="nginx", host="localhost"):
        port = APACHE[site] if server == "apache" else SITES[site][0]
        return "https://%s:%d/" % (host, port)

    def keep_logs(self, folder):
        for name in ("nginx-access.log", "nginx-error.log", "apache-access.log", "apache-error.log"):
            if os.path.exists(self.work + "/" + name):
                shutil.copy(self.work + "/" + name, folder)

    def _write(self, name, text):
        path = "%s/%s" % (self.work, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def _make_certificates(self):
        w = self.work
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test CA",
                "-addext", "keyUsage=critical,keyCertSign", "-keyout", w + "/ca.key", "-out", self.ca)
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
                "-keyout", w + "/server.key", "-out", w + "/server.csr")
        extensions = self._write("extensions", "subjectAltName=DNS:localhost,DNS:other.test,DNS:third.test\nextendedKeyUsage=serverAuth\n")
        openssl("x509", "-req", "-in", w + "/server.csr", "-CA", self.ca, "-CAkey", w + "/ca.key",
                "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", w + "/server.pem")
        openssl("x509", "-inform", "DER", "-in", os.environ["JPKI_PERSONAS"] + "/ca-auth/ca.der", "-out", w + "/auth-ca.pem")

    def _nginx(self):
        sites = [
            NGINX_SITE.format(page=NGINX_PAGE, port=port, versions=versions, http2="http2" if http2 else "",
                              full=NO_RESUMPTION if full else "")
            for port, versions, http2, full in SITES.values()
        ]
        return NGINX.format(w=self.work) + "".join(sites) + "}\n"

    def _apache(self):
        modules = ["LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n" % (name, name)
                   for name in MODULES if os.path.exists("/usr/lib/apache2/modules/mod_%s.so" % name)]
        sites = []
        for name, port in APACHE.items():
            site = SITES["1.3" if name == "folder" else name]
            versions = " ".join("+" + version for version in site[1].split())
            protocols = "h2 http/1.1" if site[2] else "http/1.1"
            sites.append(APACHE_SITE.format(w=self.work, port=port, versions=versions, protocols=protocols,
                                            verify=VERIFY_IN_FOLDER if name == "folder" else VERIFY))
        return "".join(modules) + APACHE_HEAD.format(w=self.work) + "".join(sites)

    def _start(self, name, command):
        log = open("%s/%s.out" % (self.work, name), "w", encoding="utf-8")
        server = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"})
        while not os.path.exists("%s/%s.pid" % (self.work, name)):
            if server.poll() is not None:
                with open(log.name, encoding="utf-8") as said:
                    raise RuntimeError("%s did not start: %s" % (name, said.read()))
            time.sleep(0.05)
