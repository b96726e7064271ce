/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_CANCEL_H
#define PKCS11_CANCEL_H

/*
 * Thread cancellation. A thread that ended in the middle of a call would leave
 * locks held, the card verified and its transaction open, so each entry defers
 * a pthread_cancel to its own end. There it takes effect, because a host may
 * have no other cancellation point in its loop.
 */

/* Returns the host's cancellation state, for cancel_restore. */
int cancel_defer(void);
/*
 * Restores STATE. Where that allows it, a pending pthread_cancel ends the
 * thread here: no lock held, no call counted in.
 */
void cancel_restore(int state);

/*
 * Lets a pending pthread_cancel end the thread in the middle of a call, where
 * STATE, the host's own, allows it; CLEAN_UP is called first, in that thread.
 * Else cancellation is deferred again when it returns. No lock held.
 */
void cancel_test(int state, void (*clean_up)(void));

#endif
