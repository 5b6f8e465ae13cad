// Exact k-nearest-neighbour joins by inner product.
//
// Scores are computed tile by tile, each tile by one single-threaded sgemm of a shape that depends
// on the input's shape alone, and ranked by (score, index); so the result is the same to the last
// bit for any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>

#include "hartonomous/matrix.hpp"
#include "hartonomous/workers.hpp"

namespace hartonomous {

// Where the result goes: rows x k each, best first.
struct Neighbors {
  std::int32_t* indices;
  float* scores;
  std::size_t k;
};

constexpr std::ptrdiff_t kKeepAll = -1;

// For each query the k keys of greatest inner product. With first_self >= 0, query i never gets key
// first_self + i, which is itself. Needs 1 <= k <= number of keys a query may get.
void knn_join(Matrix queries, Matrix keys, std::ptrdiff_t first_self, const Neighbors& out,
              std::size_t threads, const Watch& watch);

// For each row its k nearest other rows; every pair is scored once and serves both its rows.
void knn_self_join(Matrix rows, const Neighbors& out, std::size_t threads, const Watch& watch);

}  // namespace hartonomous
