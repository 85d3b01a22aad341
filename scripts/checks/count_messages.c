/* Counts the messages that a program hands to MPI, through the profiling interface (MPI-3.1, section 14.2).
 *
 *   mpicc -shared -fPIC -o count_messages.so count_messages.c
 *   mpirun -x LD_PRELOAD=$PWD/count_messages.so -x HALOMPI_COUNTS=$PWD/counts -n 3 halompi train experiment.yaml
 *
 * Each rank writes HALOMPI_COUNTS.<rank> when it finalizes MPI: the number of messages it sent, their bytes, the
 * number of non-blocking sums it took part in, and what it gave to them in bytes.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

static long long messages, message_bytes, sums, sum_bytes;

static long long size_of(int count, MPI_Datatype type) {
  int size = 0;
  PMPI_Type_size(type, &size);
  return (long long)count * size;
}

int MPI_Send(const void *data, int count, MPI_Datatype type, int to, int tag, MPI_Comm ranks) {
  messages += 1;
  message_bytes += size_of(count, type);
  return PMPI_Send(data, count, type, to, tag, ranks);
}

int MPI_Isend(const void *data, int count, MPI_Datatype type, int to, int tag, MPI_Comm ranks,
              MPI_Request *request) {
  messages += 1;
  message_bytes += size_of(count, type);
  return PMPI_Isend(data, count, type, to, tag, ranks, request);
}

int MPI_Iallreduce(const void *data, void *sum, int count, MPI_Datatype type, MPI_Op operation, MPI_Comm ranks,
                   MPI_Request *request) {
  sums += 1;
  sum_bytes += size_of(count, type);
  return PMPI_Iallreduce(data, sum, count, type, operation, ranks, request);
}

int MPI_Finalize(void) {
  int rank = 0;
  char path[4096];
  const char *prefix = getenv("HALOMPI_COUNTS");
  PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (prefix != NULL) {
    snprintf(path, sizeof path, "%s.%d", prefix, rank);
    FILE *file = fopen(path, "w");
    if (file != NULL) {
      fprintf(file, "%lld %lld %lld %lld\n", messages, message_bytes, sums, sum_bytes);
      fclose(file);
    }
  }
  return PMPI_Finalize();
}
