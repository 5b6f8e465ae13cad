#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "check.hpp"
#include "hartonomous/workers.hpp"

using hartonomous::run_tasks;

namespace {

void ignore(double) {}

template <typename Run>
bool throws(const Run& run) {
  try {
    run();
  } catch (const std::runtime_error&) {
    return true;
  }
  return false;
}

}  // namespace

TEST(every_task_runs_once_on_any_number_of_threads) {
  for (const std::size_t threads : {1U, 2U, 7U, 50U}) {
    std::vector<std::atomic<int>> runs(23);
    run_tasks(runs.size(), threads, [&](std::size_t task, std::size_t) { ++runs[task]; }, ignore);
    for (const std::atomic<int>& count : runs) CHECK(count == 1);
  }
}

TEST(no_tasks_are_no_work) {
  run_tasks(0, 4, [](std::size_t, std::size_t) { CHECK(false); }, ignore);
}

TEST(what_a_task_throws_reaches_the_caller) {
  CHECK(throws([] {
    run_tasks(100, 2, [](std::size_t, std::size_t) { throw std::runtime_error("task"); }, ignore);
  }));
}

TEST(what_the_watch_throws_stops_the_tasks) {
  std::atomic<int> runs{0};
  const auto slow = [&](std::size_t, std::size_t) {
    ++runs;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  };
  CHECK(throws(
      [&] { run_tasks(100000, 2, slow, [](double) { throw std::runtime_error("stop"); }); }));
  CHECK(runs < 1000);
}
