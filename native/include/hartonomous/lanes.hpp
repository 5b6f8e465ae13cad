// Eight numbers side by side, and sums over them in one order on every instruction set.
#pragma once

#include <cstddef>

namespace hartonomous {

constexpr std::size_t kEight = 8;

// A struct, because the attribute of a vector type is lost where it is a template's argument; it
// says its alignment, because code for other instruction sets would think it smaller.
template <typename Real>
struct Eight;

template <>
struct alignas(32) Eight<float> {
  using Vector __attribute__((vector_size(32))) = float;
  Vector v;
};

template <>
struct alignas(64) Eight<double> {
  using Vector __attribute__((vector_size(64))) = double;
  Vector v;
};

// Turns 64 bits into 64 others, each of which depends on all of them (the finaliser of splitmix64,
// Steele, Lea and Flood 2014).
constexpr unsigned long long mixed(unsigned long long x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

}  // namespace hartonomous
