// Inner products of rows of codes with many columns at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hartonomous/codes.hpp"

namespace hartonomous {

constexpr std::size_t kPanelColumns = 16;
// Rows of one call; fewer are filled up by repeating one.
constexpr std::size_t kTileRows = 8;
// Bytes of a code row that an instruction sums at once.
constexpr std::size_t kQuad = 4;

// Columns laid out as kernels read them: by panels of 16, four codes of each at a time.
class Panels {
 public:
  // `rows[i]` points to the codes of column i.
  void pack(const std::uint8_t* const* rows, std::size_t count, std::size_t width);

  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::size_t panels() const {
    return (columns_ + kPanelColumns - 1) / kPanelColumns;
  }
  [[nodiscard]] std::size_t stride() const { return panels() * kPanelColumns; }
  [[nodiscard]] const std::int8_t* codes(std::size_t panel) const {
    return bytes_.data() + panel * width_ * kPanelColumns;
  }
  // What takes the rows' offset off: -64 times each column's sum.
  [[nodiscard]] const std::int32_t* offsets(std::size_t panel) const {
    return offsets_.data() + panel * kPanelColumns;
  }

 private:
  std::size_t columns_ = 0;
  std::size_t width_ = 0;
  std::vector<std::int8_t> bytes_;
  std::vector<std::int32_t> offsets_;
};

// Scores of kTileRows rows with all columns, exact integers, each row's into `out` at a multiple of
// the stride; columns beyond the last are 0.
void score_tile(const std::uint8_t* const* rows, const Panels& columns, float* out);

// Scores of one row with rows anywhere.
void score_rows(const std::uint8_t* query, const std::uint8_t* const* rows, std::size_t count,
                std::size_t width, float* out);

}  // namespace hartonomous
