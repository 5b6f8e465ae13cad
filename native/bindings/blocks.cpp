#include <pybind11/numpy.h>

#include "arrays.hpp"
#include "hartonomous/block_join.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace hartonomous {
namespace {

// A join that keeps the rows it borrows alive.
class Blocks {
 public:
  Blocks(Array<float> rows, std::size_t keep, std::size_t clusters, bool expand,
         std::size_t threads)
      : rows_(std::move(rows)),
        keep_(keep),
        join_(checked(keep, clusters), {keep, clusters, expand}, threads) {}

  void probe(std::size_t probes, const py::object& progress) {
    if (probes < 1) throw py::value_error("probes must be at least 1");
    const py::gil_scoped_release release;
    join_.probe(probes, watch_from(progress));
    probed_ = true;
  }

  py::tuple lists(const Array<std::uint32_t>& rows, std::size_t k, const py::object& progress) {
    if (k < 1 || k > keep_) throw py::value_error("k must lie in [1, keep]");
    if (!probed_) throw py::value_error("lists come after a probe");
    const std::vector<std::uint32_t> wanted(rows.data(), rows.data() + rows.size());
    for (const std::uint32_t row : wanted) {
      if (static_cast<py::ssize_t>(row) >= rows_.shape(0)) throw py::value_error("no such row");
    }
    const std::vector<py::ssize_t> shape{rows.size(), static_cast<py::ssize_t>(k)};
    py::array_t<std::int32_t> indices(shape);
    py::array_t<float> scores(shape);
    const Neighbors out{indices.mutable_data(), scores.mutable_data(), k};
    {
      const py::gil_scoped_release release;
      join_.lists(wanted, out, watch_from(progress));
    }
    return py::make_tuple(std::move(indices), std::move(scores));
  }

 private:
  [[nodiscard]] Matrix checked(std::size_t keep, std::size_t clusters) const {
    const Matrix matrix = matrix_of(rows_);
    if (keep < 1 || keep >= matrix.rows) throw py::value_error("keep must lie in [1, rows)");
    if (clusters < 1 || clusters > std::min(matrix.rows, kMostClusters)) {
      throw py::value_error("clusters must lie in [1, min(rows, 65536)]");
    }
    return matrix;
  }

  Array<float> rows_;
  std::size_t keep_;
  bool probed_ = false;
  BlockJoin join_;
};

}  // namespace

void register_blocks(py::module_& module) {
  py::class_<Blocks>(module, "BlockJoin")
      .def(py::init<Array<float>, std::size_t, std::size_t, bool, std::size_t>(),
           py::arg("rows").noconvert(), py::arg("keep"), py::arg("clusters"), py::arg("expand"),
           py::arg("threads") = 0)
      .def("probe", &Blocks::probe, py::arg("probes"), py::arg("progress") = py::none())
      .def("lists", &Blocks::lists, py::arg("rows").noconvert(), py::arg("k"),
           py::arg("progress") = py::none());
}

}  // namespace hartonomous
