// A score and an index as one number: the greater rank is the better offer, a higher score before a
// smaller index. That order is total, so what is best does not depend on the order of offers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hartonomous {

constexpr std::uint32_t kSignBit = 0x80000000U;

// Float bits made to sort as integers (flip all bits of a negative, the sign of a positive), then
// the index inverted.
inline std::uint64_t rank_of(float score, std::uint32_t index) {
  const float canonical = score + 0.0F;  // -0 and +0 are the same score
  std::uint32_t bits = 0;
  std::memcpy(&bits, &canonical, sizeof bits);
  const std::uint32_t ordered = (bits & kSignBit) != 0 ? ~bits : bits ^ kSignBit;
  return (std::uint64_t{ordered} << 32) | static_cast<std::uint32_t>(~index);
}

inline float score_of(std::uint64_t rank) {
  const auto ordered = static_cast<std::uint32_t>(rank >> 32);
  const std::uint32_t bits = (ordered & kSignBit) != 0 ? ordered ^ kSignBit : ~ordered;
  float score = 0;
  std::memcpy(&score, &bits, sizeof score);
  return score;
}

inline std::uint32_t index_of(std::uint64_t rank) { return ~static_cast<std::uint32_t>(rank); }

// As std::nth_element in descending order, for distinct ranks.
void select_greatest(std::uint64_t* first, std::size_t nth, std::size_t count);

}  // namespace hartonomous
