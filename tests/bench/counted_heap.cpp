#include "tests/bench/counted_heap.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

// One thread works; others, if there are any, wait.
std::size_t heap = 0;
std::size_t peak = 0;

}  // namespace

namespace rdpwatch::bench {

std::size_t heap_in_use() {
  return heap;
}

std::size_t restart_heap_peak() {
  return peak = heap;
}

std::size_t heap_peak() {
  return peak;
}

}  // namespace rdpwatch::bench

void* operator new(std::size_t size) {
  void* const made = std::malloc(size);
  if (made == nullptr) throw std::bad_alloc();
  heap += malloc_usable_size(made);
  peak = std::max(peak, heap);
  return made;
}

void operator delete(void* gone) noexcept {
  heap -= malloc_usable_size(gone);
  std::free(gone);
}

void operator delete(void* gone, std::size_t) noexcept {
  operator delete(gone);
}
