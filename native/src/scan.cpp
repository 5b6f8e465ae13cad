#include "hartonomous/scan.hpp"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hartonomous {
namespace {

using Scan = std::size_t (*)(const float*, const float*, float, std::size_t, std::uint32_t*);

std::size_t scan_from(std::size_t first, const float* scores, const float* columns, float row,
                      std::size_t count, std::uint32_t* hits) {
  std::size_t found = 0;
  for (std::size_t j = first; j < count; ++j) {
    if (scores[j] >= std::min(row, columns[j])) hits[found++] = static_cast<std::uint32_t>(j);
  }
  return found;
}

std::size_t scan_plain(const float* scores, const float* columns, float row, std::size_t count,
                       std::uint32_t* hits) {
  return scan_from(0, scores, columns, row, count, hits);
}

#if defined(__x86_64__)
// Turns a mask of vector lanes into positions.
inline std::size_t write_hits(std::uint32_t mask, std::size_t first, std::uint32_t* hits) {
  std::size_t found = 0;
  for (; mask != 0; mask &= mask - 1) {
    hits[found++] = static_cast<std::uint32_t>(first + static_cast<unsigned>(__builtin_ctz(mask)));
  }
  return found;
}

__attribute__((target("avx2"))) std::size_t scan_avx2(const float* scores, const float* columns,
                                                      float row, std::size_t count,
                                                      std::uint32_t* hits) {
  const __m256 rows = _mm256_set1_ps(row);
  std::size_t found = 0;
  std::size_t j = 0;
  for (; j + 8 <= count; j += 8) {
    const __m256 threshold = _mm256_min_ps(rows, _mm256_loadu_ps(columns + j));
    const __m256 over = _mm256_cmp_ps(_mm256_loadu_ps(scores + j), threshold, _CMP_GE_OQ);
    const int mask = _mm256_movemask_ps(over);
    if (mask != 0) found += write_hits(static_cast<std::uint32_t>(mask), j, hits + found);
  }
  return found + scan_from(j, scores, columns, row, count, hits + found);
}

__attribute__((target("avx512f"))) std::size_t scan_avx512(const float* scores,
                                                           const float* columns, float row,
                                                           std::size_t count, std::uint32_t* hits) {
  const __m512 rows = _mm512_set1_ps(row);
  std::size_t found = 0;
  std::size_t j = 0;
  for (; j + 16 <= count; j += 16) {
    const __m512 score = _mm512_loadu_ps(scores + j);
    const auto over_row = _mm512_cmp_ps_mask(score, rows, _CMP_GE_OQ);
    const auto over_column = _mm512_cmp_ps_mask(score, _mm512_loadu_ps(columns + j), _CMP_GE_OQ);
    const auto mask = static_cast<std::uint32_t>(over_row | over_column);
    if (mask != 0) found += write_hits(mask, j, hits + found);
  }
  return found + scan_from(j, scores, columns, row, count, hits + found);
}
#endif

Scan choose_scan() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return scan_avx512;
  if (__builtin_cpu_supports("avx2")) return scan_avx2;
#endif
  return scan_plain;
}

}  // namespace

std::size_t scan(const float* scores, const float* column_thresholds, float row_threshold,
                 std::size_t count, std::uint32_t* hits) {
  static const Scan chosen = choose_scan();
  return chosen(scores, column_thresholds, row_threshold, count, hits);
}

}  // namespace hartonomous
