#include "hartonomous/blake3_lanes.hpp"

#include <algorithm>
#include <cstring>

#define HARTONOMOUS_INLINE __attribute__((always_inline)) inline
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define HARTONOMOUS_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define HARTONOMOUS_CLONES
#endif

namespace hartonomous {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are copied as they lie");

// Word i of every lane; element l belongs to input l.
using Vec = std::uint32_t __attribute__((vector_size(4 * kLanes)));

constexpr std::uint32_t kIv[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                  0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

// Which message word each step of each round takes: the spec's permutation, applied round by round.
constexpr std::size_t kSchedule[7][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                          {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8},
                                          {3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1},
                                          {10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6},
                                          {12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4},
                                          {9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7},
                                          {11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13}};

template <int kBits>
HARTONOMOUS_INLINE void rotate_right(Vec& x) {
  x = (x >> kBits) | (x << (32 - kBits));
}

// The quarter round, G in the spec.
HARTONOMOUS_INLINE void mix(Vec& a, Vec& b, Vec& c, Vec& d, const Vec& x, const Vec& y) {
  a += b + x;
  d ^= a;
  rotate_right<16>(d);
  c += d;
  b ^= c;
  rotate_right<12>(b);
  a += b + y;
  d ^= a;
  rotate_right<8>(d);
  c += d;
  b ^= c;
  rotate_right<7>(b);
}

HARTONOMOUS_INLINE void mix_round(Vec (&v)[16], const Vec (&m)[16], const std::size_t (&s)[16]) {
  mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
  mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
  mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
  mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
  mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
  mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
  mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
  mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
}

struct BlockState {
  Vec value[8];
  Vec message[16];
  Vec counter_low;
  Vec counter_high;
  Vec length;
};

HARTONOMOUS_INLINE void compress(BlockState& s, std::uint32_t flags) {
  Vec v[16] = {s.value[0],     s.value[1],     s.value[2],     s.value[3],
               s.value[4],     s.value[5],     s.value[6],     s.value[7],
               Vec{} + kIv[0], Vec{} + kIv[1], Vec{} + kIv[2], Vec{} + kIv[3],
               s.counter_low,  s.counter_high, s.length,       Vec{} + flags};
  mix_round(v, s.message, kSchedule[0]);
  mix_round(v, s.message, kSchedule[1]);
  mix_round(v, s.message, kSchedule[2]);
  mix_round(v, s.message, kSchedule[3]);
  mix_round(v, s.message, kSchedule[4]);
  mix_round(v, s.message, kSchedule[5]);
  mix_round(v, s.message, kSchedule[6]);
  for (std::size_t i = 0; i < 8; ++i) s.value[i] = v[i] ^ v[i + 8];
}

// Puts block `index` of one input into its lane; a short last block is padded with zeros.
HARTONOMOUS_INLINE void load_block(BlockState& s, const Lane& lane, std::size_t l,
                                   std::size_t index) {
  const std::size_t offset = index * kBlockBytes;
  const std::size_t length = std::min(kBlockBytes, lane.input.size - offset);
  std::uint32_t words[16] = {};
  if (length == kBlockBytes) {
    std::memcpy(words, lane.input.data + offset, kBlockBytes);
  } else if (length > 0) {
    std::memcpy(words, lane.input.data + offset, length);
  }
  for (std::size_t i = 0; i < 16; ++i) s.message[i][l] = words[i];
  s.length[l] = static_cast<std::uint32_t>(length);
}

HARTONOMOUS_CLONES void hash_full(const Lane* lanes, std::size_t blocks, BlockFlags flags) {
  BlockState s;
  for (std::size_t i = 0; i < 8; ++i) s.value[i] = Vec{} + kIv[i];
  for (std::size_t l = 0; l < kLanes; ++l) {
    s.counter_low[l] = static_cast<std::uint32_t>(lanes[l].counter);
    s.counter_high[l] = static_cast<std::uint32_t>(lanes[l].counter >> 32);
  }
  for (std::size_t b = 0; b < blocks; ++b) {
    for (std::size_t l = 0; l < kLanes; ++l) load_block(s, lanes[l], l, b);
    const std::uint32_t first = b == 0 ? flags.first : 0;
    const std::uint32_t last = b + 1 == blocks ? flags.last : 0;
    compress(s, flags.all | first | last);
  }
  for (std::size_t l = 0; l < kLanes; ++l) {
    std::uint32_t words[8];
    for (std::size_t i = 0; i < 8; ++i) words[i] = s.value[i][l];
    std::memcpy(lanes[l].value, words, kHashBytes);
  }
}

}  // namespace

void hash_lanes(const Lane* lanes, std::size_t count, BlockFlags flags) {
  const std::size_t size = lanes[0].input.size;
  const std::size_t blocks = std::max<std::size_t>(1, (size + kBlockBytes - 1) / kBlockBytes);
  // Idle lanes repeat the first input and throw the result away.
  std::uint8_t unused[kHashBytes];
  Lane full[kLanes];
  std::fill(full, full + kLanes, Lane{lanes[0].input, lanes[0].counter, unused});
  std::copy(lanes, lanes + count, full);
  hash_full(full, blocks, flags);
}

}  // namespace hartonomous
