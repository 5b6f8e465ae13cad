// Rows as 7-bit integers, whose inner products are exact: they do not depend on tiles, threads or
// instruction sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hartonomous/matrix.hpp"
#include "hartonomous/sizes.hpp"
#include "hartonomous/team.hpp"

namespace hartonomous {

// Coordinates are turned together by so many, and rows of codes are padded to them.
constexpr std::size_t kTurned = 64;
constexpr int kCodeOffset = 64;  // codes lie in bytes as code + 64
// Codes lie in [-63, 63], because 2 * 2 * 127 * 63 just fits the 16 bits that AVX2 sums in.
constexpr int kLargestCode = 63;
// Up to this width inner products of codes fit a float's 24 bits.
constexpr std::size_t kWidestCodes = 4224;

// Rows of `width` bytes.
class Codes {
 public:
  Codes(std::size_t rows, std::size_t width)
      : width_(width), bytes_(product(rows, width), std::uint8_t{kCodeOffset}) {}

  [[nodiscard]] std::uint8_t* row(std::size_t i) { return bytes_.data() + i * width_; }
  [[nodiscard]] const std::uint8_t* row(std::size_t i) const { return bytes_.data() + i * width_; }
  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::size_t rows() const { return bytes_.size() / width_; }

 private:
  std::size_t width_;
  std::vector<std::uint8_t> bytes_;
};

// Turns each row by random signs and a Hadamard transform of every 64 coordinates, so that no
// coordinate is far larger than others, then rounds all by one scale.
Codes encode(Matrix rows, Team& team);

// As that, each row by a scale of its own: scores of one row with others compare with each other.
Codes encode_singly(Matrix rows);

}  // namespace hartonomous
