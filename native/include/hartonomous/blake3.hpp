// BLAKE3 (https://github.com/BLAKE3-team/BLAKE3-specs), unkeyed, 32-byte output.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hartonomous {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kBlockBytes = 64;
constexpr std::size_t kChunkBytes = 1024;

// A complete subtree: inputs are cut into segments of this size, each of which has one chaining
// value.
constexpr std::size_t kSegmentBytes = std::size_t{1} << 24;

// Eight little-endian words: a digest, or the chaining value of a node inside the tree.
using Digest = std::array<std::uint8_t, kHashBytes>;

struct Bytes {
  const std::uint8_t* data;
  std::size_t size;
};

// Digest of one input of any length.
Digest blake3(Bytes input);

// Digests of many inputs; short ones of equal block counts share SIMD lanes.
void blake3_many(const Bytes* inputs, std::size_t count, std::uint8_t* digests);

// Chaining value of segment `index` of an input longer than one segment.
Digest segment_value(Bytes segment, std::uint64_t index);

// Digest of the whole from its segments' chaining values, of which there are at least two.
Digest root_of_segments(std::vector<Digest> segments);

}  // namespace hartonomous
