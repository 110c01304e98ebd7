/* client_phase.h - where the connection of a client stands. */
#ifndef CW_CLIENT_CLIENT_PHASE_H
#define CW_CLIENT_CLIENT_PHASE_H

enum cw_client_state {
    CW_CLIENT_WAITING,    /* the transport is to be closed */
    CW_CLIENT_CONNECTING, /* ... to be opened */
    CW_CLIENT_HANDSHAKE,  /* ... is open */
    CW_CLIENT_UP          /* ... is open, and messages may flow */
};

#endif
