#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "hartonomous/rank.hpp"

namespace hartonomous {

// As TopK, for offers from several threads at once: a lock a row, taken only by what may matter.
class SharedTopK {
 public:
  SharedTopK(std::size_t rows, std::size_t k);

  // Keeps the offer unless k better ones are known already.
  void offer(std::size_t row, float score, std::uint32_t index) {
    if (wants(row, score, index)) keep(row, rank_of(score, index));
  }

  [[nodiscard]] bool wants(std::size_t row, float score, std::uint32_t index) const {
    return rank_of(score, index) > floors_[row].load(std::memory_order_relaxed);
  }

  // The lowest score that can still matter.
  [[nodiscard]] float threshold(std::size_t row) const;

  // The row's best ranks, at most k, descending; not while others offer.
  [[nodiscard]] std::vector<std::uint64_t> best(std::size_t row) const;

  [[nodiscard]] std::size_t k() const { return k_; }

 private:
  void keep(std::size_t row, std::uint64_t rank);

  std::size_t k_;
  std::size_t capacity_;
  std::unique_ptr<std::uint64_t[]> ranks_;  // rows x capacity, unordered
  std::vector<std::uint32_t> counts_;
  std::vector<std::atomic<std::uint64_t>> floors_;  // the k-th best rank at the last pruning
  std::vector<std::atomic_flag> locks_;
};

}  // namespace hartonomous
