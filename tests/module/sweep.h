/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_SWEEP_H
#define TESTS_MODULE_SWEEP_H

#include "tests/module/support.h"
#include "tests/vcard/persona.h"

/*
 * Faults, scenarios, and what has to hold for each fault at each command of
 * each scenario.
 */

/* What a fault can make true of what the module is told. */
enum fault_kind {
    FAULT_LINK, /* the command or its answer was lost: nothing was said */
    FAULT_CARD, /* the card is gone, or was reset */
    FAULT_SICK, /* the card says that something went wrong in it */
    FAULT_WORD, /* the card says something else than it should */
    FAULT_BODY, /* and it may be taken for what it should */
};

struct fault {
    enum vfault how;
    uint32_t value;
    enum fault_kind kind;
};

extern const struct fault sweep_faults[];
extern const size_t sweep_fault_count;

/* True when FAULT loses a command or its answer, and the card stays. */
bool sweep_loses_answer(const struct fault *fault);
/* True when that says nothing of reader or service: a shaky connection. */
bool sweep_is_transient(const struct fault *fault);
/* True when FAULT takes another card into the reader, or none. */
bool sweep_moves_card(const struct fault *fault);
/* True when FUNCTION may answer RV after FAULT befell it. */
bool sweep_allows(const struct fault *fault, const char *function, CK_RV rv);

/* What a scenario works on. */
struct sweep_stage {
    int reader;
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    unsigned card;      /* the number of the card of FOLDER */
    bool is_second;     /* a session was opened on another one */
    bool bodies_change; /* by the faults that are planned */
    CK_SESSION_HANDLE session, other;
    CK_OBJECT_HANDLE key;
    const char *function; /* the last one called, */
    double seconds;       /* how long the slowest took */
    const char *slowest;  /* and its name */
};

extern struct sweep_stage stage;

/* CALL, with its name and time on the stage. */
#define STEP(function, ...) \
    (sweep_begin(#function), sweep_end(CALL(function, __VA_ARGS__)))

void sweep_begin(const char *function);
CK_RV sweep_end(CK_RV rv);

/*
 * PREPARE on a healthy card, then RUN while something fails. Both end with the
 * first answer that is not CKR_OK, that of stage.function. What is handed out
 * on the way, signatures and certificates, is compared there and then.
 */
struct scenario {
    const char *name;
    const char *persona, *conf;
    int role;
    CK_RV (*prepare)(int role);
    CK_RV (*run)(int role);
    CK_RV healthy;        /* RUN's answer when nothing fails */
    unsigned verifies[2]; /* most that RUN may send, */
    unsigned wrong[2];    /* of those with a wrong PIN, */
    unsigned changes[2];  /* and changes of a PIN */
};

extern const struct scenario sweep_scenarios[];
extern const size_t sweep_scenario_count;

/* A fresh session, logged in by the PIN that C_SetPIN left on the card. */
CK_RV sweep_login_changed(int role);

#define SWEEP_CERT_MAX 3072

/* The certificate as it is on the card of stage.folder, or on its twin. */
size_t sweep_cert(int role, bool of_twin, uint8_t ret_der[SWEEP_CERT_MAX]);
/* The folder of that twin, and which persona it shall be (at first: twin). */
const char *sweep_twin(void);
void sweep_choose_twin(const char *persona);

/* Starts the module for SCENARIO; ends it, which C_Finalize must allow. */
void sweep_open(const struct scenario *scenario);
void sweep_close(void);
/* Test tear-down: names the case in which the test failed, if it did. */
int sweep_stop(void **state);

/* Takes out what lies there and puts the stage's card in, as issued. */
void sweep_renew_card(void);

/* How many commands RUN sends when nothing fails. */
unsigned sweep_count(const struct scenario *scenario);

struct sweep_plan {
    const struct fault *fault;
    unsigned at;
    bool for_good;
};

/*
 * Called while a command hangs; the scenario runs in a thread of its own then.
 * stage.session is one that is open, or CK_INVALID_HANDLE.
 */
extern void (*sweep_while_stalled)(void);

/*
 * One case: prepares, runs with COUNT plans, and fails the test unless
 *  - the answer is one that the function may give after such faults,
 *  - no card was sent more PINs than SCENARIO may, but for one more VERIFY of
 *    each that lost its answer, nor more wrong ones, nor a card that the
 * session was not opened on any,
 *  - one answer that was lost, and is no answer to a change of a PIN, changes
 *    nothing: the scenario ends as it does without,
 *  - the scenario works again: with the card left in where the card never said
 *    anything untrue, and once it was taken out and put back in any case.
 */
void sweep_case(const struct scenario *scenario, const struct sweep_plan *plans,
    size_t count);

#endif
