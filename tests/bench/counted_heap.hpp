#pragma once
// The heap of a program in which one thread works, counted by its own operator new (counted_heap.cpp). What C
// libraries take with malloc is not in it.

#include <cstddef>

namespace rdpwatch::bench {

/// Bytes that are in use now.
std::size_t heap_in_use();
/// Lets the peak begin at what is in use now, and gives that.
std::size_t restart_heap_peak();
/// The most that was in use since then.
std::size_t heap_peak();

}  // namespace rdpwatch::bench
