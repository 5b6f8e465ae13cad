#include "hartonomous/code_tile.hpp"

#include <cstring>

#include "hartonomous/cpu.hpp"

#if HARTONOMOUS_X86
#include <immintrin.h>
#endif

namespace hartonomous {
namespace {

std::int32_t quad(const std::uint8_t* bytes) {
  std::int32_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

void tile_plain(const std::uint8_t* const* rows, const Panels& columns, float* out) {
  const std::size_t stride = columns.stride();
  for (std::size_t p = 0; p < columns.panels(); ++p) {
    for (std::size_t r = 0; r < kTileRows; ++r) {
      std::int32_t sums[kPanelColumns];
      std::memcpy(sums, columns.offsets(p), sizeof sums);
      const std::int8_t* codes = columns.codes(p);
      for (std::size_t t = 0; t < columns.width(); t += kQuad, codes += kQuad * kPanelColumns) {
        for (std::size_t c = 0; c < kPanelColumns; ++c) {
          for (std::size_t b = 0; b < kQuad; ++b) sums[c] += rows[r][t + b] * codes[c * kQuad + b];
        }
      }
      for (std::size_t c = 0; c < kPanelColumns; ++c) {
        out[r * stride + p * kPanelColumns + c] = static_cast<float>(sums[c]);
      }
    }
  }
}

void rows_plain(const std::uint8_t* query, const std::uint8_t* const* rows, std::size_t count,
                std::size_t width, float* out) {
  for (std::size_t i = 0; i < count; ++i) {
    std::int32_t sum = 0;
    for (std::size_t t = 0; t < width; ++t) {
      sum += (query[t] - kCodeOffset) * (rows[i][t] - kCodeOffset);
    }
    out[i] = static_cast<float>(sum);
  }
}

#if HARTONOMOUS_X86

// Half the rows of a tile with one panel of two registers.
HARTONOMOUS_AVX2 void panel_avx2(const std::uint8_t* const* rows, const Panels& columns,
                                 std::size_t panel, float* out) {
  constexpr std::size_t kRows = 4;
  const auto* offsets = reinterpret_cast<const __m256i*>(columns.offsets(panel));
  __m256i sums[kRows][2];
  for (auto& row : sums) {
    row[0] = _mm256_loadu_si256(offsets);
    row[1] = _mm256_loadu_si256(offsets + 1);
  }
  const __m256i ones = _mm256_set1_epi16(1);
  const auto* codes = reinterpret_cast<const __m256i*>(columns.codes(panel));
  for (std::size_t t = 0; t < columns.width(); t += 2 * kQuad, codes += 4) {
    for (std::size_t r = 0; r < kRows; ++r) {
      const __m256i first = _mm256_set1_epi32(quad(rows[r] + t));
      const __m256i second = _mm256_set1_epi32(quad(rows[r] + t + kQuad));
      for (std::size_t half = 0; half < 2; ++half) {
        const __m256i pairs =
            _mm256_add_epi16(_mm256_maddubs_epi16(first, _mm256_loadu_si256(codes + half)),
                             _mm256_maddubs_epi16(second, _mm256_loadu_si256(codes + 2 + half)));
        sums[r][half] = _mm256_add_epi32(sums[r][half], _mm256_madd_epi16(pairs, ones));
      }
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    float* line = out + r * columns.stride() + panel * kPanelColumns;
    _mm256_storeu_ps(line, _mm256_cvtepi32_ps(sums[r][0]));
    _mm256_storeu_ps(line + 8, _mm256_cvtepi32_ps(sums[r][1]));
  }
}

HARTONOMOUS_AVX2 void tile_avx2(const std::uint8_t* const* rows, const Panels& columns,
                                float* out) {
  for (std::size_t p = 0; p < columns.panels(); ++p) {
    panel_avx2(rows, columns, p, out);
    panel_avx2(rows + kTileRows / 2, columns, p, out + kTileRows / 2 * columns.stride());
  }
}

// What the rows' offset adds to every score: 64 times the query's sum.
std::int32_t excess_of(const std::uint8_t* query, std::size_t width) {
  std::int32_t sum = 0;
  for (std::size_t t = 0; t < width; ++t) sum += query[t] - kCodeOffset;
  return kCodeOffset * sum;
}

HARTONOMOUS_AVX2 void rows_avx2(const std::uint8_t* query, const std::uint8_t* const* rows,
                                std::size_t count, std::size_t width, std::int32_t excess,
                                float* out) {
  const __m256i offset = _mm256_set1_epi8(kCodeOffset);
  const __m256i ones = _mm256_set1_epi16(1);
  for (std::size_t i = 0; i < count; ++i) {
    __m256i sums = _mm256_setzero_si256();
    for (std::size_t t = 0; t < width; t += 64) {
      const auto* left = reinterpret_cast<const __m256i*>(query + t);
      const auto* right = reinterpret_cast<const __m256i*>(rows[i] + t);
      const __m256i low = _mm256_maddubs_epi16(_mm256_loadu_si256(right),
                                               _mm256_sub_epi8(_mm256_loadu_si256(left), offset));
      const __m256i high = _mm256_maddubs_epi16(
          _mm256_loadu_si256(right + 1), _mm256_sub_epi8(_mm256_loadu_si256(left + 1), offset));
      sums = _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_add_epi16(low, high), ones));
    }
    alignas(32) std::int32_t parts[8];
    _mm256_store_si256(reinterpret_cast<__m256i*>(parts), sums);
    std::int32_t sum = -excess;
    for (const std::int32_t part : parts) sum += part;
    out[i] = static_cast<float>(sum);
  }
}

// With a mask, because the plain intrinsic reads what GCC takes for uninitialised.
constexpr __mmask16 kAllLanes = 0xFFFF;

template <std::size_t kPanels>
HARTONOMOUS_VNNI void panels_vnni(const std::uint8_t* const* rows, const Panels& columns,
                                  std::size_t panel, float* out) {
  __m512i sums[kTileRows][kPanels];
  const std::int8_t* codes[kPanels];
  for (std::size_t p = 0; p < kPanels; ++p) {
    codes[p] = columns.codes(panel + p);
    for (auto& row : sums) row[p] = _mm512_loadu_si512(columns.offsets(panel + p));
  }
  for (std::size_t t = 0; t < columns.width(); t += kQuad) {
    __m512i right[kPanels];
    for (std::size_t p = 0; p < kPanels; ++p) {
      right[p] = _mm512_loadu_si512(codes[p] + t * kPanelColumns);
    }
    for (std::size_t r = 0; r < kTileRows; ++r) {
      const __m512i left = _mm512_set1_epi32(quad(rows[r] + t));
      for (std::size_t p = 0; p < kPanels; ++p) {
        sums[r][p] = _mm512_dpbusd_epi32(sums[r][p], left, right[p]);
      }
    }
  }
  for (std::size_t r = 0; r < kTileRows; ++r) {
    for (std::size_t p = 0; p < kPanels; ++p) {
      _mm512_storeu_ps(out + r * columns.stride() + (panel + p) * kPanelColumns,
                       _mm512_maskz_cvtepi32_ps(kAllLanes, sums[r][p]));
    }
  }
}

HARTONOMOUS_VNNI void tile_vnni(const std::uint8_t* const* rows, const Panels& columns,
                                float* out) {
  std::size_t p = 0;
  for (; p + 2 <= columns.panels(); p += 2) panels_vnni<2>(rows, columns, p, out);
  if (p < columns.panels()) panels_vnni<1>(rows, columns, p, out);
}

HARTONOMOUS_VNNI void rows_vnni(const std::uint8_t* query, const std::uint8_t* const* rows,
                                std::size_t count, std::size_t width, std::int32_t excess,
                                float* out) {
  const __m512i offset = _mm512_set1_epi8(kCodeOffset);
  for (std::size_t i = 0; i < count; ++i) {
    __m512i sums = _mm512_setzero_si512();
    for (std::size_t t = 0; t < width; t += 64) {
      const __m512i left = _mm512_sub_epi8(_mm512_loadu_si512(query + t), offset);
      sums = _mm512_dpbusd_epi32(sums, _mm512_loadu_si512(rows[i] + t), left);
    }
    alignas(64) std::int32_t parts[16];
    _mm512_store_si512(parts, sums);
    std::int32_t sum = -excess;
    for (const std::int32_t part : parts) sum += part;
    out[i] = static_cast<float>(sum);
  }
}

#endif

}  // namespace

void Panels::pack(const std::uint8_t* const* rows, std::size_t count, std::size_t width) {
  columns_ = count;
  width_ = width;
  bytes_.assign(stride() * width, 0);
  offsets_.assign(stride(), 0);
  for (std::size_t i = 0; i < count; ++i) {
    std::int8_t* out = bytes_.data() + i / kPanelColumns * width * kPanelColumns;
    out += i % kPanelColumns * kQuad;
    std::int32_t sum = 0;
    for (std::size_t t = 0; t < width; ++t) {
      const int code = rows[i][t] - kCodeOffset;
      out[t / kQuad * kQuad * kPanelColumns + t % kQuad] = static_cast<std::int8_t>(code);
      sum += code;
    }
    offsets_[i] = -kCodeOffset * sum;
  }
}

void score_tile(const std::uint8_t* const* rows, const Panels& columns, float* out) {
#if HARTONOMOUS_X86
  const Instructions best = instructions();
  if (best == Instructions::vnni) return tile_vnni(rows, columns, out);
  if (best == Instructions::avx2) return tile_avx2(rows, columns, out);
#endif
  tile_plain(rows, columns, out);
}

void score_rows(const std::uint8_t* query, const std::uint8_t* const* rows, std::size_t count,
                std::size_t width, float* out) {
#if HARTONOMOUS_X86
  const Instructions best = instructions();
  if (best == Instructions::vnni) {
    return rows_vnni(query, rows, count, width, excess_of(query, width), out);
  }
  if (best == Instructions::avx2) {
    return rows_avx2(query, rows, count, width, excess_of(query, width), out);
  }
#endif
  rows_plain(query, rows, count, width, out);
}

}  // namespace hartonomous
