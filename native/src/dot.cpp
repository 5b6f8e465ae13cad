#include "hartonomous/dot.hpp"

#include <cstring>

#include "hartonomous/cpu.hpp"

namespace hartonomous {
namespace {

constexpr std::size_t kSums = 64;
constexpr std::size_t kLane = 16;

struct Sixteen {
  using Vector __attribute__((vector_size(4 * kLane))) = float;
  using Loose __attribute__((vector_size(4 * kLane), aligned(4))) = float;
};

HARTONOMOUS_INLINE float dot_of(const float* a, const float* b, std::size_t count) {
  Sixteen::Vector sums[kSums / kLane] = {};
  std::size_t i = 0;
  for (; i + kSums <= count; i += kSums) {
    for (std::size_t s = 0; s < kSums / kLane; ++s) {
      const Sixteen::Vector left = *reinterpret_cast<const Sixteen::Loose*>(a + i + s * kLane);
      const Sixteen::Vector right = *reinterpret_cast<const Sixteen::Loose*>(b + i + s * kLane);
      sums[s] += left * right;
    }
  }
  float parts[kSums];
  std::memcpy(parts, sums, sizeof parts);
  for (std::size_t t = 0; i + t < count; ++t) parts[t] += a[i + t] * b[i + t];
  for (std::size_t half = kSums / 2; half > 0; half /= 2) {
    for (std::size_t t = 0; t < half; ++t) parts[t] += parts[t + half];
  }
  return parts[0];
}

float dot_plain(const float* a, const float* b, std::size_t count) { return dot_of(a, b, count); }

#if HARTONOMOUS_X86
HARTONOMOUS_AVX2 float dot_avx2(const float* a, const float* b, std::size_t count) {
  return dot_of(a, b, count);
}

HARTONOMOUS_VNNI float dot_avx512(const float* a, const float* b, std::size_t count) {
  return dot_of(a, b, count);
}
#endif

}  // namespace

float dot(const float* a, const float* b, std::size_t count) {
#if HARTONOMOUS_X86
  const Instructions best = instructions();
  if (best == Instructions::vnni) return dot_avx512(a, b, count);
  if (best == Instructions::avx2) return dot_avx2(a, b, count);
#endif
  return dot_plain(a, b, count);
}

}  // namespace hartonomous
