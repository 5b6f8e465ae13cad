#pragma once

#include <cstddef>
#include <stdexcept>

namespace hartonomous {

// a b, for the number of elements of a buffer; throws where no such number fits.
inline std::size_t product(std::size_t a, std::size_t b) {
  std::size_t size = 0;
  if (__builtin_mul_overflow(a, b, &size)) {
    throw std::length_error("a buffer would be larger than any memory");
  }
  return size;
}

}  // namespace hartonomous
