// Places on a 3-sphere where neighbours are near: gradient descent of t-SNE's divergence (van der
// Maaten and Hinton 2008) kept to the sphere, with repulsion by a tree.
#pragma once

#include <cstddef>

#include "hartonomous/adjacency.hpp"
#include "hartonomous/point_tree.hpp"

namespace hartonomous {

struct LayoutSettings {
  std::size_t steps;
  float radius;   // of the sphere; the kernel's width is 1
  float opening;  // see PointTree::repulsion
};

// Moves `places`, rows x 4 of norm 1, in place. The graph's weights are symmetric and sum to 1. The
// same bits for any number of threads. The watch is told the share that is done and may throw.
void refine_layout(const Graph& attraction, const LayoutSettings& settings, double* places,
                   std::size_t threads, const Watch& watch);

}  // namespace hartonomous
