#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "hartonomous/rank.hpp"

namespace hartonomous {

// The k best (score, index) offers of each row: higher score first, smaller index among equals.
class TopK {
 public:
  TopK(std::size_t rows, std::size_t k);

  // Keeps the offer unless k better ones are known already.
  void offer(std::size_t row, float score, std::uint32_t index) {
    const std::uint64_t rank = rank_of(score, index);
    if (rank > floors_[row]) keep(row, rank);
  }

  // Lowest score of each row that can still matter; minus infinity at first.
  [[nodiscard]] const float* thresholds() const { return thresholds_.data(); }

  // Writes the row's k best, best first; rows with fewer end in index -1 and score -infinity.
  void finish(std::size_t row, std::int32_t* indices, float* scores);

 private:
  void keep(std::size_t row, std::uint64_t rank);
  void prune(std::size_t row);
  std::uint64_t* ranks(std::size_t row) { return ranks_.get() + row * capacity_; }

  std::size_t k_;
  std::size_t capacity_;
  std::unique_ptr<std::uint64_t[]> ranks_;  // rows x capacity, unordered
  std::vector<std::uint32_t> counts_;
  std::vector<std::uint64_t> floors_;  // the k-th best rank at the last pruning
  std::vector<float> thresholds_;
};

}  // namespace hartonomous
