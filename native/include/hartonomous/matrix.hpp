#pragma once

#include <cstddef>

namespace hartonomous {

// Borrowed row-major float32 rows.
struct Matrix {
  const float* data;
  std::size_t rows;
  std::size_t columns;

  [[nodiscard]] const float* row(std::size_t i) const { return data + i * columns; }
};

}  // namespace hartonomous
