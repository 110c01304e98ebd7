/* tls_reason.c - see tls_reason.h. */
#include "frame/tls_reason.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

static const char *reason_of_verifying(long result)
{
    switch (result) {
    case X509_V_ERR_APPLICATION_VERIFICATION:
        return "the server's key is not the one that was pinned";
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "the server's certificate has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "the server's certificate is not valid yet: is this machine's clock right?";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "the server's certificate is for another name";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return "the server's certificate is from an issuer that is not trusted here";
    default:
        return "the server's certificate is not valid";
    }
}

static const char *reason_of_error(int reason)
{
    switch (reason) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        return "the peer and we have no version of TLS in common; 1.2 or 1.3 is needed";
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
        return "the peer and we have no cipher of TLS in common";
    case SSL_R_HTTP_REQUEST:
    case SSL_R_WRONG_VERSION_NUMBER:
        return "the peer does not speak TLS";
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        return "the peer does not trust the server's certificate";
    default:
        return reason >= SSL_AD_REASON_OFFSET ? "the peer ended the connection with a TLS alert"
                                              : "the peer broke the rules of TLS";
    }
}

/* Only a client verifies a certificate. */
const char *cw_tls_reason(const SSL *ssl)
{
    long verified = SSL_get_verify_result(ssl);
    return verified != X509_V_OK ? reason_of_verifying(verified)
                                 : reason_of_error(ERR_GET_REASON(ERR_peek_error()));
}
