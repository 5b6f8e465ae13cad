#include <pybind11/numpy.h>

#include "arrays.hpp"
#include "hartonomous/cpu.hpp"
#include "hartonomous/eigenpairs.hpp"
#include "hartonomous/layout.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace hartonomous {
namespace {

py::tuple eigenpairs(const Array<std::int64_t>& starts, const Array<std::int32_t>& neighbors,
                     const Array<double>& weights, std::size_t count, double tolerance,
                     std::size_t threads) {
  const Graph graph = graph_of(starts, neighbors, weights);
  if (graph.rows <= kEight) throw py::value_error("the graph needs more than eight rows");
  if (count < 1 || count > kMostPairs) throw py::value_error("count must lie in [1, 6]");
  py::array_t<double> values(static_cast<py::ssize_t>(count));
  py::array_t<double> vectors(
      {static_cast<py::ssize_t>(graph.rows), static_cast<py::ssize_t>(count)});
  const Eigenpairs out{values.mutable_data(), vectors.mutable_data(), count};
  Convergence found{};
  const py::none nobody;
  {
    const py::gil_scoped_release release;
    found = leading_eigenpairs(graph, out, tolerance, threads, watch_from(nobody));
  }
  return py::make_tuple(std::move(values), std::move(vectors), found.reached, found.residual,
                        found.products);
}

py::array_t<double> layout(const Array<double>& start, const Array<std::int64_t>& starts,
                           const Array<std::int32_t>& neighbors, const Array<double>& weights,
                           std::size_t steps, float radius, float opening, std::size_t threads,
                           const py::object& progress) {
  const Graph graph = graph_of(starts, neighbors, weights);
  if (start.ndim() != 2 || start.shape(1) != static_cast<py::ssize_t>(kAxes) ||
      static_cast<std::size_t>(start.shape(0)) != graph.rows) {
    throw py::value_error("a layout starts from four coordinates a row of its graph");
  }
  if (!(radius > 0) || !(opening >= 0)) throw py::value_error("the radius must be over 0");
  py::array_t<double> places({start.shape(0), start.shape(1)}, start.data());
  double* out = places.mutable_data();
  {
    const py::gil_scoped_release release;
    refine_layout(graph, {steps, radius, opening}, out, threads, watch_from(progress));
  }
  if (!progress.is_none()) progress(1.0);
  return places;
}

void limit(const std::string& most) {
  if (most == "plain") return limit_instructions(Instructions::plain);
  if (most == "avx2") return limit_instructions(Instructions::avx2);
  if (most == "best") return limit_instructions(Instructions::vnni);
  throw py::value_error("instructions must be plain, avx2 or best");
}

}  // namespace

void register_graph(py::module_& module) {
  module.def("limit_instructions", &limit, py::arg("most"));
  module.def("leading_eigenpairs", &eigenpairs, py::arg("starts").noconvert(),
             py::arg("neighbors").noconvert(), py::arg("weights").noconvert(), py::arg("count"),
             py::arg("tolerance"), py::arg("threads") = 0);
  module.def("refine_layout", &layout, py::arg("start").noconvert(), py::arg("starts").noconvert(),
             py::arg("neighbors").noconvert(), py::arg("weights").noconvert(), py::arg("steps"),
             py::arg("radius"), py::arg("opening"), py::arg("threads") = 0,
             py::arg("progress") = py::none());
}

}  // namespace hartonomous
