#include <baton/train.h>

#include <iostream>

int main(int argc, char** argv) {
  return baton::run(argc, argv, {}, [](const baton::TrainingArguments& args) {
    const auto net = std::make_shared<torch::nn::LinearImpl>(2, 1);
    const torch::Tensor inputs = torch::randn({16, 2});
    baton::Trainer trainer({
        .model = baton::supervised(net, torch::nn::MSELoss()),
        .args = args,
        .train_dataset = std::make_shared<baton::TensorDataset>(inputs, inputs.sum(1, true)),
    });
    std::cout << trainer.train().global_step << " steps\n";
    trainer.save_model();
  });
}
