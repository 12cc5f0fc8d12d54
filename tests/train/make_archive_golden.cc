// make_archive_golden FOLDER: writes module.pt and optimizer.pt, what torch::save of LibTorch 2.13 writes, for the
// reader of src/formats/weights.h. The folder is tests/golden/libtorch.
#include <torch/torch.h>
#include <torch/version.h>

#include <iostream>
#include <string_view>

#include "tests/train/archive_net.h"

int main(int argc, char** argv) {
  constexpr std::string_view kVersion = TORCH_VERSION;
  if (argc != 2 || kVersion.substr(0, 5) != "2.13.") {
    std::cerr << "usage: make_archive_golden FOLDER, built with LibTorch 2.13, not " << kVersion << '\n';
    return 2;
  }
  const std::string folder = argv[1];
  const auto net = std::make_shared<baton::train::ArchiveNet>();
  torch::save(net, folder + "/module.pt");
  torch::save(torch::optim::SGD(net->parameters(), 0.1), folder + "/optimizer.pt");
  return 0;
}
