#include "hartonomous/knn.hpp"

#include <pybind11/numpy.h>

#include "arrays.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace hartonomous {
namespace {

using Floats = Array<float>;
using Result = std::pair<py::array_t<std::int32_t>, py::array_t<float>>;

template <typename Join>
Result run(std::size_t rows, std::size_t k, const py::object& progress, const Join& join) {
  const std::vector<py::ssize_t> shape{static_cast<py::ssize_t>(rows), static_cast<py::ssize_t>(k)};
  py::array_t<std::int32_t> indices(shape);
  py::array_t<float> scores(shape);
  const Neighbors out{indices.mutable_data(), scores.mutable_data(), k};
  {
    const py::gil_scoped_release release;
    join(out, watch_from(progress));
  }
  if (!progress.is_none()) progress(1.0);
  return {std::move(indices), std::move(scores)};
}

void require_k(std::size_t k, std::size_t candidates) {
  if (k < 1 || k > candidates) throw py::value_error("k must lie in [1, number of candidates]");
}

Result self_join(const Floats& rows, std::size_t k, std::size_t threads,
                 const py::object& progress) {
  const Matrix matrix = matrix_of(rows);
  require_k(k, matrix.rows - std::min<std::size_t>(1, matrix.rows));
  return run(matrix.rows, k, progress, [&](const Neighbors& out, const Watch& watch) {
    knn_self_join(matrix, out, threads, watch);
  });
}

Result join(const Floats& queries, const Floats& keys, std::size_t k, std::ptrdiff_t first_self,
            std::size_t threads, const py::object& progress) {
  const Matrix left = matrix_of(queries);
  const Matrix right = matrix_of(keys);
  if (left.columns != right.columns) throw py::value_error("queries and keys differ in width");
  require_k(k, first_self >= 0 && right.rows > 0 ? right.rows - 1 : right.rows);
  return run(left.rows, k, progress, [&](const Neighbors& out, const Watch& watch) {
    knn_join(left, right, first_self, out, threads, watch);
  });
}

}  // namespace

void register_knn(py::module_& module) {
  module.def("knn_self_join", &self_join, py::arg("rows").noconvert(), py::arg("k"),
             py::arg("threads") = 0, py::arg("progress") = py::none());
  module.def("knn_join", &join, py::arg("queries").noconvert(), py::arg("keys").noconvert(),
             py::arg("k"), py::arg("first_self") = kKeepAll, py::arg("threads") = 0,
             py::arg("progress") = py::none());
}

}  // namespace hartonomous
