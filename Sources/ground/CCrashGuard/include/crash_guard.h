// A sentence in the place of a crash within calls of a library that trusts its files.

#ifndef HALOMPI_CRASH_GUARD_H
#define HALOMPI_CRASH_GUARD_H

/// Has crashes within guarded calls end the process with a sentence and an exit code; others stay what they are.
///
/// - `prefix`: what the sentence begins with.
/// - `code`: the exit code.
void crashguard_start(const char *prefix, int code);

/// Returns whether `crashguard_start` was called.
int crashguard_is_started(void);

/// Guards what the calling thread does from here on.
///
/// - `operation`: what it does, for the sentence; copied. Within a call that is guarded already it is not used.
///
/// One thread at a time, as long as the library is called by one at a time.
void crashguard_enter(const char *operation);

/// Ends what `crashguard_enter` began.
void crashguard_leave(void);

#endif
