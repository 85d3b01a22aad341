// The walk of eight neighbouring points through a tree (tree_potential.h).
//
// They go together through the nodes that any of them opens; each takes part where it would be alone, and its terms come
// in its own order, so the bits are those of eight walks.

#ifndef HALOMPI_TREE_LOOPS_H
#define HALOMPI_TREE_LOOPS_H

#include <stddef.h>
#include <stdint.h>

#include "dispatch/doubles.h"
#include "tree_potential.h"

#pragma clang fp contract(off)

WIDE_DOUBLES_BEGIN

/// The term of a mass at a separation, where a lane takes part.
INLINE doubles potential_term(longs takes_part, double mass, doubles square, double squared_softening) {
  const doubles term = mass / __builtin_elementwise_sqrt(square + squared_softening);
  return takes_part ? term : (doubles)(0.0);
}

INLINE doubles squared_separation(const double *from, doubles x, doubles y, doubles z) {
  const doubles u = from[0] - x, v = from[1] - y, w = from[2] - z;
  return u * u + v * v + w * w;
}

static void tree_potentials(
    const halompi_tree_node *nodes, size_t node_count, const double *points, size_t point_count, double squared_angle,
    double squared_softening, double *potentials) {
  for (size_t start = 0; start < point_count; start += DOUBLE_LANES) {
    const size_t lanes = point_count - start < DOUBLE_LANES ? point_count - start : DOUBLE_LANES;
    doubles x = (doubles)(0.0), y = x, z = x, sum = x;
    // The point of each lane, and the node from which on it takes part; lanes without a point never do.
    longs point = (longs)(-1), from = (longs)(int64_t)node_count;
    for (size_t lane = 0; lane < lanes; lane++) {
      const double *p = points + 3 * (start + lane);
      x[lane] = p[0], y[lane] = p[1], z[lane] = p[2];
      point[lane] = (int64_t)(start + lane), from[lane] = 0;
    }
    for (int64_t index = 0; index < (int64_t)node_count;) {
      const halompi_tree_node *node = nodes + index;
      const doubles square = squared_separation(&node->x, x, y, z);
      const longs active = from <= index, is_far = node->squared_side < squared_angle * square;
      const longs whole = active & is_far, opens = active & ~is_far;
      sum -= potential_term(whole, node->mass, square, squared_softening);
      from = whole ? (longs)(int64_t)node->next : from;
      if (__builtin_reduce_or(opens) == 0) {
        index = node->next;
      } else if (node->is_leaf) {
        for (int64_t other = node->first; other < node->end; other++)
          sum -= potential_term(
              opens & (point != other), 1, squared_separation(points + 3 * other, x, y, z), squared_softening);
        index = node->next;
      } else {
        index++;
      }
    }
    for (size_t lane = 0; lane < lanes; lane++) potentials[start + lane] = sum[lane];
  }
}

WIDE_DOUBLES_END

#endif
