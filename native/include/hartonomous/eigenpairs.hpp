// The largest eigenpairs of a graph's normalised adjacency by subspace iteration with Chebyshev
// filters (Rutishauser 1970; Zhou, Saad, Tiago and Chelikowsky 2006).
#pragma once

#include <cstddef>

#include "hartonomous/adjacency.hpp"

namespace hartonomous {

// Of a block of eight, so many pairs converge and two help them.
constexpr std::size_t kMostPairs = 6;

// Where the result goes: `count` values, descending, and rows x count columns of norm 1.
struct Eigenpairs {
  double* values;
  double* vectors;
  std::size_t count;
};

struct Convergence {
  bool reached;
  double residual;       // largest norm of S v - value v
  std::size_t products;  // of S with a block, in float and in double
};

// The pairs beside the trivial one; a multiple eigenvalue comes as often as it is there. Needs a
// connected graph of more than eight rows and 1 <= count <= kMostPairs. The watch is called between
// products and may throw.
Convergence leading_eigenpairs(const Graph& graph, const Eigenpairs& out, double tolerance,
                               std::size_t threads, const Watch& watch);

}  // namespace hartonomous
