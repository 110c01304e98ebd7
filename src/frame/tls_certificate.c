/* tls_certificate.c - see tls_certificate.h. */
#include "frame/tls_certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "frame/tls_internal.h"

/* Bits of a serial number: RFC 5280 4.1.2.2 allows 20 octets, positive. */
#define SERIAL_BITS 127

/* --- names ------------------------------------------------------------------------------- */

static bool is_host_name(const char *name)
{
    for (const char *c = name; *c != 0; c++)
        if (*c <= ' ' || *c > '~')
            return false;
    return *name != 0;
}

/* Converts a name for subjectAltName; NULL: it is neither an address nor a host name. */
static GENERAL_NAME *general_name(const char *name)
{
    ASN1_OCTET_STRING *address = a2i_IPADDRESS(name);
    GENERAL_NAME *general = GENERAL_NAME_new();
    ASN1_IA5STRING *text = address == NULL && is_host_name(name) ? ASN1_IA5STRING_new() : NULL;
    if (general != NULL && address != NULL) {
        GENERAL_NAME_set0_value(general, GEN_IPADD, address);
        return general;
    }
    if (general != NULL && text != NULL && ASN1_STRING_set(text, name, -1) == 1) {
        GENERAL_NAME_set0_value(general, GEN_DNS, text);
        return general;
    }
    GENERAL_NAME_free(general);
    ASN1_OCTET_STRING_free(address);
    ASN1_IA5STRING_free(text);
    return NULL;
}

static bool add_names(X509 *certificate, const char *const names[], size_t count)
{
    GENERAL_NAMES *all = GENERAL_NAMES_new();
    bool good = all != NULL && count != 0;
    for (size_t i = 0; i < count && good; i++) {
        GENERAL_NAME *name = general_name(names[i]);
        good = name != NULL && sk_GENERAL_NAME_push(all, name) > 0;
    }
    good = good && X509_add1_ext_i2d(certificate, NID_subject_alt_name, all, 0, 0) == 1;
    GENERAL_NAMES_free(all);
    return good;
}

/* --- the certificate ------------------------------------------------------------------------ */

static bool add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    bool good = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return good;
}

static bool set_serial(X509 *certificate)
{
    BIGNUM *serial = BN_new();
    bool good = serial != NULL &&
                BN_rand(serial, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
                BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate)) != NULL;
    BN_free(serial);
    return good;
}

static bool set_dates(X509 *certificate, int64_t not_before_s, int64_t not_after_s)
{
    return ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)not_before_s) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)not_after_s) != NULL;
}

static bool set_subject(X509 *certificate)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const uint8_t *)"Chinwag", -1,
                                      -1, 0) == 1 &&
           X509_set_issuer_name(certificate, subject) == 1;
}

static bool fill(X509 *certificate, const char *const names[], size_t count, EVP_PKEY *key)
{
    return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
           set_subject(certificate) && X509_set_pubkey(certificate, key) == 1 &&
           add_names(certificate, names, count) &&
           add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
           add_extension(certificate, NID_ext_key_usage, "serverAuth");
}

static bool append_text(BIO *written, struct cw_buf *to)
{
    const uint8_t *p = NULL;
    long n = BIO_get_mem_data(written, &p);
    if (n > 0)
        cw_buf_append(to, p, (size_t)n);
    return n > 0;
}

static bool append_certificate(X509 *certificate, struct cw_buf *to)
{
    BIO *writer = BIO_new(BIO_s_mem());
    bool good =
        writer != NULL && PEM_write_bio_X509(writer, certificate) == 1 && append_text(writer, to);
    BIO_free(writer);
    return good;
}

static bool append_key(EVP_PKEY *key, struct cw_buf *to)
{
    BIO *writer = BIO_new(BIO_s_secmem());
    bool good = writer != NULL &&
                PEM_write_bio_PrivateKey(writer, key, NULL, NULL, 0, NULL, NULL) == 1 &&
                append_text(writer, to);
    BIO_free(writer);
    return good;
}

/* The key in `text`, or a new one, which is appended there. NULL: the text is no key. */
static EVP_PKEY *key_for(struct cw_buf *text)
{
    bool has_passphrase;
    if (text->n != 0)
        return cw_tls_key_of(cw_buf_slice(text), &has_passphrase);
    EVP_PKEY *made = EVP_EC_gen("P-256");
    if (made != NULL && append_key(made, text))
        return made;
    EVP_PKEY_free(made);
    return NULL;
}

bool cw_tls_self_signed(const char *const names[], size_t count, int64_t not_before_s,
                        int64_t not_after_s, struct cw_buf *certificate, struct cw_buf *key)
{
    size_t before = key->n;
    EVP_PKEY *pair = key_for(key);
    X509 *made = X509_new();
    bool good = pair != NULL && made != NULL && set_dates(made, not_before_s, not_after_s) &&
                fill(made, names, count, pair) && X509_sign(made, pair, EVP_sha256()) > 0 &&
                append_certificate(made, certificate);
    if (!good)
        key->n = before;
    X509_free(made);
    EVP_PKEY_free(pair);
    ERR_clear_error();
    return good;
}

/* --- what is there already ------------------------------------------------------------------ */

bool cw_tls_key_is_good(struct cw_slice key)
{
    bool has_passphrase;
    EVP_PKEY *read = cw_tls_key_of(key, &has_passphrase);
    EVP_PKEY_free(read);
    ERR_clear_error();
    return read != NULL;
}

static bool is_for(X509 *certificate, const char *name)
{
    return X509_check_ip_asc(certificate, name, 0) == 1 ||
           X509_check_host(certificate, name, 0, 0, NULL) == 1;
}

static bool is_for_all(X509 *certificate, const char *const names[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_for(certificate, names[i]))
            return false;
    return true;
}

static bool end_of(const X509 *certificate, int64_t *until_s)
{
    int days, seconds;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    bool good = epoch != NULL &&
                ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(certificate)) == 1;
    if (good)
        *until_s = (int64_t)days * (24 * 3600) + seconds;
    ASN1_TIME_free(epoch);
    return good;
}

bool cw_tls_certificate_fits(struct cw_slice certificate, struct cw_slice key,
                             const char *const names[], size_t count, int64_t *until_s)
{
    bool has_passphrase;
    ERR_clear_error();
    STACK_OF(X509) *all = cw_tls_certificates_of(certificate);
    EVP_PKEY *pair = cw_tls_key_of(key, &has_passphrase);
    X509 *own = all == NULL ? NULL : sk_X509_value(all, 0);
    bool fits = own != NULL && pair != NULL && X509_check_private_key(own, pair) == 1 &&
                is_for_all(own, names, count) && end_of(own, until_s);
    sk_X509_pop_free(all, X509_free);
    EVP_PKEY_free(pair);
    ERR_clear_error();
    return fits;
}
