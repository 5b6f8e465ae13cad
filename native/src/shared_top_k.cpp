#include "hartonomous/shared_top_k.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <thread>

#include "hartonomous/sizes.hpp"

namespace hartonomous {

SharedTopK::SharedTopK(std::size_t rows, std::size_t k)
    : k_(k),
      capacity_(k + std::max<std::size_t>(16, k / 2)),
      ranks_(new std::uint64_t[product(rows, capacity_)]),
      counts_(rows, 0),
      floors_(rows),
      locks_(rows) {
  for (auto& floor : floors_) floor.store(0, std::memory_order_relaxed);
}

float SharedTopK::threshold(std::size_t row) const {
  const std::uint64_t floor = floors_[row].load(std::memory_order_relaxed);
  return floor == 0 ? -std::numeric_limits<float>::infinity() : score_of(floor);
}

void SharedTopK::keep(std::size_t row, std::uint64_t rank) {
  while (locks_[row].test_and_set(std::memory_order_acquire)) std::this_thread::yield();
  if (rank > floors_[row].load(std::memory_order_relaxed)) {
    std::uint64_t* first = ranks_.get() + row * capacity_;
    first[counts_[row]++] = rank;
    if (counts_[row] == capacity_) {
      select_greatest(first, k_ - 1, capacity_);
      counts_[row] = static_cast<std::uint32_t>(k_);
      floors_[row].store(first[k_ - 1], std::memory_order_relaxed);
    }
  }
  locks_[row].clear(std::memory_order_release);
}

std::vector<std::uint64_t> SharedTopK::best(std::size_t row) const {
  const std::uint64_t* first = ranks_.get() + row * capacity_;
  std::vector<std::uint64_t> ranks(first, first + counts_[row]);
  std::sort(ranks.begin(), ranks.end(), std::greater<>());
  if (ranks.size() > k_) ranks.resize(k_);
  return ranks;
}

}  // namespace hartonomous
