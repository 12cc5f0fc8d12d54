// A gate of its own, because it replaces operator new: a training step of Baton allocates nothing. What LibTorch and
// the model allocate is theirs; whose an allocation is, its caller tells.
#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include <baton/train.h>

namespace {

bool counting = false;
std::int64_t of_baton = 0;
std::int64_t of_others = 0;

/// Where a program or a library lies in memory.
struct Binary {
  std::uintptr_t inside = 0;  ///< an address to find it by
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;

  bool contains(const void* address) const {
    const auto number = reinterpret_cast<std::uintptr_t>(address);
    return begin <= number && number < end;
  }
};

/// dladdr() would search all of LibTorch's symbols for each address.
Binary binary_with(const void* address) {
  Binary binary{.inside = reinterpret_cast<std::uintptr_t>(address)};
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        Binary& wanted = *static_cast<Binary*>(data);
        Binary candidate{.begin = UINTPTR_MAX};
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
          const std::uintptr_t first = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
          candidate.begin = std::min(candidate.begin, first);
          candidate.end = std::max(candidate.end, first + info->dlpi_phdr[i].p_memsz);
        }
        if (!candidate.contains(reinterpret_cast<void*>(wanted.inside))) return 0;
        wanted.begin = candidate.begin;
        wanted.end = candidate.end;
        return 1;
      },
      &binary);
  return binary;
}

Binary program;
Binary cpp_library;

/// Baton is linked into this program; LibTorch is not. The C++ library allocates on behalf of whoever called it.
bool is_baton(void* caller) {
  std::array<void*, 16> stack{};
  const auto end = stack.begin() + backtrace(stack.data(), static_cast<int>(stack.size()));
  const auto culprit = std::find_if(std::find(stack.begin(), end, caller), end,
                                    [](const void* address) { return !cpp_library.contains(address); });
  return culprit == end || program.contains(*culprit);
}

void count(void* caller) {
  counting = false;  // looking for the culprit may allocate
  ++(is_baton(caller) ? of_baton : of_others);
  counting = true;
}

/// A straight line, whose step allocates nothing but tensors.
class Line final : public baton::TrainingModule {
 public:
  torch::Tensor training_step(const baton::AnyBatch& any) override {
    const auto& batch = any.as<baton::Batch>();
    return (at::linear(batch.inputs, weight_) - batch.labels).square().mean();
  }
  std::vector<baton::NamedTensor> named_parameters() const override { return {{"weight", weight_}}; }

 private:
  torch::Tensor weight_ = torch::zeros({1, 4}, torch::requires_grad());
};

/// Counts between two steps of one epoch, so that only steps lie between.
class Window final : public baton::TrainerCallback {
 public:
  void on_step_end(baton::StepEvent& event) override {
    if (event.state.global_step == 20) counting = true;
    if (event.state.global_step == 40) counting = false;
  }
};

void train(const std::filesystem::path& folder) {
  torch::manual_seed(42);
  const torch::Tensor inputs = torch::randn({60 * 8, 4});
  baton::Trainer trainer({
      .model = std::make_shared<Line>(),
      .args = {.output_dir = folder.string(),
               .max_steps = 60,
               .logging_strategy = baton::LoggingStrategy::kNo,
               .disable_tqdm = true,
               .save_strategy = baton::SaveStrategy::kNo},
      .train_dataset = std::make_shared<baton::TensorDataset>(inputs, inputs.sum(1, true)),
      .callbacks = {std::make_shared<Window>()},
  });
  trainer.train();
}

bool sees_allocations_of_this_program() {
  counting = true;
  { const std::string by_the_library_for_us(100, 'x'); }
  counting = false;
  return std::exchange(of_baton, 0) == 1 && of_others == 0;
}

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  if (counting) count(__builtin_return_address(0));
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

int main() {
  char folder[] = "allocation_gate_XXXXXX";
  if (mkdtemp(folder) == nullptr) return 2;
  at::set_num_threads(1);
  program = binary_with(reinterpret_cast<void*>(&train));
  cpp_library = binary_with(dlsym(RTLD_DEFAULT, "_ZSt9terminatev"));
  if (!sees_allocations_of_this_program()) return 3;
  train(folder);
  std::filesystem::remove_all(folder);
  std::printf("20 steps: %lld allocations of Baton, %lld of LibTorch and the model\n", static_cast<long long>(of_baton),
              static_cast<long long>(of_others));
  return of_baton == 0 && of_others > 0 ? 0 : 1;
}
