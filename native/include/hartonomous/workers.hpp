#pragma once

#include <cstddef>
#include <functional>

namespace hartonomous {

// Does one task with the scratch memory of one worker.
using Task = std::function<void(std::size_t task, std::size_t worker)>;

// Told the share that is done, on the calling thread, about every 50 ms; stops the work by
// throwing.
using Watch = std::function<void(double done)>;

// More threads than this are never started, whatever is asked for.
constexpr std::size_t kMostThreads = 256;

// `requested` threads, or one a core if that is 0; at most kMostThreads.
std::size_t thread_count(std::size_t requested);

// Runs tasks 0 to count - 1 on `threads` threads while the caller watches. What a task or the watch
// throws is thrown here, after all threads have ended.
void run_tasks(std::size_t count, std::size_t threads, const Task& task, const Watch& watch);

}  // namespace hartonomous
