#include "hartonomous/top_k.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>

namespace hartonomous {
namespace {

constexpr std::uint32_t kSignBit = 0x80000000U;
constexpr std::size_t kSortedAtOnce = 8;
constexpr std::size_t kSelectedByLibrary = 4096;  // where its guard against bad pivots pays

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

std::uint64_t median(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

// Moves what is over the pivot to the front and returns how much that is. There is no branch on the
// values: they are random, and to mispredict them would take most of the time.
std::size_t partition_over(std::uint64_t* first, std::size_t count, std::uint64_t pivot) {
  std::size_t over = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t rank = first[i];
    first[i] = first[over];
    first[over] = rank;
    over += rank > pivot ? 1 : 0;
  }
  return over;
}

// As std::nth_element in descending order, for distinct ranks.
void select_greatest(std::uint64_t* first, std::size_t nth, std::size_t count) {
  while (count > kSortedAtOnce && count < kSelectedByLibrary) {
    const std::uint64_t pivot = median(first[0], first[count / 2], first[count - 1]);
    const std::size_t over = partition_over(first, count, pivot);
    if (nth < over) {
      count = over;
    } else {
      first += over;
      nth -= over;
      count -= over;
    }
  }
  std::nth_element(first, first + nth, first + count, std::greater<>());
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
  select_greatest(first, k_ - 1, counts_[row]);
  counts_[row] = static_cast<std::uint32_t>(k_);
  floors_[row] = first[k_ - 1];
  thresholds_[row] = decode_score(first[k_ - 1]);
}

void TopK::finish(std::size_t row, std::int32_t* indices, float* scores) {
  if (counts_[row] > k_) prune(row);
  std::uint64_t* first = ranks(row);
  const std::size_t known = counts_[row];
  std::sort(first, first + known, std::greater<>());
  std::transform(first, first + known, indices, decode_index);
  std::transform(first, first + known, scores, decode_score);
  std::fill(indices + known, indices + k_, -1);
  std::fill(scores + known, scores + k_, -std::numeric_limits<float>::infinity());
}

}  // namespace hartonomous
