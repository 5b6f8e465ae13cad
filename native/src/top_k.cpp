#include "hartonomous/top_k.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>

namespace hartonomous {
namespace {

constexpr std::uint32_t kSignBit = 0x80000000U;

// Rows are pruned when they are this far over k: seldom enough to be cheap, often enough to keep
// the thresholds tight.
std::size_t slack(std::size_t k) { return std::max<std::size_t>(16, k / 2); }

float decode_score(std::uint64_t rank) {
  const auto ordered = static_cast<std::uint32_t>(rank >> 32);
  const std::uint32_t bits = (ordered & kSignBit) != 0 ? ordered ^ kSignBit : ~ordered;
  float score = 0;
  std::memcpy(&score, &bits, sizeof score);
  return score;
}

std::int32_t decode_index(std::uint64_t rank) {
  return static_cast<std::int32_t>(~static_cast<std::uint32_t>(rank));
}

}  // namespace

TopK::TopK(std::size_t rows, std::size_t k)
    : k_(k),
      capacity_(k + slack(k)),
      ranks_(new std::uint64_t[rows * capacity_]),
      counts_(rows, 0),
      floors_(rows, 0),
      thresholds_(rows, -std::numeric_limits<float>::infinity()) {}

void TopK::keep(std::size_t row, std::uint64_t rank) {
  ranks(row)[counts_[row]++] = rank;
  if (counts_[row] == capacity_) prune(row);
}

void TopK::prune(std::size_t row) {
  std::uint64_t* first = ranks(row);
  std::nth_element(first, first + k_ - 1, first + counts_[row], std::greater<>());
  counts_[row] = static_cast<std::uint32_t>(k_);
  floors_[row] = first[k_ - 1];
  thresholds_[row] = decode_score(first[k_ - 1]);
}

void TopK::finish(std::size_t row, std::int32_t* indices, float* scores) {
  std::uint64_t* first = ranks(row);
  const std::size_t known = std::min<std::size_t>(k_, counts_[row]);
  std::partial_sort(first, first + known, first + counts_[row], std::greater<>());
  std::transform(first, first + known, indices, decode_index);
  std::transform(first, first + known, scores, decode_score);
  std::fill(indices + known, indices + k_, -1);
  std::fill(scores + known, scores + k_, -std::numeric_limits<float>::infinity());
}

}  // namespace hartonomous
