/* Lets one rank's share in a sum fail, from when a file is there on, as a broken network does.
 *
 *   mpicc -shared -fPIC -o failing_sum.so failing_sum.c
 *   mpirun -x LD_PRELOAD=$PWD/failing_sum.so -x HALOMPI_FAULT_RANK=1 -x HALOMPI_FAULT_FILE=$PWD/fault -n 3 \
 *     halompi train experiment.yaml
 */
#include <mpi.h>
#include <stdlib.h>
#include <unistd.h>

int MPI_Iallreduce(const void *data, void *sum, int count, MPI_Datatype type, MPI_Op operation, MPI_Comm ranks,
                   MPI_Request *request) {
  const char *victim = getenv("HALOMPI_FAULT_RANK");
  const char *file = getenv("HALOMPI_FAULT_FILE");
  int rank = 0;
  PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (victim != NULL && file != NULL && rank == atoi(victim) && access(file, F_OK) == 0) return MPI_ERR_OTHER;
  return PMPI_Iallreduce(data, sum, count, type, operation, ranks, request);
}
