#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace hartonomous {

// The k best (score, index) offers of each row: higher score first, smaller index among equals.
// That order is total, so the result does not depend on the order of the offers.
class TopK {
 public:
  TopK(std::size_t rows, std::size_t k);

  // Keeps the offer unless k better ones are known already.
  void offer(std::size_t row, float score, std::uint32_t index) {
    const std::uint64_t rank = encode(score, index);
    if (rank > floors_[row]) keep(row, rank);
  }

  // Lowest score of each row that can still matter; minus infinity at first.
  [[nodiscard]] const float* thresholds() const { return thresholds_.data(); }

  // Writes the row's k best, best first; rows with fewer end in index -1 and score -infinity.
  void finish(std::size_t row, std::int32_t* indices, float* scores);

 private:
  // Float bits made to sort as integers (flip all bits of a negative, the sign of a positive), then
  // the index inverted, so that the greater rank is the better offer.
  static std::uint64_t encode(float score, std::uint32_t index) {
    const float canonical = score + 0.0F;  // -0 and +0 are the same score
    std::uint32_t bits = 0;
    std::memcpy(&bits, &canonical, sizeof bits);
    const std::uint32_t ordered = (bits >> 31) != 0 ? ~bits : bits ^ 0x80000000U;
    return (std::uint64_t{ordered} << 32) | ~index;
  }
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
