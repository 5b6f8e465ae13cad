#include "hartonomous/top_k.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "hartonomous/sizes.hpp"

namespace hartonomous {
namespace {

// Rows are pruned when they are this far over k: seldom enough to be cheap, often enough to keep
// the thresholds tight.
std::size_t slack(std::size_t k) { return std::max<std::size_t>(16, k / 2); }

}  // namespace

TopK::TopK(std::size_t rows, std::size_t k)
    : k_(k),
      capacity_(k + slack(k)),
      ranks_(new std::uint64_t[product(rows, capacity_)]),
      counts_(rows, 0),
      floors_(rows, 0),
      thresholds_(rows, -std::numeric_limits<float>::infinity()) {}

void TopK::keep(std::size_t row, std::uint64_t rank) {
  ranks(row)[counts_[row]++] = rank;
  if (counts_[row] == capacity_) prune(row);
}

void TopK::prune(std::size_t row) {
  std::uint64_t* first = ranks(row);
  select_greatest(first, k_ - 1, counts_[row]);
  counts_[row] = static_cast<std::uint32_t>(k_);
  floors_[row] = first[k_ - 1];
  thresholds_[row] = score_of(first[k_ - 1]);
}

void TopK::finish(std::size_t row, std::int32_t* indices, float* scores) {
  if (counts_[row] > k_) prune(row);
  std::uint64_t* first = ranks(row);
  const std::size_t known = counts_[row];
  std::sort(first, first + known, std::greater<>());
  std::transform(first, first + known, indices,
                 [](std::uint64_t rank) { return static_cast<std::int32_t>(index_of(rank)); });
  std::transform(first, first + known, scores, score_of);
  std::fill(indices + known, indices + k_, -1);
  std::fill(scores + known, scores + k_, -std::numeric_limits<float>::infinity());
}

}  // namespace hartonomous
