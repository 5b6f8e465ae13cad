// The BLAKE3 compression function, on eight independent inputs at once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "hartonomous/blake3.hpp"

namespace hartonomous {

constexpr std::size_t kLanes = 8;

// Flags of the specification.
constexpr std::uint32_t kChunkStart = 1;
constexpr std::uint32_t kChunkEnd = 2;
constexpr std::uint32_t kParent = 4;
constexpr std::uint32_t kRoot = 8;

// One input of at most one chunk; every input of a call has the same number of blocks.
struct Lane {
  Bytes input;
  std::uint64_t counter;
  std::uint8_t* value;  // kHashBytes
};

// Flags of every block, and those added to the first and the last one.
struct BlockFlags {
  std::uint32_t all;
  std::uint32_t first;
  std::uint32_t last;
};

// Hashes `count` <= kLanes inputs and writes each one's value.
void hash_lanes(const Lane* lanes, std::size_t count, BlockFlags flags);

}  // namespace hartonomous
