#include "hartonomous/workers.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace hartonomous {
namespace {

constexpr std::chrono::milliseconds kWatchInterval{50};

class Workers {
 public:
  Workers(std::size_t count, const Task& task) : count_(count), task_(task) {}

  void run(std::size_t threads, const Watch& watch) {
    std::vector<std::thread> pool;
    running_ = threads;  // before the first starts, which may end before the second starts
    try {
      for (std::size_t w = 0; w < threads; ++w) {
        pool.emplace_back([this, w] { work(w); });
      }
      supervise(watch);
    } catch (...) {
      fail(std::current_exception());
    }
    for (std::thread& thread : pool) thread.join();
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void work(std::size_t worker) {
    try {
      for (std::size_t t = next_++; t < count_ && !stop_; t = next_++) {
        task_(t, worker);
        ++done_;
      }
    } catch (...) {
      fail(std::current_exception());
    }
    const std::scoped_lock lock(mutex_);
    --running_;
    ended_.notify_one();
  }

  void supervise(const Watch& watch) {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!ended_.wait_for(lock, kWatchInterval, [this] { return running_ == 0; })) {
      lock.unlock();
      watch(static_cast<double>(done_) / static_cast<double>(count_));
      lock.lock();
    }
  }

  void fail(std::exception_ptr error) {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
    if (!error_) error_ = std::move(error);
  }

  const std::size_t count_;
  const Task& task_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> done_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t running_ = 0;  // guarded by mutex_
  std::exception_ptr error_;
};

}  // namespace

std::size_t thread_count(std::size_t requested) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  return std::min(requested > 0 ? requested : cores, kMostThreads);
}

void run_tasks(std::size_t count, std::size_t threads, const Task& task, const Watch& watch) {
  if (count == 0) return;
  Workers(count, task).run(std::min(threads, count), watch);
}

}  // namespace hartonomous
