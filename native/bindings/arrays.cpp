#include "arrays.hpp"

#include <algorithm>
#include <limits>

namespace py = pybind11;

namespace hartonomous {
namespace {

// Rows are numbered by 32 bits, and the BLAS counts in as many.
constexpr py::ssize_t kMostRows = std::numeric_limits<std::int32_t>::max();

}  // namespace

Matrix matrix_of(const Array<float>& array) {
  if (array.ndim() != 2) throw py::value_error("vectors must have two dimensions");
  if (array.shape(0) > kMostRows || array.shape(1) > kMostRows) {
    throw py::value_error("vectors have at most 2^31 - 1 rows and columns");
  }
  return {array.data(), static_cast<std::size_t>(array.shape(0)),
          static_cast<std::size_t>(array.shape(1))};
}

Graph graph_of(const Array<std::int64_t>& starts, const Array<std::int32_t>& neighbors,
               const Array<double>& weights) {
  if (starts.ndim() != 1 || neighbors.ndim() != 1 || weights.ndim() != 1 || starts.size() < 1) {
    throw py::value_error("a graph has three arrays of one dimension");
  }
  if (starts.size() - 1 > kMostRows) {
    throw py::value_error("a graph has at most 2^31 - 1 rows");
  }
  const std::int64_t* first = starts.data();
  const std::int64_t* last = first + starts.size();
  const auto rows = static_cast<std::int32_t>(starts.size() - 1);
  if (*first != 0 || last[-1] != neighbors.size() || weights.size() != neighbors.size() ||
      !std::is_sorted(first, last)) {
    throw py::value_error("a graph's starts must ascend from 0 to the number of its neighbours");
  }
  const std::int32_t* ids = neighbors.data();
  if (std::any_of(ids, ids + neighbors.size(), [&](auto id) { return id < 0 || id >= rows; })) {
    throw py::value_error("a graph's neighbours must be its rows");
  }
  return {first, ids, weights.data(), static_cast<std::size_t>(rows)};
}

Watch watch_from(const py::object& progress) {
  return [&progress](double done) {
    const py::gil_scoped_acquire acquire;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    if (!progress.is_none()) progress(done);
  };
}

}  // namespace hartonomous
