/* client_phase.h - where the connection of a client stands, and what proves who the server is. */
#ifndef CW_CLIENT_CLIENT_PHASE_H
#define CW_CLIENT_CLIENT_PHASE_H

enum cw_client_state {
    CW_CLIENT_WAITING,    /* the transport is to be closed */
    CW_CLIENT_CONNECTING, /* ... to be opened */
    CW_CLIENT_HANDSHAKE,  /* ... is open */
    CW_CLIENT_UP          /* ... is open, and messages may flow */
};

/* What the handshake of a connection proves. */
enum cw_client_proof {
    CW_CLIENT_PROOF_NONE,  /* nothing: the connection does not leave this machine */
    CW_CLIENT_PROOF_CURVE, /* that the server has the key which was expected */
    CW_CLIENT_PROOF_TLS    /* ..., or a certificate that is trusted */
};

#endif
