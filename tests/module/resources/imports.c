/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/resources/imports.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <winscard.h>

const char *const import_kind_names[IMPORT_KINDS] = {
    [MEMORY] = "memory",
    [SYSTEM] = "libc",
    [PCSC] = "PC/SC",
    [OPENSSL] = "OpenSSL",
    [WITHIN] = "memory in OpenSSL",
};

/* clang-format off */
#define CANNOT(name) {#name, SURE, 0, 0, NO_EFFECT}
#define FREES(name) {#name, SURE, 0, 0, FREES_BLOCK}
#define MAKES(name) {#name, MEMORY, 0, ENOMEM, MAKES_BLOCK}
#define TEXT(name) {#name, MEMORY, -1, ENOMEM, MAKES_TEXT}
#define FAILS(name, error) {#name, SYSTEM, -1, error, NO_EFFECT}
#define GIVES(name, value) {#name, SYSTEM, value, 0, NO_EFFECT}
#define LOCK(name) {#name, SYSTEM, ENOMEM, 0, BREAKS_LOCK}
#define CARD(name) {#name, PCSC, SCARD_E_NO_MEMORY, 0, ASKS_CARD}
#define NOTHING(name) {#name, OPENSSL, 0, 0, NO_EFFECT}
#define MINUS(name) {#name, OPENSSL, -1, 0, NO_EFFECT}

const struct import imports[] = {
    /* libc: memory */
    MAKES(malloc), MAKES(calloc), MAKES(strdup),
    {"reallocarray", MEMORY, 0, ENOMEM, GROWS_BLOCK},
    TEXT(asprintf), TEXT(__asprintf_chk),
    TEXT(vasprintf), TEXT(__vasprintf_chk),
    FREES(free),
    {"mmap", MEMORY, -1, ENOMEM, MAPS},
    {"mmap64", MEMORY, -1, ENOMEM, MAPS},
    {"munmap", SYSTEM, -1, ENOMEM, UNMAPS},

    /* libc: files, locks, clocks */
    FAILS(open, EMFILE), FAILS(open64, EMFILE), FAILS(__open_2, EMFILE),
    FAILS(__open64_2, EMFILE),
    {"close", SYSTEM, -1, EIO, CLOSES},
    FAILS(read, EIO), FAILS(__read_chk, EIO), FAILS(write, ENOSPC),
    FAILS(fstat, EOVERFLOW), FAILS(fstat64, EOVERFLOW),
    FAILS(fcntl, EMFILE), FAILS(fcntl64, EMFILE), FAILS(readlink, ENOENT),
    FAILS(faccessat, EACCES), FAILS(fchmod, EPERM), GIVES(isatty, 0),
    FAILS(snprintf, ENOMEM), FAILS(__snprintf_chk, ENOMEM),
    FAILS(vsnprintf, ENOMEM), FAILS(__vsnprintf_chk, ENOMEM),
    FAILS(sscanf, ENOMEM), FAILS(__isoc99_sscanf, ENOMEM),
    FAILS(__isoc23_sscanf, ENOMEM),
    FAILS(mlock, ENOMEM), FAILS(madvise, EINVAL), FAILS(sysconf, EINVAL),
    FAILS(getrandom, ENOSYS), FAILS(clock_gettime, EINVAL),
    FAILS(nanosleep, EINTR), FAILS(time, EOVERFLOW), FAILS(timegm, EOVERFLOW),
    GIVES(gmtime_r, 0), GIVES(strftime, 0),
    FAILS(sigpending, EINVAL), FAILS(sigtimedwait, EAGAIN),
    GIVES(pthread_sigmask, EINVAL),
    LOCK(pthread_mutex_init), LOCK(pthread_cond_init),
    GIVES(pthread_condattr_init, ENOMEM),
    GIVES(pthread_condattr_setclock, EINVAL),
    GIVES(pthread_cond_timedwait, ETIMEDOUT),

    /* libc: the same where a time_t of 64 bits is not the platform's own */
    FAILS(__fstat64_time64, EOVERFLOW), FAILS(__fcntl_time64, EMFILE),
    FAILS(__clock_gettime64, EINVAL), FAILS(__nanosleep64, EINTR),
    FAILS(__time64, EOVERFLOW), FAILS(__timegm64, EOVERFLOW),
    GIVES(__gmtime64_r, 0), FAILS(__sigtimedwait64, EAGAIN),
    GIVES(__pthread_cond_timedwait64, ETIMEDOUT),
    FAILS(__fstatat64_time64, ENOMEM), FAILS(__getsockopt64, ENOBUFS),

    /* libc: revocation lists and responders */
    FAILS(connect, ECONNREFUSED), FAILS(dirfd, EINVAL),
    FAILS(fstatat64, ENOMEM), FAILS(fstatat, ENOMEM), GIVES(getaddrinfo, -10),
    FAILS(getsockopt, ENOBUFS),
    FAILS(openat64, EMFILE), FAILS(openat, EMFILE), GIVES(opendir, 0),
    FAILS(poll, ENOMEM), GIVES(readdir64, 0), GIVES(readdir, 0),
    {"realloc", MEMORY, 0, ENOMEM, GROWS_BLOCK}, FAILS(recv, ECONNRESET),
    FAILS(send, ECONNRESET), FAILS(socket, EMFILE),

    /* libc: what has no way to fail, for what it is given here */
    CANNOT(_ITM_deregisterTMCloneTable), CANNOT(_ITM_registerTMCloneTable),
    CANNOT(__cxa_finalize), CANNOT(__gmon_start__), CANNOT(__errno_location),
    CANNOT(__stack_chk_fail), CANNOT(__tls_get_addr), CANNOT(___tls_get_addr),
    CANNOT(explicit_bzero), CANNOT(__explicit_bzero_chk),
    CANNOT(memchr), CANNOT(memcmp), CANNOT(bcmp), CANNOT(memcpy),
    CANNOT(__memcpy_chk), CANNOT(memmove), CANNOT(__memmove_chk),
    CANNOT(memset), CANNOT(__memset_chk),
    CANNOT(strchr), CANNOT(strcmp), CANNOT(strcat), CANNOT(strcpy),
    CANNOT(strsep),
    CANNOT(stpcpy), CANNOT(__strcpy_chk),
    CANNOT(strcspn), CANNOT(strlen), CANNOT(strncmp), CANNOT(strnlen),
    CANNOT(strpbrk), CANNOT(strrchr), CANNOT(strspn),
    CANNOT(strerror), CANNOT(strerror_r), CANNOT(__xpg_strerror_r),
    CANNOT(getauxval), CANNOT(secure_getenv), CANNOT(getpid),
    CANNOT(getegid), CANNOT(geteuid),
    CANNOT(sched_yield), CANNOT(syslog), CANNOT(__syslog_chk),
    CANNOT(sigaddset), CANNOT(sigemptyset), CANNOT(sigismember),
    CANNOT(pthread_mutex_lock), CANNOT(pthread_mutex_unlock),
    CANNOT(pthread_mutex_destroy), CANNOT(pthread_cond_broadcast),
    CANNOT(pthread_cond_destroy), CANNOT(pthread_cond_wait),
    CANNOT(pthread_condattr_destroy),
    CANNOT(pthread_setcancelstate), CANNOT(pthread_testcancel),
    CANNOT(__pthread_register_cancel), CANNOT(__pthread_unregister_cancel),
    CANNOT(__pthread_unwind_next), CANNOT(__sigsetjmp),
    GIVES(dladdr, 0), GIVES(dlopen, 0), FAILS(dlclose, EINVAL),

    CARD(SCardEstablishContext), CARD(SCardReleaseContext),
    CARD(SCardListReaders), CARD(SCardGetStatusChange), CARD(SCardConnect),
    CARD(SCardReconnect), CARD(SCardDisconnect), CARD(SCardBeginTransaction),
    CARD(SCardEndTransaction), CARD(SCardTransmit), CARD(SCardCancel),
    CARD(SCardStatus), CARD(SCardControl),
    CANNOT(g_rgSCardT0Pci), CANNOT(g_rgSCardT1Pci),

    NOTHING(ASN1_INTEGER_to_BN), NOTHING(ASN1_OCTET_STRING_new),
    NOTHING(ASN1_OCTET_STRING_set), NOTHING(ASN1_TIME_to_tm),
    NOTHING(BN_bin2bn), NOTHING(ECDSA_SIG_new), NOTHING(ECDSA_SIG_set0),
    NOTHING(ASN1_item_d2i_ex), MINUS(BN_bn2bin), NOTHING(CRYPTO_malloc),
    NOTHING(BN_bn2hex), NOTHING(CRYPTO_strdup), NOTHING(EVP_DigestFinal_ex),
    NOTHING(EVP_DigestInit_ex2), NOTHING(EVP_DigestUpdate),
    NOTHING(EVP_MD_CTX_new), NOTHING(EVP_MD_fetch),
    NOTHING(EVP_PKEY_CTX_new_from_pkey), MINUS(EVP_PKEY_CTX_set_rsa_mgf1_md),
    MINUS(EVP_PKEY_CTX_set_rsa_padding),
    MINUS(EVP_PKEY_CTX_set_rsa_pss_saltlen),
    MINUS(EVP_PKEY_CTX_set_signature_md), NOTHING(EVP_PKEY_get_bits),
    NOTHING(EVP_PKEY_get_bn_param), MINUS(EVP_PKEY_verify),
    MINUS(EVP_PKEY_verify_init), NOTHING(OBJ_find_sigid_algs),
    NOTHING(OPENSSL_init_crypto),
    NOTHING(OSSL_LIB_CTX_new), NOTHING(OSSL_PROVIDER_load),
    NOTHING(OSSL_PROVIDER_unload), NOTHING(X509_NAME_get0_der),
    NOTHING(X509_PUBKEY_get0_param), NOTHING(X509_get0_pubkey),
    NOTHING(X509V3_get_d2i), NOTHING(X509_get_ext_d2i), NOTHING(X509_new_ex),
    NOTHING(d2i_PUBKEY_ex), MINUS(X509_verify),
    MINUS(i2d_ASN1_INTEGER), MINUS(i2d_ASN1_OBJECT),
    MINUS(i2d_ASN1_OCTET_STRING), MINUS(i2d_ECDSA_SIG), MINUS(i2d_X509_PUBKEY),

    /* OpenSSL: the signing policy */
    MINUS(BIO_write), MINUS(OBJ_obj2txt), NOTHING(OSSL_HTTP_REQ_CTX_new),
    NOTHING(OSSL_HTTP_REQ_CTX_set_expected),
    NOTHING(OSSL_HTTP_REQ_CTX_set_request_line),
    NOTHING(ASN1_item_d2i), MINUS(ASN1_INTEGER_get), MINUS(X509_ALGOR_cmp),
    NOTHING(ASN1_item_verify_ex),

    NOTHING(BIO_new), NOTHING(BIO_new_mem_buf),

    NOTHING(OCSP_REQUEST_new), NOTHING(OCSP_cert_to_id),
    NOTHING(OCSP_request_add0_id), NOTHING(OCSP_request_add1_nonce),
    NOTHING(OCSP_response_get1_basic),
    NOTHING(OSSL_HTTP_REQ_CTX_add1_header),
    NOTHING(OSSL_HTTP_REQ_CTX_nbio_d2i), NOTHING(OSSL_HTTP_REQ_CTX_set1_req),
    NOTHING(OSSL_HTTP_parse_url), NOTHING(PEM_read_bio),
    NOTHING(RAND_bytes_ex), NOTHING(X509_REVOKED_get_ext_d2i),
    NOTHING(X509_get1_ocsp),

    NOTHING(d2i_X509_REVOKED), NOTHING(i2d_X509),

    CANNOT(BIO_ctrl), CANNOT(BIO_f_buffer), CANNOT(BIO_push), CANNOT(BIO_s_mem),
    CANNOT(ASN1_BIT_STRING_it), CANNOT(ASN1_INTEGER_it),
    CANNOT(ASN1_SEQUENCE_it), CANNOT(ASN1_TIME_it), CANNOT(ASN1_get_object),
    CANNOT(ASN1_item_free), CANNOT(X509_ALGOR_it),
    CANNOT(X509_EXTENSION_get_critical), CANNOT(X509_EXTENSION_get_object),
    CANNOT(X509_EXTENSION_it), CANNOT(X509_get0_extensions),
    CANNOT(X509_get0_tbs_sigalg),
    CANNOT(ASN1_ENUMERATED_free), CANNOT(ASN1_ENUMERATED_get),
    CANNOT(BASIC_CONSTRAINTS_free), CANNOT(BIO_free), CANNOT(BIO_free_all),

    CANNOT(CERTIFICATEPOLICIES_free), CANNOT(CRL_DIST_POINTS_free),
    CANNOT(ERR_peek_last_error), CANNOT(EXTENDED_KEY_USAGE_free),
    CANNOT(GENERAL_NAMES_free), CANNOT(GENERAL_NAME_cmp),
    CANNOT(ISSUING_DIST_POINT_free),
    CANNOT(OBJ_obj2nid), CANNOT(OCSP_BASICRESP_free),
    CANNOT(OCSP_CERTID_free), CANNOT(OCSP_REQUEST_free),
    CANNOT(OCSP_REQUEST_it), CANNOT(OCSP_RESPDATA_it),
    CANNOT(OCSP_RESPONSE_free), CANNOT(OCSP_RESPONSE_it),
    CANNOT(OCSP_check_nonce), CANNOT(OCSP_resp_find), CANNOT(OCSP_resp_get0),
    CANNOT(OCSP_resp_get0_certs), CANNOT(OCSP_resp_get0_respdata),
    CANNOT(OCSP_resp_get0_signature), CANNOT(OCSP_resp_get0_tbs_sigalg),
    CANNOT(OCSP_response_status), CANNOT(OCSP_single_get0_status),
    CANNOT(OPENSSL_sk_num), CANNOT(OPENSSL_sk_value),
    CANNOT(OSSL_HTTP_REQ_CTX_free),
    CANNOT(OSSL_HTTP_REQ_CTX_set_max_response_length),
    CANNOT(X509_ALGOR_get0),
    CANNOT(X509_REVOKED_free), CANNOT(X509_REVOKED_get0_revocationDate),
    CANNOT(X509_email_free), CANNOT(rewinddir), CANNOT(ECDSA_SIG_free), CANNOT(closedir), CANNOT(freeaddrinfo),
    CANNOT(qsort), CANNOT(strncasecmp),

    CANNOT(ASN1_BIT_STRING_free), CANNOT(ASN1_BIT_STRING_get_bit),
    CANNOT(ASN1_OCTET_STRING_free), CANNOT(ASN1_STRING_get0_data),
    CANNOT(ASN1_STRING_length),
    CANNOT(AUTHORITY_KEYID_free), CANNOT(BN_free), CANNOT(BN_is_zero),
    CANNOT(BN_num_bits), CANNOT(ERR_pop_to_mark), CANNOT(ERR_set_mark), CANNOT(CRYPTO_free), CANNOT(EVP_MD_CTX_free),
    CANNOT(EVP_MD_free), CANNOT(EVP_PKEY_CTX_free), CANNOT(EVP_PKEY_free), CANNOT(EVP_sha256),
    CANNOT(OBJ_cmp), CANNOT(OBJ_nid2obj),
    CANNOT(BN_clear_free), CANNOT(CRYPTO_clear_free), CANNOT(OPENSSL_cleanse),
    CANNOT(X509_EXTENSION_get_data), CANNOT(X509_get_ext),
    CANNOT(X509_get_ext_count),
    CANNOT(OSSL_LIB_CTX_free), CANNOT(X509_free), CANNOT(X509_get0_notAfter),
    CANNOT(X509_get0_notBefore), CANNOT(X509_get0_pubkey_bitstr),
    CANNOT(X509_get0_serialNumber), CANNOT(X509_get_X509_PUBKEY),
    CANNOT(X509_get_issuer_name),
    CANNOT(X509_get_subject_name), CANNOT(X509_it),
};
/* clang-format on */

const size_t imports_count = sizeof imports / sizeof *imports;

int import_find(const char *name)
{
    static const char *const runtimes[] = {"__asan_", "__ubsan_",
        "__sanitizer_", "__tsan_", "__sancov_", "__gcov"};
    size_t i;

    for (i = 0; i < sizeof runtimes / sizeof *runtimes; i++)
        if (strncmp(name, runtimes[i], strlen(runtimes[i])) == 0)
            return -1;
    for (i = 0; i < imports_count; i++)
        if (strcmp(name, imports[i].name) == 0)
            return (int)i;
    return -2;
}
