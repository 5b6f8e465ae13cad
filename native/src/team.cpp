#include "hartonomous/team.hpp"

#include <algorithm>

namespace hartonomous {
namespace {

constexpr int kYieldsBeforeSleep = 200;

}  // namespace

Team::Team(std::size_t threads) {
  const std::size_t others = std::min(std::max<std::size_t>(1, threads), kMostThreads) - 1;
  threads_.reserve(others);
  try {
    for (std::size_t w = 1; w <= others; ++w) threads_.emplace_back([this, w] { serve(w); });
  } catch (...) {
    stop();
    throw;
  }
}

Team::~Team() { stop(); }

void Team::stop() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  begun_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Team::run(std::size_t count, const Task& task) {
  if (count == 0) return;
  {
    const std::scoped_lock lock(mutex_);
    count_ = count;
    task_ = &task;
    next_ = 0;
    busy_ = threads_.size();
    ++step_;
  }
  begun_.notify_all();
  work(0);
  while (busy_ > 0) std::this_thread::yield();
  std::exception_ptr error;
  {
    const std::scoped_lock lock(mutex_);
    std::swap(error, error_);
  }
  if (error) std::rethrow_exception(error);
}

void Team::serve(std::size_t worker) {
  std::uint64_t seen = 0;
  while ((seen = next_step(seen)) != 0) {
    work(worker);
    --busy_;
  }
}

// The step after the one that was seen, or 0 at the end.
std::uint64_t Team::next_step(std::uint64_t seen) {
  for (int i = 0; i < kYieldsBeforeSleep && step_ == seen && !ended_; ++i) {
    std::this_thread::yield();
  }
  std::unique_lock<std::mutex> lock(mutex_);
  begun_.wait(lock, [&] { return step_ != seen || ended_; });
  return ended_ ? 0 : step_.load();
}

void Team::work(std::size_t worker) {
  try {
    for (std::size_t t = next_++; t < count_; t = next_++) (*task_)(t, worker);
  } catch (...) {
    next_ = count_;
    const std::scoped_lock lock(mutex_);
    if (!error_) error_ = std::current_exception();
  }
}

}  // namespace hartonomous
