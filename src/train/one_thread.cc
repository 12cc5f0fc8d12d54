#include "src/train/one_thread.h"

#include <ATen/Parallel.h>

namespace baton::train {

void compute_with_one_thread() {
  at::get_num_threads();  // a thread takes over the common number when it first asks for it: let that be now, not later
  at::set_num_threads(1);
}

ThreadsUnchanged::ThreadsUnchanged() : threads_(at::get_num_threads()) {}

ThreadsUnchanged::~ThreadsUnchanged() { at::set_num_threads(threads_); }

}  // namespace baton::train
