#include "src/train/precision.h"

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>

#include <string>
#include <vector>

#include "baton/core/errors.h"

namespace baton::train {
namespace {

std::optional<at::ScalarType> half_type(bool bf16, bool fp16) {
  if (bf16) return at::kBFloat16;
  if (fp16) return at::kHalf;
  return std::nullopt;
}

}  // namespace

Precision precision_of(const ResolvedArguments& args, at::Device device) {
  std::vector<std::string> problems;
  const std::string found = "expected a GPU, found " + device.str();
  if (args.fp16 && !device.is_cuda()) problems.push_back("--fp16: " + found + "; --bf16 works there too");
  if (args.tf32.value_or(false) && !device.is_cuda()) problems.push_back("--tf32: " + found);
  if (!problems.empty()) throw ConfigError(std::move(problems));
  return {.autocast = half_type(args.bf16, args.fp16),
          .full_eval = half_type(args.bf16_full_eval, args.fp16_full_eval),
          .scales_loss = args.fp16};
}

void allow_tf32(bool allowed) {
  at::globalContext().setAllowTF32CuBLAS(allowed);
  at::globalContext().setAllowTF32CuDNN(allowed);
}

void empty_device_cache(at::Device device) {
  if (!device.is_cpu()) at::accelerator::emptyCache();
}

}  // namespace baton::train
