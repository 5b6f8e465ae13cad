#include <cstdio>
#include <string>
#include <vector>

#include "check.hpp"
#include "hartonomous/blake3.hpp"

using hartonomous::Bytes;
using hartonomous::Digest;
using hartonomous::kHashBytes;

namespace {

// The input of the official test vectors: bytes 0 to 250, over and over.
std::vector<std::uint8_t> vector_input(std::size_t size) {
  std::vector<std::uint8_t> input(size);
  for (std::size_t i = 0; i < size; ++i) input[i] = static_cast<std::uint8_t>(i % 251);
  return input;
}

std::string hex(const std::uint8_t* bytes) {
  std::string text;
  for (std::size_t i = 0; i < kHashBytes; ++i) {
    char pair[3];
    std::snprintf(pair, sizeof pair, "%02x", static_cast<unsigned>(bytes[i]));
    text += pair;
  }
  return text;
}

std::string hash_of(std::size_t size) {
  const std::vector<std::uint8_t> input = vector_input(size);
  return hex(hartonomous::blake3({input.data(), input.size()}).data());
}

}  // namespace

TEST(official_vectors_hash_as_published) {
  const struct {
    std::size_t size;
    const char* digest;
  } vectors[] = {
      {0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"},
      {1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"},
      {63, "e9bc37a594daad83be9470df7f7b3798297c3d834ce80ba85d6e207627b7db7b"},
      {64, "4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98"},
      {65, "de1e5fa0be70df6d2be8fffd0e99ceaa8eb6e8c93a63f2d8d1c30ecb6b263dee"},
      {1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11"},
      {1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"},
      {1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"},
      {2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a"},
      {2049, "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030"},
      {3072, "b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2"},
      {3073, "7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3"},
      {4096, "015094013f57a5277b59d8475c0501042c0b642e531b0a1c8f58d2163229e969"},
      {5120, "9cadc15fed8b5d854562b26a9536d9707cadeda9b143978f319ab34230535833"},
      {8192, "aae792484c8efe4f19e2ca7d371d8c467ffb10748d8a5a1ae579948f718a2a63"},
      {16384, "f875d6646de28985646f34ee13be9a576fd515f76b5b0a26bb324735041ddde4"},
      {31744, "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47"},
      {102400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085"},
  };
  for (const auto& vector : vectors) CHECK(hash_of(vector.size) == vector.digest);
}

TEST(many_inputs_hash_as_each_does_alone) {
  const std::vector<std::uint8_t> bytes = vector_input(3000);
  std::vector<Bytes> inputs;
  for (std::size_t size = 0; size < bytes.size(); size += 7) inputs.push_back({bytes.data(), size});
  std::vector<std::uint8_t> digests(inputs.size() * kHashBytes);
  hartonomous::blake3_many(inputs.data(), inputs.size(), digests.data());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Digest alone = hartonomous::blake3(inputs[i]);
    CHECK(hex(alone.data()) == hex(digests.data() + i * kHashBytes));
  }
}

TEST(segments_join_to_the_digest_of_the_whole) {
  const std::vector<std::uint8_t> bytes = vector_input(2 * hartonomous::kSegmentBytes + 1500);
  std::vector<Digest> values;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t offset = i * hartonomous::kSegmentBytes;
    const std::size_t size = i < 2 ? hartonomous::kSegmentBytes : 1500;
    values.push_back(hartonomous::segment_value({bytes.data() + offset, size}, i));
  }
  CHECK(hartonomous::root_of_segments(values) == hartonomous::blake3({bytes.data(), bytes.size()}));
}
