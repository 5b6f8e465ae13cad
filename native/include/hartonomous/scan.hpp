#pragma once

#include <cstddef>
#include <cstdint>

namespace hartonomous {

// Positions j with scores[j] >= min(row_threshold, column_thresholds[j]), ascending, written to
// `hits`, which has room for `count`; returns how many there are.
std::size_t scan(const float* scores, const float* column_thresholds, float row_threshold,
                 std::size_t count, std::uint32_t* hits);

}  // namespace hartonomous
