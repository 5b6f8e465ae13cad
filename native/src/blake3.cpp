#include "hartonomous/blake3.hpp"

#include <algorithm>
#include <utility>

#include "hartonomous/blake3_lanes.hpp"

namespace hartonomous {
namespace {

constexpr std::size_t kBlocksPerChunk = kChunkBytes / kBlockBytes;
constexpr std::size_t kChunksPerSegment = kSegmentBytes / kChunkBytes;
constexpr BlockFlags kChunkFlags{0, kChunkStart, kChunkEnd};
constexpr BlockFlags kRootChunkFlags{0, kChunkStart, kChunkEnd | kRoot};
constexpr BlockFlags kParentFlags{kParent, 0, 0};
constexpr BlockFlags kRootParentFlags{kParent | kRoot, 0, 0};

// Fills SIMD lanes one input at a time and hashes whenever all are taken.
class Batch {
 public:
  explicit Batch(BlockFlags flags) : flags_(flags) {}

  void add(Bytes input, std::uint64_t counter, std::uint8_t* value) {
    lanes_[count_++] = Lane{input, counter, value};
    if (count_ == kLanes) flush();
  }

  void flush() {
    if (count_ > 0) hash_lanes(lanes_, count_, flags_);
    count_ = 0;
  }

 private:
  BlockFlags flags_;
  std::size_t count_ = 0;
  Lane lanes_[kLanes] = {};
};

// The two children of a parent lie together, so they are its message as they are.
Bytes children(const Digest* pair) { return {pair->data(), 2 * kHashBytes}; }

std::vector<Digest> chunk_values(Bytes input, std::uint64_t first_chunk) {
  const std::size_t count = (input.size + kChunkBytes - 1) / kChunkBytes;
  std::vector<Digest> values(count);
  Batch batch(kChunkFlags);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t offset = i * kChunkBytes;
    const Bytes chunk{input.data + offset, std::min(kChunkBytes, input.size - offset)};
    if (chunk.size < kChunkBytes) batch.flush();  // it has fewer blocks than the full ones
    batch.add(chunk, first_chunk + i, values[i].data());
  }
  batch.flush();
  return values;
}

// Joins neighbours pairwise; an odd last node moves up as it is, which gives BLAKE3's tree.
std::vector<Digest> parent_values(const std::vector<Digest>& nodes) {
  std::vector<Digest> parents((nodes.size() + 1) / 2);
  Batch batch(kParentFlags);
  for (std::size_t i = 0; 2 * i + 1 < nodes.size(); ++i) {
    batch.add(children(&nodes[2 * i]), 0, parents[i].data());
  }
  batch.flush();
  if (nodes.size() % 2 == 1) parents.back() = nodes.back();
  return parents;
}

Digest root_value(std::vector<Digest> nodes) {
  while (nodes.size() > 2) nodes = parent_values(nodes);
  Digest root;
  const Lane lane{children(nodes.data()), 0, root.data()};
  hash_lanes(&lane, 1, kRootParentFlags);
  return root;
}

Digest chunk_root(Bytes input) {
  Digest root;
  const Lane lane{input, 0, root.data()};
  hash_lanes(&lane, 1, kRootChunkFlags);
  return root;
}

std::size_t block_count(std::size_t size) {
  return std::max<std::size_t>(1, (size + kBlockBytes - 1) / kBlockBytes);
}

}  // namespace

Digest segment_value(Bytes segment, std::uint64_t index) {
  std::vector<Digest> nodes = chunk_values(segment, index * kChunksPerSegment);
  while (nodes.size() > 1) nodes = parent_values(nodes);
  return nodes.front();
}

Digest root_of_segments(std::vector<Digest> segments) { return root_value(std::move(segments)); }

Digest blake3(Bytes input) {
  if (input.size <= kChunkBytes) return chunk_root(input);
  if (input.size <= kSegmentBytes) return root_value(chunk_values(input, 0));
  std::vector<Digest> segments;
  for (std::size_t offset = 0; offset < input.size; offset += kSegmentBytes) {
    const std::size_t size = std::min(kSegmentBytes, input.size - offset);
    segments.push_back(segment_value({input.data + offset, size}, segments.size()));
  }
  return root_value(std::move(segments));
}

void blake3_many(const Bytes* inputs, std::size_t count, std::uint8_t* digests) {
  std::vector<Batch> batches(kBlocksPerChunk + 1, Batch(kRootChunkFlags));
  for (std::size_t i = 0; i < count; ++i) {
    std::uint8_t* digest = digests + i * kHashBytes;
    if (inputs[i].size > kChunkBytes) {
      const Digest root = blake3(inputs[i]);
      std::copy(root.begin(), root.end(), digest);
    } else {
      batches[block_count(inputs[i].size)].add(inputs[i], 0, digest);
    }
  }
  for (Batch& batch : batches) batch.flush();
}

}  // namespace hartonomous
