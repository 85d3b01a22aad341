/* Lets something befall one rank at one of its calls of MPI: the calls of the program and of HDF5 are counted.
 *
 *   mpicc -shared -fPIC -o fault_at_call.so fault_at_call.c -ldl -lpthread
 *   mpirun -x LD_PRELOAD=$PWD/fault_at_call.so -x HALOMPI_FAULT_RANK=1 -x HALOMPI_FAULT_CALL=40 \
 *     -x HALOMPI_FAULT_KIND=stop -n 3 halompi prepare experiment.yaml
 *
 * Kinds: `throw` (the call fails; the first one from there on that the program itself makes), `stop` and `kill` (the
 * signals, HALOMPI_FAULT_DELAY microseconds later), `pause` (makes the file HALOMPI_FAULT_FILE, and goes on when it
 * is gone), and `count` (at the end, the number of calls is written to the file).
 * The moment of the fault is noted in the file, for all kinds but `count`.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <mpi.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long calls = 0;
static int has_failed = 0;

static const char *setting(const char *name) {
  const char *text = getenv(name);
  return text != NULL ? text : "";
}

static void note(long number) {
  FILE *file = fopen(setting("HALOMPI_FAULT_FILE"), "w");
  if (file == NULL) return;
  fprintf(file, "%ld\n", number);
  fclose(file);
}

static void *signal_later(void *number) {
  usleep((useconds_t)atol(setting("HALOMPI_FAULT_DELAY")));
  kill(getpid(), (int)(long)number);
  return NULL;
}

static void send_later(long number) {
  pthread_t thread;
  note(calls);
  pthread_create(&thread, NULL, signal_later, (void *)number);
}

/* Whether the call fails; `caller` is the place it returns to. */
static int befalls(void *caller) {
  static int rank = -1;
  static const char *kind = "";
  static long chosen = 0;
  if (rank < 0) {
    PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
    kind = setting("HALOMPI_FAULT_KIND");
    chosen = atol(setting("HALOMPI_FAULT_CALL"));
  }
  if (rank != atoi(setting("HALOMPI_FAULT_RANK"))) return 0;
  calls += 1;
  if (strcmp(kind, "throw") == 0 && calls >= chosen && !has_failed) {
    Dl_info place;
    const char *end = "/halompi";
    if (dladdr(caller, &place) == 0 || place.dli_fname == NULL) return 0;
    size_t length = strlen(place.dli_fname);
    if (length < strlen(end) || strcmp(place.dli_fname + length - strlen(end), end) != 0) return 0;
    has_failed = 1;
    note(calls);
    return 1;
  }
  if (calls != chosen) return 0;
  if (strcmp(kind, "stop") == 0) send_later(SIGSTOP);
  if (strcmp(kind, "kill") == 0) send_later(SIGKILL);
  if (strcmp(kind, "pause") == 0) {
    note(calls);
    while (access(setting("HALOMPI_FAULT_FILE"), F_OK) == 0) usleep(1000);
  }
  return 0;
}

#define FAULTY(name, parameters, arguments)                        \
  int name parameters {                                            \
    if (befalls(__builtin_return_address(0))) return MPI_ERR_OTHER; \
    return P##name arguments;                                      \
  }

FAULTY(MPI_Barrier, (MPI_Comm c), (c))
FAULTY(MPI_Bcast, (void *b, int n, MPI_Datatype t, int r, MPI_Comm c), (b, n, t, r, c))
FAULTY(MPI_Allreduce, (const void *s, void *b, int n, MPI_Datatype t, MPI_Op o, MPI_Comm c), (s, b, n, t, o, c))
FAULTY(MPI_Exscan, (const void *s, void *b, int n, MPI_Datatype t, MPI_Op o, MPI_Comm c), (s, b, n, t, o, c))
FAULTY(MPI_Allgather, (const void *s, int n, MPI_Datatype t, void *b, int m, MPI_Datatype u, MPI_Comm c),
       (s, n, t, b, m, u, c))
FAULTY(MPI_Allgatherv,
       (const void *s, int n, MPI_Datatype t, void *b, const int *m, const int *d, MPI_Datatype u, MPI_Comm c),
       (s, n, t, b, m, d, u, c))
FAULTY(MPI_Gatherv,
       (const void *s, int n, MPI_Datatype t, void *b, const int *m, const int *d, MPI_Datatype u, int r, MPI_Comm c),
       (s, n, t, b, m, d, u, r, c))
FAULTY(MPI_Alltoall, (const void *s, int n, MPI_Datatype t, void *b, int m, MPI_Datatype u, MPI_Comm c),
       (s, n, t, b, m, u, c))
FAULTY(MPI_Alltoallv,
       (const void *s, const int *n, const int *d, MPI_Datatype t, void *b, const int *m, const int *e, MPI_Datatype u,
        MPI_Comm c),
       (s, n, d, t, b, m, e, u, c))
FAULTY(MPI_Send, (const void *s, int n, MPI_Datatype t, int r, int g, MPI_Comm c), (s, n, t, r, g, c))
FAULTY(MPI_Ibarrier, (MPI_Comm c, MPI_Request *q), (c, q))
FAULTY(MPI_Iallgatherv,
       (const void *s, int n, MPI_Datatype t, void *b, const int *m, const int *d, MPI_Datatype u, MPI_Comm c,
        MPI_Request *q),
       (s, n, t, b, m, d, u, c, q))
FAULTY(MPI_Ialltoallv,
       (const void *s, const int *n, const int *d, MPI_Datatype t, void *b, const int *m, const int *e, MPI_Datatype u,
        MPI_Comm c, MPI_Request *q),
       (s, n, d, t, b, m, e, u, c, q))

int MPI_Finalize(void) {
  int rank = -1;
  PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == atoi(setting("HALOMPI_FAULT_RANK")) && strcmp(setting("HALOMPI_FAULT_KIND"), "count") == 0) note(calls);
  return PMPI_Finalize();
}
