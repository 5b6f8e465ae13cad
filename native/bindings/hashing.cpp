#include <pybind11/numpy.h>

#include <algorithm>
#include <vector>

#include "hartonomous/blake3.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace hartonomous {
namespace {

using ByteMatrix = py::array_t<std::uint8_t, py::array::c_style>;

// Few enough for the views to stay in cache.
constexpr std::size_t kKeysPerBatch = 4096;

Bytes view(const py::buffer_info& info) {
  return {static_cast<const std::uint8_t*>(info.ptr),
          static_cast<std::size_t>(info.size * info.itemsize)};
}

py::bytes as_bytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

ByteMatrix empty_digests(std::size_t count) {
  return ByteMatrix({static_cast<py::ssize_t>(count), static_cast<py::ssize_t>(kHashBytes)});
}

// A contiguous buffer, or an exception that says it is not.
py::buffer_info request_contiguous(const py::buffer& buffer) {
  py::buffer_info info = buffer.request();
  if (PyObject_CheckBuffer(buffer.ptr()) == 0 || info.view() == nullptr ||
      PyBuffer_IsContiguous(info.view(), 'C') == 0) {
    throw py::buffer_error("a C-contiguous buffer is needed");
  }
  return info;
}

py::bytes hash_one(const py::buffer& input) {
  const py::buffer_info info = request_contiguous(input);
  Digest digest;
  {
    const py::gil_scoped_release release;
    digest = blake3(view(info));
  }
  return as_bytes(digest);
}

// Hashes `count` keys, of which `key(i)` gives one while the GIL is held, a batch at a time.
template <typename Key>
ByteMatrix hash_keys(std::size_t count, const Key& key) {
  ByteMatrix digests = empty_digests(count);
  std::uint8_t* out = digests.mutable_data();
  std::vector<Bytes> batch;
  for (std::size_t first = 0; first < count; first += kKeysPerBatch) {
    const std::size_t size = std::min(kKeysPerBatch, count - first);
    batch.clear();
    for (std::size_t i = first; i < first + size; ++i) batch.push_back(key(i));
    const py::gil_scoped_release release;
    blake3_many(batch.data(), size, out + first * kHashBytes);
  }
  return digests;
}

Bytes view_bytes(const py::handle& key) {
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (PyBytes_AsStringAndSize(key.ptr(), &data, &size) != 0) throw py::error_already_set();
  return {reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)};
}

ByteMatrix hash_many(const py::sequence& keys) {
  // The tuple keeps every key alive while the GIL is released.
  const py::tuple held(keys);
  return hash_keys(held.size(), [&](std::size_t i) { return view_bytes(held[i]); });
}

ByteMatrix hash_rows(const ByteMatrix& rows) {
  if (rows.ndim() != 2) throw py::value_error("rows must have two dimensions");
  const auto width = static_cast<std::size_t>(rows.shape(1));
  const std::uint8_t* data = rows.data();
  return hash_keys(static_cast<std::size_t>(rows.shape(0)),
                   [&](std::size_t i) { return Bytes{data + i * width, width}; });
}

py::bytes hash_segment(const py::buffer& segment, std::uint64_t index) {
  const py::buffer_info info = request_contiguous(segment);
  const Bytes bytes = view(info);
  if (bytes.size == 0 || bytes.size > kSegmentBytes) throw py::value_error("not a segment");
  Digest value;
  {
    const py::gil_scoped_release release;
    value = segment_value(bytes, index);
  }
  return as_bytes(value);
}

py::bytes hash_segments(const ByteMatrix& values) {
  if (values.ndim() != 2 || values.shape(0) < 2 || values.shape(1) != py::ssize_t{kHashBytes}) {
    throw py::value_error("at least two segment values of 32 bytes are needed");
  }
  std::vector<Digest> segments(static_cast<std::size_t>(values.shape(0)));
  for (std::size_t i = 0; i < segments.size(); ++i) {
    std::copy_n(values.data() + i * kHashBytes, kHashBytes, segments[i].begin());
  }
  return as_bytes(root_of_segments(std::move(segments)));
}

}  // namespace

void register_hashing(py::module_& module) {
  module.attr("SEGMENT_BYTES") = kSegmentBytes;
  module.def("blake3", &hash_one, py::arg("data"));
  module.def("blake3_many", &hash_many, py::arg("keys"));
  module.def("blake3_rows", &hash_rows, py::arg("rows").noconvert());
  module.def("blake3_segment", &hash_segment, py::arg("segment"), py::arg("index"));
  module.def("blake3_root", &hash_segments, py::arg("values").noconvert());
}

}  // namespace hartonomous
