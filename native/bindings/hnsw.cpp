#include "hartonomous/hnsw.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <memory>

#include "arrays.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace hartonomous {
namespace {

using Listed = std::pair<Array<std::uint32_t>, Array<std::int32_t>>;

// The layer's arrays, after a check that ids ascend below `rows` and lists hold places in them.
ListedLayer layer_of(const Listed& listed, std::size_t rows) {
  const auto& [ids, lists] = listed;
  if (ids.ndim() != 1 || lists.ndim() != 2 || lists.shape(0) != ids.size() || ids.size() < 1) {
    throw py::value_error("a layer has ids and a list of each");
  }
  const std::uint32_t* first = ids.data();
  const std::uint32_t* last = first + ids.size();
  if (std::adjacent_find(first, last, std::greater_equal<>()) != last || last[-1] >= rows) {
    throw py::value_error("a layer's ids must ascend and be rows");
  }
  const std::int32_t* places = lists.data();
  if (std::any_of(places, places + lists.size(),
                  [&](auto place) { return place < 0 || place >= ids.size(); })) {
    throw py::value_error("a layer's lists must hold places in its ids");
  }
  return {{first, last}, places, static_cast<std::size_t>(lists.shape(1))};
}

// An index that keeps the rows it borrows alive.
class Index {
 public:
  Index(Array<float> rows, const std::vector<Listed>& listed, std::size_t m, std::size_t threads)
      : rows_(std::move(rows)) {
    const Matrix matrix = matrix_of(rows_);
    std::vector<ListedLayer> layers;
    for (const Listed& layer : listed) layers.push_back(layer_of(layer, matrix.rows));
    if (layers.empty() || layers.front().ids.size() != matrix.rows || m < 1) {
      throw py::value_error("the lowest layer must hold all rows, and m be at least 1");
    }
    const py::none nobody;
    const py::gil_scoped_release release;
    index_ = std::make_unique<Hnsw>(matrix, layers, m, threads, watch_from(nobody));
  }

  py::tuple search(const Array<float>& queries, std::size_t k, std::size_t ef,
                   std::ptrdiff_t first_self, std::size_t threads, const py::object& progress) {
    const Matrix left = matrix_of(queries);
    const Matrix right = matrix_of(rows_);
    if (left.columns != right.columns) throw py::value_error("queries and rows differ in width");
    if (k < 1 || k > ef || k > right.rows - (first_self >= 0 ? 1 : 0)) {
      throw py::value_error("k must be at least 1 and at most ef and the rows");
    }
    const std::vector<py::ssize_t> shape{queries.shape(0), static_cast<py::ssize_t>(k)};
    py::array_t<std::int32_t> indices(shape);
    py::array_t<float> scores(shape);
    const Neighbors out{indices.mutable_data(), scores.mutable_data(), k};
    {
      const py::gil_scoped_release release;
      index_->search(left, ef, first_self, out, threads, watch_from(progress));
    }
    return py::make_tuple(std::move(indices), std::move(scores));
  }

 private:
  Array<float> rows_;
  std::unique_ptr<Hnsw> index_;
};

}  // namespace

void register_hnsw(py::module_& module) {
  py::class_<Index>(module, "Hnsw")
      .def(py::init<Array<float>, const std::vector<Listed>&, std::size_t, std::size_t>(),
           py::arg("rows").noconvert(), py::arg("layers"), py::arg("m"), py::arg("threads") = 0)
      .def("search", &Index::search, py::arg("queries").noconvert(), py::arg("k"), py::arg("ef"),
           py::arg("first_self") = kKeepAll, py::arg("threads") = 0,
           py::arg("progress") = py::none());
}

}  // namespace hartonomous
