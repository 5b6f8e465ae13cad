#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "hartonomous/workers.hpp"

namespace hartonomous {

// Threads that stay, for work of many short steps; the caller is one of them. Between steps they
// yield for a while before they sleep: a spinning wait would take a busy machine's cores.
class Team {
 public:
  explicit Team(std::size_t threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  // Runs tasks 0 to count - 1 and returns when all are done. What a task throws is thrown here.
  void run(std::size_t count, const Task& task);

  [[nodiscard]] std::size_t size() const { return threads_.size() + 1; }

 private:
  void serve(std::size_t worker);
  std::uint64_t next_step(std::uint64_t seen);
  void work(std::size_t worker);
  void stop();

  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable begun_;
  std::atomic<std::uint64_t> step_{0};
  std::atomic<bool> ended_{false};
  std::atomic<std::size_t> busy_{0};
  std::atomic<std::size_t> next_{0};
  std::size_t count_ = 0;
  const Task* task_ = nullptr;
  std::exception_ptr error_;  // guarded by mutex_
};

// Calls body(first, last) for ranges of `grain` rows, in parallel.
template <typename Body>
void for_ranges(Team& team, std::size_t rows, std::size_t grain, const Body& body) {
  team.run((rows + grain - 1) / grain, [&](std::size_t task, std::size_t) {
    const std::size_t first = task * grain;
    body(first, first + grain < rows ? first + grain : rows);
  });
}

}  // namespace hartonomous
