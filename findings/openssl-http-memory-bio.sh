#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# OpenSSL 3.5's HTTP client takes a memory BIO that nothing has arrived in yet for an
# error; OpenSSL 3.0's asks to try again.
#
#   Software    OpenSSL 3.5.9 (Debian 13), OpenSSL 3.0.20 for comparison (Debian 12)
#   Input       a program that does its own transport: OSSL_HTTP_REQ_CTX_new with two
#               BIO_s_mem, one to write to and one to read from; a valid OCSP response
#               over HTTP, whose bytes it writes into the second one, a piece after each
#               OCSP_sendreq_nbio that returns -1. The same binary with both versions,
#               once with BIO_f_buffer in front of the second one.
#   Seen        3.0.20: -1 until the last piece is there, then 1, and the response
#               verifies. 3.5.9: the first call returns 0, "failed reading data",
#               before there is any answer. With BIO_f_buffer both are like 3.0.20. In
#               both versions BIO_read of an empty BIO_s_mem gives -1 and the retry
#               flag, BIO_gets 0 and no flag; 3.5.9 reads the header by BIO_gets.
#   Expected    -1 from 3.5.9 as well: OSSL_HTTP_REQ_CTX_nbio returns it where it has to
#               be called again, and after BIO_set_mem_eof_return(bio, -1), as here, an
#               empty memory BIO sets the retry flag; BIO_s_mem(3) makes no exception of
#               BIO_gets.
#   Why         A program that asks whether the certificate of an eID is revoked may do
#               the transport itself, to keep to time limits of its own. After the
#               upgrade it never gets an answer, whatever the responder sends; where the
#               check is required, nobody can sign.
#
# Needs apt-get, Debian's archive keyring, dpkg-deb, gcc and openssl on amd64, Debian
# 12. Exits 0 while the behaviour is as told, 1 when it changed, 77 where the packages
# cannot be had.
set -eu

. "$(dirname "$0")/releases/releases.sh"

get_packages 'libssl3=3.0.20-1~deb12u2 libssl-dev=3.0.20-1~deb12u2' \
    'libssl3t64=3.5.9-1~deb13u1 zlib1g=1:1.3.dfsg+really1.3.1-1+deb13u1
    libzstd1=1.5.7+dfsg-1 libc6=2.41-12+deb13u5'

# The certificate of a signer, a request about it and the CA's answer.
{
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem \
        -subj '/CN=CA'
    openssl req -x509 -newkey rsa:2048 -nodes -keyout signer.key -out signer.pem \
        -subj '/CN=signer' -CA ca.pem -CAkey ca.key -set_serial 0x1000
    printf 'V\t491231235959Z\t\t1000\tunknown\t/CN=signer\n' >index.txt
    openssl ocsp -issuer ca.pem -cert signer.pem -no_nonce -reqout request.der
    openssl ocsp -index index.txt -CA ca.pem -rsigner ca.pem -rkey ca.key \
        -reqin request.der -ndays 1 -respout body
} >log 2>&1
printf 'HTTP/1.0 200 OK\r\n' >piece1
printf 'Content-Type: application/ocsp-response\r\nContent-Length: %d\r\n\r\n' \
    "$(wc -c <body)" >piece2
head -c 100 body >piece3
tail -c +101 body >piece4

cat >exchange.c <<'END'
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <stdio.h>

/* Empty; says "try again" then. */
static BIO *new_memory(void)
{
    BIO *memory = BIO_new(BIO_s_mem());

    BIO_set_mem_eof_return(memory, -1);
    return memory;
}

static void show_empty_bio(void)
{
    BIO *empty = new_memory();
    char line[80];
    int count = BIO_read(empty, line, sizeof line);

    printf("empty: BIO_read %d, retry %d", count, !!BIO_should_retry(empty));
    count = BIO_gets(empty, line, sizeof line);
    printf("; BIO_gets %d, retry %d\n", count, !!BIO_should_retry(empty));
    BIO_free(empty);
}

/* What the answer says of the signer, verified with the CA's certificate. */
static const char *judge(OCSP_RESPONSE *response)
{
    BIO *file = BIO_new_file("ca.pem", "r");
    X509_STORE *store = X509_STORE_new();
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
    int reason;

    X509_STORE_add_cert(store, PEM_read_bio_X509(file, NULL, NULL, NULL));
    if (OCSP_basic_verify(basic, NULL, store, 0) != 1)
        return "not verified";
    return OCSP_cert_status_str(OCSP_single_get0_status(
        OCSP_resp_get0(basic, 0), &reason, NULL, NULL, NULL));
}

static void deliver(BIO *received, int number)
{
    char name[16];
    unsigned char bytes[4096];
    BIO *file;

    snprintf(name, sizeof name, "piece%d", number);
    file = BIO_new_file(name, "rb");
    BIO_write(received, bytes, BIO_read(file, bytes, sizeof bytes));
    BIO_free(file);
}

static void ask(const char *title, BIO *in, BIO *received)
{
    BIO *file = BIO_new_file("request.der", "rb");
    OCSP_REQUEST *request = d2i_OCSP_REQUEST_bio(file, NULL);
    OCSP_RESPONSE *response = NULL;
    OSSL_HTTP_REQ_CTX *http = OSSL_HTTP_REQ_CTX_new(BIO_new(BIO_s_mem()), in, 0);
    int status;
    int number = 0;

    OSSL_HTTP_REQ_CTX_set_request_line(http, 1, NULL, NULL, "/");
    OSSL_HTTP_REQ_CTX_set_expected(http, NULL, 1, 0, 0);
    OSSL_HTTP_REQ_CTX_set1_req(http, "application/ocsp-request",
        ASN1_ITEM_rptr(OCSP_REQUEST), (const ASN1_VALUE *)request);
    printf("%s:", title);
    ERR_clear_error();
    while ((status = OCSP_sendreq_nbio(&response, http)) == -1 && number < 4) {
        printf(" -1");
        deliver(received, ++number);
    }
    printf(" %d, %s\n", status, status == 1 ? judge(response) :
        ERR_reason_error_string(ERR_peek_error()));
}

int main(void)
{
    BIO *received = new_memory();

    show_empty_bio();
    ask("memory", received, received);
    received = new_memory();
    ask("buffer and memory", BIO_push(BIO_new(BIO_f_buffer()), received), received);
    return 0;
}
END
gcc -o exchange exchange.c -I12/root/usr/include \
    -I12/root/usr/include/x86_64-linux-gnu -L"$libraries12" -lcrypto

echo 'OpenSSL 3.0.20'
LD_LIBRARY_PATH=$libraries12 ./exchange | tee seen12
echo 'OpenSSL 3.5.9'
13/root/usr/lib64/ld-linux-x86-64.so.2 --library-path "$libraries13" ./exchange |
    tee seen13

cat >told12 <<'END'
empty: BIO_read -1, retry 1; BIO_gets 0, retry 0
memory: -1 -1 -1 -1 1, good
buffer and memory: -1 -1 -1 -1 1, good
END
sed 's/^memory:.*/memory: 0, failed reading data/' told12 >told13
if ! cmp -s seen12 told12 || ! cmp -s seen13 told13; then
    echo 'changed'
    exit 1
fi
