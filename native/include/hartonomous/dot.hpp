#pragma once

#include <cstddef>

namespace hartonomous {

// The inner product, summed in one order on every instruction set: 64 sums of every 64th product,
// added pairwise.
float dot(const float* a, const float* b, std::size_t count);

}  // namespace hartonomous
