// A module with everything that an archive may hold, and numbers that a test can write down.
#pragma once

#include <torch/torch.h>

#include <memory>

namespace baton::train {

/// Every tensor counts from its place on: the first one 1, 2, ..., the second one 2, 3, ...; booleans alternate.
struct ArchiveNet : torch::nn::Module {
  ArchiveNet() {
    const auto numbers = [this](at::IntArrayRef shape, at::ScalarType type) {
      const at::Tensor counted = at::arange(1, 1 + c10::multiply_integers(shape)).reshape(shape) + place_++;
      return type == at::kBool ? counted.remainder(2).to(type) : counted.to(type);
    };
    register_parameter("turned", numbers({3, 2}, at::kFloat).t());
    register_parameter("half", numbers({2}, at::kBFloat16));
    register_parameter("frozen", numbers({1}, at::kDouble), false);
    register_buffer("count", numbers({3}, at::kLong));
    register_buffer("scalar", numbers({}, at::kFloat));
    register_buffer("empty", numbers({0, 3}, at::kFloat));
    register_buffer("mask", numbers({3}, at::kBool));
    register_buffer("small", numbers({2}, at::kFloat8_e4m3fn));
    register_buffer("row", named_parameters()["turned"].detach().t()[1]);
    blocks = register_module("blocks", torch::nn::Sequential(torch::nn::Linear(2, 2), torch::nn::ReLU(),
                                                             torch::nn::BatchNorm1d(2), torch::nn::ReLU()));
    const at::NoGradGuard no_grad;
    for (const auto& tensors : {blocks->named_parameters(), blocks->named_buffers()}) {
      for (const auto& item : tensors) item.value().copy_(numbers(item.value().sizes(), item.value().scalar_type()));
    }
    register_parameter("tied", blocks->named_parameters()["0.weight"]);
  }
  torch::nn::Sequential blocks{nullptr};

 private:
  std::int64_t place_ = 0;
};

}  // namespace baton::train
