#define _GNU_SOURCE

#include "crash_guard.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { LONGEST = 2048, STACK = 1 << 16 };

static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
enum { COUNT = sizeof signals / sizeof signals[0] };

static struct sigaction before[COUNT];
static char beginning[LONGEST];
static char doing[LONGEST];
static int exit_code;
static volatile int is_started;

// The handler asks which thread it is in by these.
static _Thread_local volatile int depth;
static _Thread_local char stack[STACK];
static _Thread_local int has_stack;

// Copies a text without what would steer a terminal; what is too long is cut off.
static void copy(char *target, const char *text) {
  size_t i = 0;
  for (; text[i] && i < LONGEST - 1; i++) {
    unsigned char c = (unsigned char)text[i];
    target[i] = c < 0x20 || c > 0x7e ? '?' : (char)c;
  }
  target[i] = 0;
}

static void say(const char *text) {
  size_t length = strlen(text);
  while (length > 0) {
    ssize_t written = write(STDERR_FILENO, text, length);
    if (written <= 0) return;
    text += written;
    length -= (size_t)written;
  }
}

// Calls nothing but what a handler of signals may.
static void handle(int signal) {
  if (depth > 0) {
    say(beginning);
    say("HDF5 ended while ");
    say(doing);
    say(": a file that it reads is damaged. Restore it from a copy, or make it again.\n");
    _exit(exit_code);
  }
  for (int i = 0; i < COUNT; i++) {
    if (signals[i] == signal) sigaction(signal, &before[i], NULL);
  }
  // A fault happens again on return; the call of abort() does not.
  if (signal == SIGABRT) raise(signal);
}

void crashguard_start(const char *prefix, int code) {
  if (is_started) return;
  copy(beginning, prefix);
  exit_code = code;
  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < COUNT; i++) sigaction(signals[i], &action, &before[i]);
  is_started = 1;
}

int crashguard_is_started(void) { return is_started; }

void crashguard_enter(const char *operation) {
  if (!has_stack) {
    // A stack that is full has no room for the handler.
    stack_t own = {.ss_sp = stack, .ss_size = STACK};
    stack_t old;
    if (sigaltstack(NULL, &old) == 0 && (old.ss_flags & SS_DISABLE)) sigaltstack(&own, NULL);
    has_stack = 1;
  }
  if (depth == 0) copy(doing, operation);
  depth++;
}

void crashguard_leave(void) { depth--; }
