#include "hartonomous/codes.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "hartonomous/lanes.hpp"

namespace hartonomous {
namespace {

constexpr std::size_t kGrain = 512;
// Share of coordinates that the largest code reaches; what lies beyond it is clipped.
constexpr double kUnclipped = 0.9998;
// A histogram of magnitudes by the upper bits of their floats: 128 bins for each power of two.
// Below it the reciprocal overflows; it stands for rows of zeros.
constexpr float kLeastScale = 1e-30F;
constexpr unsigned kBinShift = 16;
constexpr std::size_t kBins = 1U << (31 - kBinShift);

std::size_t padded(std::size_t columns) { return (columns + kTurned - 1) / kTurned * kTurned; }

// Multiplies by the Hadamard matrix of 64 rows, scaled to keep lengths.
void hadamard(float* x) {
  for (std::size_t half = 1; half < kTurned; half *= 2) {
    for (std::size_t first = 0; first < kTurned; first += 2 * half) {
      for (std::size_t i = first; i < first + half; ++i) {
        const float left = x[i];
        const float right = x[i + half];
        x[i] = left + right;
        x[i + half] = left - right;
      }
    }
  }
  for (std::size_t i = 0; i < kTurned; ++i) x[i] *= 0.125F;
}

class Turn {
 public:
  explicit Turn(std::size_t columns) : columns_(columns), signs_(columns) {
    for (std::size_t c = 0; c < columns; ++c) signs_[c] = (mixed(c) & 1) != 0 ? -1.0F : 1.0F;
  }

  void apply(const float* row, float* out) const {
    std::fill(out, out + padded(columns_), 0.0F);
    for (std::size_t c = 0; c < columns_; ++c) out[c] = row[c] * signs_[c];
    for (std::size_t first = 0; first < columns_; first += kTurned) hadamard(out + first);
  }

 private:
  std::size_t columns_;
  std::vector<float> signs_;
};

std::size_t bin_of(float x) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &x, sizeof bits);
  return (bits & 0x7FFFFFFFU) >> kBinShift;
}

float upper_edge(std::size_t bin) {
  const auto bits = static_cast<std::uint32_t>((bin + 1) << kBinShift);
  float edge = 0;
  std::memcpy(&edge, &bits, sizeof edge);
  return edge;
}

// The magnitude below which kUnclipped of all turned coordinates lie.
float scale_of(Matrix rows, const Turn& turn, Team& team) {
  const std::size_t width = padded(rows.columns);
  std::vector<std::vector<std::uint64_t>> counts(team.size(), std::vector<std::uint64_t>(kBins));
  team.run((rows.rows + kGrain - 1) / kGrain, [&](std::size_t task, std::size_t worker) {
    std::vector<float> turned(width);
    const std::size_t last = std::min(rows.rows, (task + 1) * kGrain);
    for (std::size_t i = task * kGrain; i < last; ++i) {
      turn.apply(rows.row(i), turned.data());
      for (const float x : turned) ++counts[worker][bin_of(x)];
    }
  });
  const auto all = static_cast<double>(rows.rows * width);
  double below = 0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    for (const auto& part : counts) below += static_cast<double>(part[bin]);
    if (below >= kUnclipped * all) return std::max(upper_edge(bin), kLeastScale);
  }
  return 1;
}

// The nearest code; what is no number, because a sum overflowed, becomes the least.
std::uint8_t rounded(float x, float largest) {
  const float kept = x >= -largest ? std::min(x, largest) : -largest;
  return static_cast<std::uint8_t>(static_cast<int>(std::lrintf(kept)) + kCodeOffset);
}

// The largest code of rows so wide; sums stay within a float's 24 bits.
float largest_code(std::size_t width) {
  if (width <= kWidestCodes) return static_cast<float>(kLargestCode);
  return static_cast<float>(static_cast<int>(std::sqrt(16777216.0 / static_cast<double>(width))));
}

}  // namespace

Codes encode(Matrix rows, Team& team) {
  const Turn turn(rows.columns);
  const float scale = scale_of(rows, turn, team);
  Codes codes(rows.rows, padded(rows.columns));
  const float largest = largest_code(codes.width());
  const float factor = largest / scale;
  for_ranges(team, rows.rows, kGrain, [&](std::size_t first, std::size_t last) {
    std::vector<float> turned(codes.width());
    for (std::size_t i = first; i < last; ++i) {
      turn.apply(rows.row(i), turned.data());
      for (std::size_t c = 0; c < turned.size(); ++c) {
        codes.row(i)[c] = rounded(turned[c] * factor, largest);
      }
    }
  });
  return codes;
}

Codes encode_singly(Matrix rows) {
  const Turn turn(rows.columns);
  Codes codes(rows.rows, padded(rows.columns));
  const float largest = largest_code(codes.width());
  std::vector<float> turned(codes.width());
  for (std::size_t i = 0; i < rows.rows; ++i) {
    turn.apply(rows.row(i), turned.data());
    float scale = kLeastScale;
    for (const float x : turned) scale = std::max(scale, std::fabs(x));
    const float factor = largest / scale;
    for (std::size_t c = 0; c < turned.size(); ++c) {
      codes.row(i)[c] = rounded(turned[c] * factor, largest);
    }
  }
  return codes;
}

}  // namespace hartonomous
